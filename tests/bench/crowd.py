"""A crowd of WebSocket clients in one process of its own, on picows and uvloop, so that it is not the bottleneck.

It says when each socket received the frame that carries a mark, on the machine-wide monotonic clock, and whether each
received every event once and in order. It speaks JSON lines: {"do": "open" | "await" | "follow" | "followed" |
"stall" | "settle" | "close", …} on standard input, one answer for each on standard output. A socket of which nothing is
wanted costs it some 2 µs a frame.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

# One line of a command: five thousand sessions.
LINE = 16 * 1024 * 1024
EVENT = re.compile(rb'\{"seq":(\d+),')


class Refused(Exception):
    """A socket was not opened, or was closed by the server while we counted on it."""


class Member(WSListener):
    """One client socket: when it was through its beginning, whether it has what is waited for, what it was told."""

    def __init__(self, crowd: Crowd) -> None:
        super().__init__()
        self.crowd = crowd
        self.transport: WSTransport | None = None
        self.begun_at = time.monotonic_ns()
        self.ready_at = 0
        self.stalled = False
        #: Numbers of the events received since following began.
        self.numbers: list[int] = []

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        if not self.crowd.ready_mark:
            self.crowd.is_ready(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.crowd.heard(self, frame)
        elif frame.msg_type == WSMsgType.CLOSE and not self.stalled:
            said = (frame.get_close_message() or b"").decode(errors="replace")
            self.crowd.fail(f"the server closed a socket: {said!r}, code {frame.get_close_code()}")

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if not (self.stalled or self.crowd.closing):
            self.crowd.fail("the server dropped a socket")


class Crowd:
    """All the sockets, and the one thing they wait for."""

    def __init__(self) -> None:
        self.members: list[Member] = []
        self.closing = self.following = False
        self.ready_mark = b""
        #: The different frames with which sockets became ready.
        self.documents: set[bytes] = set()
        self.ready = 0
        self.mark: bytes | None = None
        self.frame = b""
        self.arrivals: list[int] = []
        self.last_byte = 0
        self.failure: str | None = None
        self.changed = asyncio.Event()

    async def serve(self) -> None:
        """Answers commands until standard input ends; sockets are read and pings answered all the while."""
        lines = asyncio.StreamReader(limit=LINE)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while line := await lines.readline():
            self.answer(await self._do(json.loads(line)))

    def answer(self, answer: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    async def _do(self, command: dict[str, Any]) -> dict[str, Any]:
        does: dict[str, Callable[[], Awaitable[dict[str, Any]]]] = {
            "open": lambda: self._open(command),
            "await": lambda: self._await(command["mark"].encode(), command["timeout"]),
            "follow": self._follow,
            "followed": lambda: self._followed(command["last"], command["timeout"]),
            "stall": lambda: self._stall(command["sockets"]),
            "settle": lambda: self._settle(command["quiet"], command["timeout"]),
            "close": self._close,
        }
        try:
            return await does[command["do"]]()
        except (Refused, OSError) as error:
            return {"error": str(error) or type(error).__name__}

    # -- what the sockets report

    def heard(self, member: Member, frame: WSFrame) -> None:
        self.last_byte = time.monotonic_ns()
        if self.mark is None and not self.following and member.ready_at:
            return
        payload = frame.get_payload_as_bytes()
        if self.mark is not None and self.mark in payload:
            self.arrivals.append(self.last_byte)
            self.frame = self.frame or payload
            self.changed.set()
        if self.following and payload.startswith(b'{"type":"events"'):
            member.numbers += map(int, EVENT.findall(payload))
            self.changed.set()
        if not member.ready_at and self.ready_mark in payload:
            self.documents.add(payload)
            self.is_ready(member)

    def is_ready(self, member: Member) -> None:
        member.ready_at = time.monotonic_ns()
        self.ready += 1
        self.changed.set()

    def fail(self, why: str) -> None:
        self.failure = self.failure or why
        self.changed.set()

    async def _until(self, done: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
        end = time.monotonic() + seconds
        while not done():
            if self.failure:
                raise Refused(self.failure)
            left = end - time.monotonic()
            if left <= 0:
                raise Refused(otherwise())
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), min(left, 0.5))
            except TimeoutError:
                continue

    # -- opening and closing

    async def _open(self, command: dict[str, Any]) -> dict[str, Any]:
        """Opens the sockets and waits until each has its first frame with ``ready`` in it (or just the handshake).

        ``as``: what each in turn is known by, as headers, and the ``path`` it goes to; all alike without.
        """
        begun = time.monotonic_ns()
        self.ready_mark, self.failure, self.closing = command["ready"].encode(), None, False
        self.ready, self.documents, wanted = 0, set(), command["sockets"]
        gate = asyncio.Semaphore(command["at_once"])
        known = command.get("as") or [{}]
        opening = [
            asyncio.ensure_future(self._connect(gate, command, command["headers"] | known[i % len(known)]))
            for i in range(wanted)
        ]
        await self._until(
            lambda: self.ready >= wanted, command["timeout"], lambda: f"{self.ready} of {wanted} sockets are ready"
        )
        await asyncio.gather(*opening)
        times = sorted(member.ready_at - begun for member in self.members)
        return {
            "opened": wanted,
            "seconds": times[-1] / 1e9,
            "median": times[len(times) // 2] / 1e9,
            "p99": times[int(len(times) * 0.99)] / 1e9,
            "documents": len(self.documents),
        }

    async def _connect(self, gate: asyncio.Semaphore, command: dict[str, Any], headers: dict[str, str]) -> None:
        member = Member(self)
        path = headers.pop("path", command["path"])
        url = f"ws://127.0.0.1:{command['port']}{path}"
        async with gate:
            try:
                await ws_connect(
                    lambda: member, url, extra_headers=headers, websocket_handshake_timeout=command["timeout"]
                )
            except Exception as error:  # noqa: BLE001  # whatever the client library raises, the socket is not open
                self.fail(str(error) or type(error).__name__)
        self.members.append(member)

    async def _close(self) -> dict[str, Any]:
        self.closing = True
        for member in self.members:
            if member.transport is not None:
                member.transport.disconnect(False)
        closed, self.members = len(self.members), []
        await asyncio.sleep(0)
        return {"closed": closed}

    # -- waiting

    async def _await(self, mark: bytes, seconds: float) -> dict[str, Any]:
        """Says at once that it is watching, then when the frame with the mark was received by all who read."""
        self.mark, self.arrivals, self.frame = mark, [], b""
        self.answer({"watching": len(self._readers)})
        wanted = len(self._readers)
        try:
            await self._until(
                lambda: len(self.arrivals) >= wanted,
                seconds,
                lambda: f"{len(self.arrivals)} of {wanted} sockets received the frame in {seconds} s",
            )
        finally:
            self.mark = None
        order = sorted(self.arrivals)
        return {
            "received": len(order),
            "first": order[0],
            "median": order[len(order) // 2],
            "p99": order[int(len(order) * 0.99)],
            "last": order[-1],
            "frame": self.frame.decode(),
        }

    @property
    def _readers(self) -> list[Member]:
        return [member for member in self.members if not member.stalled]

    async def _follow(self) -> dict[str, Any]:
        """From now on every event's number is kept."""
        self.following = True
        for member in self.members:
            member.numbers = []
        return {"following": len(self._readers)}

    async def _followed(self, last: int, seconds: float) -> dict[str, Any]:
        """Once everybody who reads has the event of this number: who has each once and in order, and since when."""
        readers = self._readers
        await self._until(
            lambda: all(one.numbers and one.numbers[-1] >= last for one in readers),
            seconds,
            lambda: f"{sum(last in one.numbers for one in readers)} of {len(readers)} were told of event {last}",
        )
        self.following = False
        whole = [one for one in readers if one.numbers == list(range(one.numbers[0], one.numbers[-1] + 1))]
        return {
            "readers": len(readers),
            "whole": len(whole),
            "first": min(one.numbers[0] for one in readers),
            "last_byte": self.last_byte,
        }

    async def _stall(self, sockets: int) -> dict[str, Any]:
        """The first so many read no more, though their sockets stay open."""
        for member in self.members[:sockets]:
            assert member.transport is not None
            member.stalled = True
            member.transport.underlying_transport.pause_reading()
        return {"stalled": sockets}

    async def _settle(self, quiet: float, seconds: float) -> dict[str, Any]:
        """Waits until no socket has received anything for ``quiet`` seconds."""
        until = time.monotonic() + seconds
        self.last_byte = time.monotonic_ns()
        while (left := quiet - self._silence()) > 0 and time.monotonic() < until:
            await asyncio.sleep(left)
        return {"quiet": self._silence() >= quiet}

    def _silence(self) -> float:
        return (time.monotonic_ns() - self.last_byte) / 1e9


def main() -> None:
    logging.getLogger("picows").setLevel(logging.CRITICAL)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Crowd().serve())


if __name__ == "__main__":
    main()
