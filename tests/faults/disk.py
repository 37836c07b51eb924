"""A disk that is full, for a server that runs: the kernel refuses every write beyond a size, as it refuses one without room.

A file system of its own would need root, or a user namespace; this needs neither, begins and ends in a moment, and the
server sees the same: writes that fail with an error, wherever it happens to write.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from typing import Final

from diversion.embedded.owner import Owner

#: As prlimit writes it.
NO_LIMIT: Final = "unlimited"


def limit(pids: Iterable[int], owner: Owner, most: int | str) -> None:
    """No file grows beyond so many bytes, for these processes and those they will start."""
    for pid in pids:
        # As their owner, who may, where root in a container may not. One that has just ended needs no limit.
        subprocess.run(
            ["prlimit", "--pid", str(pid), f"--fsize={most}:"],
            check=False,
            capture_output=True,
            cwd="/",
            **owner.run_as(),
        )
