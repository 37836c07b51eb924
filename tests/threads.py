"""Real threads for tests with real commits: all start at the same moment, and none may hang unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

#: A thread that has not finished by now waits for a lock that nobody will give it.
DEADLINE = 30.0


def both(*works: Callable[[], Any]) -> list[Any]:
    """The results of all works, run at the same time, each on its own connection; the first exception is raised."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait(DEADLINE)
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        running = [pool.submit(run, work) for work in works]
        return [one.result(DEADLINE) for one in running]
