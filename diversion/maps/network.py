"""The road network that journeys are asked on now: whatever the map's folder holds at this moment.

Invariant: a new map and new speeds are noticed at the next question; no process is told, none is started again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from diversion.journeys.roads import Network
from diversion.maps import store

#: Beside the maps, not inside one: streets that are closed stay closed when the map is built anew.
SPEEDS: Final = "speeds.csv"


def in_folder(folder: Path) -> Callable[[], Network | None]:
    """A question about one folder, cheap enough to be asked with every journey: two looks at the file system."""

    def now() -> Network | None:
        home = store.current(folder)
        if home is None:
            return None
        speeds = folder / SPEEDS
        try:
            told = speeds.stat()
        except FileNotFoundError:
            return Network(home / store.STREETS, _data_date(home), None, home.name)
        return Network(home / store.STREETS, _data_date(home), speeds, f"{home.name} {told.st_mtime_ns} {told.st_size}")

    return now


@lru_cache(maxsize=store.KEPT)
def _data_date(home: Path) -> str:
    """A built map never changes, so neither does what is known of it."""
    return str(store.about(home)["data_date"])
