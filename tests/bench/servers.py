"""Server processes on free loopback ports, started with the options the product runs with, ended by their own id."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0

# What diversion.serve gives the product, for the yardsticks that run on uvicorn.
UVICORN = [
    *("-m", "uvicorn", "--ws-per-message-deflate", "false", "--ws-max-size", "65536"),
    *("--ws-ping-interval", "20", "--ws-ping-timeout", "20", "--log-level", "warning", "--host", "127.0.0.1"),
]


class Failed(Exception):
    """Something that was started did not do what it was started for; the text says what it said last."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every case is started in; whatever it starts is ended by ``ending``, also when its start fails."""

    environment: Mapping[str, str]
    logs: Path
    ending: contextlib.ExitStack
    #: How many sockets will be opened; our server wants to know them all.
    sockets: int = 0


class Server:
    """One Python server process that listens on a port of its own; ends with its surroundings."""

    def __init__(self, name: str, arguments: list[str], around: Surroundings, port: int | None = None) -> None:
        self.name, self.log = name, around.logs / f"{name}.log"
        self._arguments, self._around = arguments, around
        self.port = port or free_port()
        command = [sys.executable, *(part.replace("{port}", str(self.port)) for part in arguments)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=dict(around.environment), stdout=log, stderr=log)
        around.ending.callback(self.stop)

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait(self) -> None:
        """Until the port answers."""
        until = time.monotonic() + START_S
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > until:
                raise Failed(f"{self.name} does not listen:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def again(self) -> Server:
        """Killed where it stands; another on the same port."""
        self.process.kill()
        self.process.wait()
        return Server(self.name, self._arguments, self._around, self.port)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True, slots=True)
class Feed:
    """What a client needs to know to connect."""

    port: int
    path: str
    headers: Mapping[str, str]
    #: What the last frame of the connection's beginning has in it; empty if nothing comes.
    ready: str
    #: What a frame has in it that is sent to all from time to time; an event is measured between two of them.
    beat: str = ""
    #: As whom the sockets come in turn: headers of their own besides those of all.
    known_as: Sequence[Mapping[str, str]] = ()
    #: Handshakes under way at a time: below what a listening socket keeps waiting, for a lost SYN costs a second.
    at_once: int = 512


class CrowdProcess:
    """The crowd of clients, asked by JSON lines."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.crowd"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **command: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def open(
        self, feed: Feed, sockets: int, seconds: float, query: str = "", ready: str | None = None
    ) -> dict[str, Any]:
        """That many sockets to a feed, each through its beginning."""
        return self.ask(
            do="open",
            port=feed.port,
            path=feed.path + query,
            headers=dict(feed.headers),
            ready=feed.ready if ready is None else ready,
            sockets=sockets,
            timeout=seconds,
            at_once=feed.at_once,
            **{"as": [dict(one) for one in feed.known_as]},
        )

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise Failed("the crowd has ended")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise Failed(f"the crowd says: {answer['error']}")
        return answer

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(15)


@contextlib.contextmanager
def crowd() -> Iterator[CrowdProcess]:
    clients = CrowdProcess()
    try:
        yield clients
    finally:
        clients.end()
