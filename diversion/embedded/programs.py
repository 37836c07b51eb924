"""The programs of the product: web processes that share one listening socket, clocks, workers, the simulated city.

Every kind may run more than once: web processes keep nothing that another could miss, two clocks do the same twice and
the second finds it done, and a job is one worker's.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence

from diversion.embedded.errors import StepFailed
from diversion.embedded.folders import state_folder
from diversion.embedded.supervisor import Program, Supervisor
from diversion.embedded.wishes import Wishes

SIMULATOR = "simulator"
BACKLOG = 2048  # connections that may wait while every web process is busy or being replaced
WEB_START_SECONDS = 60.0


class Programs:
    def __init__(self, wishes: Wishes, environment: Mapping[str, str], supervisor: Supervisor) -> None:
        self._wishes, self._environment, self._supervisor = wishes, environment, supervisor
        self._logs = state_folder(wishes.state) / "logs"
        self._logs.mkdir(mode=0o700, exist_ok=True)

    def serve(self, listening: socket.socket) -> None:
        """Start the web processes, and wait until each serves."""
        number = listening.fileno()
        command = ["-m", "diversion.serve", "--fd", str(number)]
        web = [
            self._add(name, command, inherits=(number,), says_ready=True) for name in _names("web", self._wishes.web)
        ]
        deadline = time.monotonic() + WEB_START_SECONDS
        while not (all(one.ready for one in web) and _answers(self._wishes.url)):
            broken = next((one for one in web if one.exit_code is not None), None)
            if broken or time.monotonic() > deadline:
                raise StepFailed(f"The web server does not answer:\n{(broken or web[0]).last_words()}")
            time.sleep(0.1)

    def keep_time_and_deliver(self) -> None:
        for name in _names("clock", self._wishes.clocks):
            self._add(name, ["manage.py", "clock"])
        for name in _names("worker", self._wishes.workers):
            self._add(name, ["manage.py", "worker"])

    def simulate(self) -> None:
        what = ["--url", self._wishes.url, "--credentials", str(self._wishes.logins)]
        told = ["--replay", self._wishes.replay, "--speed", self._wishes.speed]
        self._add(SIMULATOR, ["manage.py", "simulate", *what, *told])

    def _add(self, name: str, command: list[str], inherits: Sequence[int] = (), *, says_ready: bool = False) -> Program:
        log = self._logs / f"{name}.log"
        log.unlink(missing_ok=True)
        started = [sys.executable, *command]
        return self._supervisor.add(
            Program(name, started, self._environment, log, inherits=inherits, says_ready=says_ready)
        )


def _names(kind: str, count: int) -> list[str]:
    """One alone has the name of its kind."""
    return [kind] if count == 1 else [f"{kind}-{number}" for number in range(1, count + 1)]


def _answers(url: str) -> bool:
    """Any answer below 500 will do, a redirect to the login included."""
    with contextlib.suppress(OSError):
        try:
            with urllib.request.urlopen(f"{url}/health/live", timeout=2):  # noqa: S310  # our own address
                return True
        except urllib.error.HTTPError as answer:
            return answer.code < 500
    return False
