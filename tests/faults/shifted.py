"""A program of the product on a machine whose wall clock can be set while it runs; the steady clock goes on as it does.

    python -m tests.faults.shifted FILE diversion.serve --fd 3
    python -m tests.faults.shifted FILE manage.py clock

FILE holds by how many seconds this process's wall clock is ahead; whoever writes into it sets the clock.
"""

from __future__ import annotations

import runpy
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

#: Seconds between looks at the file: a clock that is set twice within is set once.
LOOK = 0.05


def _ahead(file: Path) -> float:
    try:
        return float(file.read_text() or 0)
    except FileNotFoundError:
        return 0.0


def _watch(file: Path) -> None:
    ahead, travel = 0.0, None
    while True:
        wanted = _ahead(file)
        if wanted != ahead:
            if travel is not None:
                travel.stop()
            travel = time_machine.travel(datetime.now(UTC) + timedelta(seconds=wanted), tick=True)
            travel.start()
            ahead = wanted
        time.sleep(LOOK)


def main() -> None:
    _, file, what, *arguments = sys.argv
    threading.Thread(target=_watch, args=(Path(file),), name="wall clock", daemon=True).start()
    sys.argv = [what, *arguments]
    if what.endswith(".py"):
        runpy.run_path(what, run_name="__main__")
    else:
        runpy.run_module(what, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
