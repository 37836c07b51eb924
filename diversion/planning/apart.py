"""A large assignment is solved in a process of its own, so that nobody else waits for it.

OR-Tools keeps the interpreter's lock until it has finished: measured (tests/bench/plan.py), every other thread of the
process stands still meanwhile, 5 ms for 150 patients over 20 sites, 14 for 500 over 40, 140 for 1,500 over 100, seconds
for 15,000 over 500. Commands and the feed run in those threads.

A process for each, not a pool: beginning one takes half a second, so large assignments are rare enough to pay
it; and a pool's worker would outlive a web process that was killed.
"""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np

from diversion.planning.flow import Problem, Unsolved, solve
from diversion.planning.prices import Numbers

#: Choices that are still answered in this process. As many hold its other threads up for some 20 ms, which is less
#: than one frame to a thousand screens takes; beginning a process costs who asked for the plan half a second.
LARGE: Final = 25_000
#: Three times what 15,000 over 500 took on a busy machine. Who asked has given up by then.
PATIENCE_S: Final = 120
ROOT: Final = Path(__file__).resolve().parents[2]

#: One at a time for each web process: two would only take the same cores from each other.
_turn: Final = threading.BoundedSemaphore(1)


def solve_apart(problem: Problem, *, large: int = LARGE) -> Numbers:
    """The same as diversion.planning.flow.solve, elsewhere when there are more than ``large`` choices."""
    if problem.size <= large:
        return solve(problem)
    with _turn:
        try:
            done = subprocess.run(
                [sys.executable, "-m", __spec__.name],
                input=packed(problem),
                capture_output=True,
                cwd=ROOT,
                timeout=PATIENCE_S,
                check=True,
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as failed:
            raise Unsolved(f"{problem.patients} patients, {len(problem.loads)} sites: {failed}") from failed
    return np.frombuffer(done.stdout, dtype=np.int64)


def packed(problem: Problem) -> bytes:
    """The problem as bytes that can run no code; no limit is an empty column."""
    columns = {one.name: getattr(problem, one.name) for one in fields(problem) if one.name != "limit"}
    limit = np.array([] if problem.limit is None else [problem.limit], dtype=np.int64)
    target = io.BytesIO()
    np.savez(target, limit=limit, **columns)
    return target.getvalue()


def unpacked(given: bytes) -> Problem:
    with np.load(io.BytesIO(given)) as stored:
        columns = {name: stored[name] for name in stored.files}
    limit = columns.pop("limit")
    return Problem(**columns, limit=int(limit[0]) if len(limit) else None)


def main() -> None:
    sys.stdout.buffer.write(solve(unpacked(sys.stdin.buffer.read())).tobytes())


if __name__ == "__main__":
    main()
