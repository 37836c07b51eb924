"""Who runs ./run with a state folder, and how its last replacement went. Written by whoever holds run.lock."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Running:
    """``replaced`` counts how often it was asked to (None while it cannot be asked yet); ``trouble``: of the last."""

    pid: int
    port: int
    replaced: int | None = None
    trouble: str = ""


def note(state: Path, running: Running) -> None:
    """Into the locked file itself: a lock is on a file, not on a name."""
    with (state / "run.lock").open("r+") as lock:
        size = os.fstat(lock.fileno()).st_size
        # One write of the whole file, padded: a reader finds the old text or the new one.
        os.pwrite(lock.fileno(), json.dumps(asdict(running)).encode()[:size].ljust(size), 0)


def who_runs(state: Path) -> Running | None:
    """The ./run that holds the lock of this folder now; None if none does."""
    try:
        with (state / "run.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return Running(**json.loads((state / "run.lock").read_text()))
    return None
