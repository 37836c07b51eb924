"""The drawn map: lines of GeoJSON become one file of vector tiles, by tippecanoe.

Invariant: every street of the extract is in the file; nothing is thinned out to save space, because a dispatcher looks
for the very street that is missing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from diversion.maps.errors import Refused

#: The smallest and largest zoom of the tiles. Below 14 a region fits the screen; above, the tiles of 14 are enlarged.
ZOOMS: Final = (7, 14)


def make_tiles(lines: Path, tiles: Path) -> None:
    """Raises Refused with what tippecanoe said."""
    smallest, largest = ZOOMS
    said = subprocess.run(
        [
            _tippecanoe(),
            *("--quiet", "--force", "--read-parallel", "--output", str(tiles)),
            *(f"--minimum-zoom={smallest}", f"--maximum-zoom={largest}"),
            *("--no-tile-size-limit", "--no-feature-limit", "--temporary-directory", str(tiles.parent)),
            str(lines),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode != 0:
        raise Refused(
            f"The tiles could not be made: {said.stderr.strip() or f'tippecanoe ended with {said.returncode}'}"
        )


def _tippecanoe() -> str:
    """Beside the Python that runs this; a service is often started without its environment's PATH."""
    beside = Path(sys.executable).with_name("tippecanoe")
    found = str(beside) if beside.is_file() else shutil.which("tippecanoe")
    if found is None:
        raise Refused("tippecanoe is not installed: install what requirements.txt lists.")
    return found
