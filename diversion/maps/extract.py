"""Reading an OpenStreetMap extract once: its streets as arrays, and what is drawn as lines of GeoJSON.

Invariant: whatever cannot be read to its last object is refused; half a map is never handed on.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import osmium
from osmium.filter import KeyFilter

from diversion.journeys.streets import Streets
from diversion.maps import drawing, profile
from diversion.maps.errors import Refused

#: Objects between two reports of progress: a second or two.
EVERY: Final = 100_000


@dataclass(slots=True)
class Ways:
    """Streets as they come, one value a point; ``first`` is where each way begins."""

    ref: array[int] = field(default_factory=lambda: array("q"))
    lat: array[float] = field(default_factory=lambda: array("d"))
    lon: array[float] = field(default_factory=lambda: array("d"))
    first: array[int] = field(default_factory=lambda: array("q"))
    forward: array[float] = field(default_factory=lambda: array("d"))
    backward: array[float] = field(default_factory=lambda: array("d"))
    main: array[int] = field(default_factory=lambda: array("b"))
    signals: set[int] = field(default_factory=set)
    #: Streets of which the extract holds no point or a single one.
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Extract:
    """What was read. ``data_date`` is the day of its newest object, None if it tells none."""

    ways: Ways
    drawn: int
    data_date: date | None


def read(path: Path, lines: IO[str], progress: Callable[[int], None]) -> Extract:
    """Everything the map needs from one file; what is drawn goes to ``lines``. Raises Refused."""
    if not path.is_file():
        raise Refused(f"There is no file {path}.")
    ways, drawn, newest = Ways(), 0, datetime.min.replace(tzinfo=UTC)
    for number, one in enumerate(_objects(path), start=1):
        newest = max(newest, one.timestamp)
        if one.is_way():
            _take(ways, one)
        elif one.is_node() and one.tags.get("highway") == "traffic_signals":
            ways.signals.add(one.id)
        for line in drawing.lines(one):
            lines.write(line + "\n")
            drawn += 1
        if number % EVERY == 0:
            progress(number)
    return Extract(ways, drawn, newest.date() if newest.year > 2003 else None)


def _objects(path: Path) -> Iterator[Any]:
    """Whatever may be driven or drawn, its areas put together. Raises Refused for what is no such file."""
    try:
        wanted = KeyFilter("highway", *drawing.KEYS)
        yield from osmium.FileProcessor(str(path)).with_locations().with_areas(wanted).with_filter(wanted)
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise Refused(
            f"{path.name} cannot be read as an OpenStreetMap extract ({error}): "
            "fetch it again, as a file that ends in .osm.pbf."
        ) from error


def _take(ways: Ways, way: Any) -> None:
    tags = {tag.k: tag.v for tag in way.tags}
    forward, backward = profile.speeds(tags)
    if not forward and not backward:
        return
    points = [(node.ref, node.lat, node.lon) for node in way.nodes if node.location.valid()]
    if len(points) < 2:
        ways.lost += 1
        return
    ways.first.append(len(ways.ref))
    ways.forward.append(forward)
    ways.backward.append(backward)
    ways.main.append(tags["highway"] in profile.MAIN)
    for ref, lat, lon in points:
        ways.ref.append(ref)
        ways.lat.append(lat)
        ways.lon.append(lon)


def streets_of(ways: Ways) -> Streets:
    """Ways cut at their crossings: a piece of street between two of them is one chain. Raises Refused for none."""
    if not ways.first:
        raise Refused("It holds no street a vehicle may drive: this is no extract of a road network.")
    refs = np.asarray(ways.ref, dtype=np.int64)
    firsts = np.asarray(ways.first, dtype=np.int64)
    lasts = np.append(firsts[1:], len(refs)) - 1
    _, number, shared = np.unique(refs, return_inverse=True, return_counts=True)
    is_crossing = shared[number] > 1
    is_crossing[firsts] = is_crossing[lasts] = True
    begins = is_crossing.copy()
    begins[lasts] = False
    first = np.flatnonzero(begins)
    # A chain ends at the next crossing of its way.
    marks = np.flatnonzero(is_crossing)
    last = marks[np.searchsorted(marks, first, side="right")]
    way = np.searchsorted(firsts, first, side="right") - 1
    _, ends = np.unique(np.concatenate([number[first], number[last]]), return_inverse=True)
    return Streets(
        lat=np.asarray(ways.lat),
        lon=np.asarray(ways.lon),
        ref=refs,
        signal=np.isin(refs, np.fromiter(ways.signals, dtype=np.int64, count=len(ways.signals))),
        first=first,
        last=last,
        start=ends[: len(first)],
        end=ends[len(first) :],
        forward=np.asarray(ways.forward)[way],
        backward=np.asarray(ways.backward)[way],
    )


def main_ends(ways: Ways, streets: Streets) -> int:
    """How many main streets end where no other street goes on: cut by the extract, unless they really end there."""
    main = np.asarray(ways.main, dtype=bool)
    firsts = np.asarray(ways.first, dtype=np.int64)
    way = np.searchsorted(firsts, streets.first, side="right") - 1
    ends = np.concatenate([streets.start, streets.end])
    meeting = np.bincount(ends)
    return int(np.sum(main[np.concatenate([way, way])] & (meeting[ends] == 1)))
