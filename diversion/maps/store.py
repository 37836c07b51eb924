"""Where a built map lies, and which one is in use: a folder for each, and one link that names the current.

Invariant: the link changes in one step, to a folder that is complete; readers see the old map or the new one, whole.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from diversion.maps.checks import Report

STREETS: Final = "roads.npz"
TILES: Final = "streets.pmtiles"
ABOUT: Final = "about.json"
LICENCE: Final = "LICENCE.txt"
CURRENT: Final = "current"
#: The one in use and the one before: a page that was opened on the former still fetches its tiles.
KEPT: Final = 2

ATTRIBUTION: Final = "© OpenStreetMap contributors"
_LICENCE: Final = """Streets and tiles in this folder are derived from OpenStreetMap data of {data_date},
read from the file {file} (SHA-256 {sha256}).

{attribution}. The data is available under the Open Database License 1.0:
https://opendatacommons.org/licenses/odbl/1-0/

Whoever passes this folder on passes a derivative database on, under the same licence.
"""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a built map; kept beside it and shown with it. Dates are ISO dates, moments UTC."""

    id: str
    file: str
    sha256: str
    data_date: str
    built_at: str
    report: Report
    attribution: str = ATTRIBUTION

    def as_text(self) -> str:
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def workshop(folder: Path) -> Path:
    """An empty folder to build in. What an earlier build left when it was killed is cleared away."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".building-*"):
        if not _lives(int(left.name.rpartition("-")[2])):
            shutil.rmtree(left, ignore_errors=True)
    mine = folder / f".building-{os.getpid()}"
    shutil.rmtree(mine, ignore_errors=True)
    mine.mkdir()
    return mine


def publish(folder: Path, built: Path, about: About) -> Path:
    """Take a complete folder into use; the map before it stays for pages that still show it."""
    (built / ABOUT).write_text(about.as_text(), encoding="utf-8")
    (built / LICENCE).write_text(_LICENCE.format(**asdict(about)), encoding="utf-8")
    home = folder / about.id
    if home.exists():
        shutil.rmtree(built)
    else:
        built.rename(home)
    link = folder / f".{CURRENT}-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(about.id)
    link.replace(folder / CURRENT)
    _clear(folder, about.id)
    return home


def current(folder: Path | None) -> Path | None:
    """The folder in use, or None where no map was ever built."""
    if folder is None:
        return None
    try:
        return folder / (folder / CURRENT).readlink()
    except OSError:
        return None


def about(home: Path) -> dict[str, Any]:
    """What is known of a built map, as it was written beside it."""
    told: dict[str, Any] = json.loads((home / ABOUT).read_text(encoding="utf-8"))
    return told


def _clear(folder: Path, used: str) -> None:
    homes = [one for one in folder.iterdir() if one.is_dir() and not one.is_symlink() and (one / ABOUT).is_file()]
    homes.sort(key=lambda one: (one.name != used, -one.stat().st_mtime))
    for old in homes[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
