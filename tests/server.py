"""A real server for tests: uvicorn in a process of its own, on a free port, against the database of this test run.

What it writes is kept and can be waited for; it is stopped by its own process id, and a test that needs it to die
hard kills it.
"""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
from django.conf import settings

ROOT: Final = Path(__file__).resolve().parent.parent
COMMAND: Final = [sys.executable, "-m", "diversion.serve"]
#: A cold start of Django on a busy machine; beyond it the server is taken for broken, with its output shown.
START: Final = 60.0


class ServerBroken(AssertionError):
    """The server did not start, or ended by itself; its output says why."""


class Server:
    """One web process. ``url`` answers from the moment ``start`` returns."""

    def __init__(self, port: int | None = None, *, env: dict[str, str] | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._env = env or {}
        self._lines: list[str] = []
        self._said = threading.Condition()
        self._process: subprocess.Popen[str] | None = None
        # Made once and without TLS: reading the machine's certificates costs more than the question. It stays
        # connected to nothing: a server that is asked to end hears out whoever is.
        leaves = {"Connection": "close"}
        self._probe = httpx.Client(base_url=self.url, headers=leaves, timeout=2, trust_env=False, verify=False)

    def start(self) -> Server:
        self._process = subprocess.Popen(
            [*COMMAND, "--port", str(self.port)],
            cwd=ROOT,
            env=environment() | self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        eventually(self._ready, START, lambda: f"the server is not ready:\n{self.output()}")
        return self

    def stop(self) -> None:
        """As an operator would; a process that does not end by itself within ten seconds is killed."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL: nothing is said goodbye to."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def output(self, last: int = 60) -> str:
        with self._said:
            return "\n".join(self._lines[-last:])

    def said(self, text: str) -> int:
        """How many lines of the output contain this."""
        with self._said:
            return sum(text in line for line in self._lines)

    def wait_to_say(self, text: str, times: int, within: float = 10.0) -> None:
        """Until the output has contained this so many times."""
        with self._said:
            done = self._said.wait_for(lambda: sum(text in line for line in self._lines) >= times, within)
        assert done, f"the server never said {text!r} {times} times:\n{self.output()}"

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with self._said:
                self._lines.append(line.rstrip())
                self._said.notify_all()

    def _ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise ServerBroken(f"the server ended with {self._process.returncode}:\n{self.output()}")
        try:
            return self._probe.get("/health/ready").status_code == 200
        except httpx.TransportError:
            return False


def environment() -> dict[str, str]:
    """This process's environment, but with the database that pytest-django made for the run."""
    url = urlsplit(os.environ["DATABASE_URL"])
    # Put together by hand: urlunsplit drops the slashes of an address without a host.
    address = f"{url.scheme}://{url.netloc}/{settings.DATABASES['default']['NAME']}?{url.query}"
    # A test is faster than any desk and all of them are one address; the tests of the limits set their own.
    return {**os.environ, "DATABASE_URL": address, "PYTHONUNBUFFERED": "1", "RATE_LIMIT": "1000000"}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def eventually(holds: Callable[[], bool], within: float, otherwise: Callable[[], str]) -> None:
    """Until something outside this process holds. It is asked, because nothing there could tell us."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, otherwise()
        select.select([], [], [], 0.05)
