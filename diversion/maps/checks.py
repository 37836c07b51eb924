"""Whether what was read is a map of the place it is meant for: told in figures, refused when it is not.

Invariant: no map is taken on which no hospital can be reached; whatever else is wanting is told to whoever builds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from diversion.journeys.graph import RoadGraph
from diversion.journeys.streets import Streets
from diversion.maps.errors import Refused
from hospitals.geo import Located

#: A network of which a smaller part hangs together is torn: a cut extract, or one that holds motorways alone.
LEAST_CONNECTED: Final = 0.5


class Hospital(Located, Protocol):
    """An emergency department's entrance, and what it is called in the report."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Report:
    """What the map is like. ``off_map`` are hospitals without a street near; journeys to them are by the line.

    ``bounds`` are west, south, east, north in degrees; ``connected`` is the share of crossings in the one part where
    everything can be reached from everything; ``cut`` counts main streets that end where nothing goes on.
    """

    bounds: tuple[float, float, float, float]
    kilometres: float
    crossings: int
    connected: float
    cut: int
    on_map: tuple[str, ...]
    off_map: tuple[str, ...]


def judge(streets: Streets, cut: int, hospitals: Sequence[Hospital]) -> Report:
    """Raises Refused for what is no map of these hospitals' surroundings."""
    graph = RoadGraph(streets)
    connected = float(graph.connected.mean())
    if connected < LEAST_CONNECTED:
        raise Refused(
            f"Its streets do not hang together: only {connected:.0%} of {graph.crossings} crossings can be reached "
            "from one another. Take an extract that was cut with complete ways."
        )
    reached = {one.name: _is_reached(graph, one) for one in hospitals}
    bounds = _bounds(streets)
    if not any(reached.values()):
        raise Refused(_foreign(bounds, len(hospitals)))
    return Report(
        bounds=bounds,
        kilometres=round(float(graph.chain_metres.sum()) / 1000, 1),
        crossings=graph.crossings,
        connected=round(connected, 4),
        cut=cut,
        on_map=tuple(sorted(name for name, there in reached.items() if there)),
        off_map=tuple(sorted(name for name, there in reached.items() if not there)),
    )


def _is_reached(graph: RoadGraph, hospital: Hospital) -> bool:
    """From nearly every crossing of the connected part, as it must be if the entrance lies on one of its streets."""
    tree = graph.tree(hospital)
    return tree is not None and bool(np.isfinite(tree.seconds[graph.connected]).mean() > 0.99)


def _bounds(streets: Streets) -> tuple[float, float, float, float]:
    west, east = float(streets.lon.min()), float(streets.lon.max())
    south, north = float(streets.lat.min()), float(streets.lat.max())
    return west, south, east, north


def _foreign(bounds: tuple[float, float, float, float], hospitals: int) -> str:
    if not hospitals:
        return "No hospital is known yet: import a region first (manage.py import_registry)."
    west, south, east, north = bounds
    return (
        f"It covers {south:.2f} to {north:.2f} north, {west:.2f} to {east:.2f} east, and none of the {hospitals} "
        "hospitals lies there: take the extract of your own region."
    )
