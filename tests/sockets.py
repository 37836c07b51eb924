"""The product on a real port, served by uvicorn as in production, and readers that speak to it over real sockets.

The server runs in a thread of the test process, on an event loop of its own: a fresh hub for every test, on the
test's own database, without the seconds that starting a process takes. ``tests.server`` is the whole process.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from diversion.asgi import application  # here, so that no test's settings are those of every server after it
from diversion.serve import OPTIONS
from tests.world import REGION

#: Nothing that a test waits for takes longer, even on a busy machine.
DEADLINE = 30.0

Frame = dict[str, Any]


class Server:
    """One uvicorn on a free port of this machine."""

    def __init__(self) -> None:
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        config = uvicorn.Config(
            application,
            **OPTIONS | {"log_config": None, "timeout_graceful_shutdown": 2},
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="server", daemon=True)

    def _serve(self) -> None:
        # asyncio.run also ends the hub's tasks when the server has stopped.
        asyncio.run(self._uvicorn.serve(sockets=[self._listening]))

    def start(self) -> None:
        self._thread.start()
        wait_until(lambda: self._uvicorn.started)

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive(), "the server does not stop"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Reader:
    """A client on a socket. Every wait has a deadline."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Frame] = []

    def next(self, *kinds: str, seconds: float = DEADLINE) -> Frame:
        """The next frame of these kinds (any, if none is named); what comes before it is kept in ``frames``."""
        until = time.monotonic() + seconds
        while True:
            frame = self._receive(until)
            if not kinds or frame["type"] in kinds:
                return frame

    def until(self, holds: Callable[[Frame], Any], seconds: float = DEADLINE) -> Frame:
        """The next frame of which something holds."""
        end = time.monotonic() + seconds
        while not holds(frame := self._receive(end)):
            continue
        return frame

    def closed(self, seconds: float = DEADLINE) -> tuple[int | None, list[Frame]]:
        """The close code, and the frames that came before it."""
        end = time.monotonic() + seconds
        before = len(self.frames)
        try:
            while True:
                self._receive(end)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None, self.frames[before:]

    def events_up_to(self, seq: int) -> list[int]:
        """The numbers of all events received, once the one of this number is among them."""
        while seq not in self.seqs:
            self.next("events")
        return self.seqs

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for frame in self.frames if frame["type"] == "events" for event in frame["events"]]

    @property
    def cursor(self) -> str:
        """Where a client would resume: the last cursor it was told."""
        return next(frame["cursor"] for frame in reversed(self.frames) if "cursor" in frame)

    def _receive(self, until: float) -> Frame:
        frame: Frame = json.loads(self.connection.recv(timeout=max(0.0, until - time.monotonic())))
        self.frames.append(frame)
        return frame


def open_socket(
    origin: str, *, session: str | None = None, token: str | None = None, region: str = REGION, **more: Any
) -> ClientConnection:
    """A socket as a browser opens it (session and Origin) or as a machine does (token)."""
    headers = {"Cookie": f"sessionid={session}"} if session else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    sent_origin = more.pop("sent_origin", origin if session else None)
    query = "&".join(f"{name}={value}" for name, value in more.pop("query", {}).items() if value is not None)
    url = f"{origin.replace('http', 'ws', 1)}/feed/{region}{'?' + query if query else ''}"
    return connect(
        url, additional_headers=headers, origin=sent_origin, max_size=None, compression=None, proxy=None,
        open_timeout=DEADLINE, close_timeout=1, ping_interval=None, legacy=True, **more,
    )  # fmt: skip


@contextlib.contextmanager
def stream(origin: str, token: str, *, after: str | None = None, last_id: str | None = None) -> Iterator[Stream]:
    """Server-sent events, as an integrator reads them."""
    headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last_id} if last_id else {})
    with (
        httpx.Client(trust_env=False, timeout=DEADLINE) as client,
        client.stream(
            "GET", f"{origin}/feed/{REGION}/events", params={"after": after} if after else {}, headers=headers
        ) as answer,
    ):
        yield Stream(answer)


class Stream:
    """The blocks of an event stream: each an id (or None) and a frame."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()
        self.seqs: list[int] = []

    def next(self, *kinds: str) -> tuple[str | None, Frame]:
        while True:
            identity, name, frame = self._block()
            assert name == frame["type"]
            if frame["type"] == "events":
                self.seqs += [event["seq"] for event in frame["events"]]
            if not kinds or frame["type"] in kinds:
                return identity, frame

    def events_up_to(self, seq: int) -> list[int]:
        """The numbers of all events received, once the one of this number is among them; a snapshot is not expected."""
        while seq not in self.seqs:
            _, frame = self.next("events", "snapshot")
            assert frame["type"] == "events"
        return self.seqs

    def _block(self) -> tuple[str | None, str, Frame]:
        fields: dict[str, str] = {}
        for line in self._lines:
            if not line:
                return fields.get("id"), fields["event"], json.loads(fields["data"])
            name, _, value = line.partition(": ")
            fields[name] = value
        raise EOFError("the stream has ended")


def wait_until(holds: Callable[[], Any], seconds: float = DEADLINE) -> None:
    """Until something holds; AssertionError if it does not in time."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < end, "this did not come to hold in time"
        pause.wait(0.02)
