"""From a file to a map in use, in steps that are told; whatever fails on the way leaves the former map as it was."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from diversion.maps import store, tiles
from diversion.maps.checks import Hospital, judge
from diversion.maps.errors import Refused
from diversion.maps.extract import main_ends, read, streets_of

LINES: Final = "lines.geojsonl"

Say = Callable[[str], None]


def build(
    path: Path, folder: Path, hospitals: Sequence[Hospital], *, told: date | None, say: Say, keep: bool = True
) -> store.About:
    """Read, judge, draw and take into use; with ``keep`` false nothing is taken. Raises Refused.

    ``told`` is the day of the data for a file that does not tell its own.
    """
    workshop = store.workshop(folder)
    try:
        about = _made(path, workshop, hospitals, told, say)
        if keep:
            store.publish(folder, workshop, about)
        return about
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _made(path: Path, workshop: Path, hospitals: Sequence[Hospital], told: date | None, say: Say) -> store.About:
    lines = workshop / LINES
    say(f"Reading {path.name}")
    with lines.open("w", encoding="utf-8") as drawn:
        found = read(path, drawn, lambda number: say(f"  {number:,} objects"))
    data_date = told or found.data_date
    if data_date is None:
        raise Refused(f"{path.name} does not tell how old it is: say it with --date, as 2026-11-01.")
    streets = streets_of(found.ways)
    say("Judging the road network")
    report = judge(streets, main_ends(found.ways, streets), hospitals)
    say(f"Drawing {found.drawn:,} objects")
    tiles.make_tiles(lines, workshop / store.TILES)
    lines.unlink()
    streets.into(workshop / store.STREETS)
    digest = _digest(path)
    return store.About(
        id=f"{data_date.isoformat()}-{digest[:12]}",
        file=path.name,
        sha256=digest,
        data_date=data_date.isoformat(),
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        report=report,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
