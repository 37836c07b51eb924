"""A crowd of WebSocket clients in one process of its own: one epoll loop, no library, so that it is not the bottleneck.

It says when each socket received the frame that carries a mark, on the machine-wide monotonic clock. It speaks JSON
lines: {"do": "open" | "await" | "settle" | "close", …} on standard input, one answer for each on standard output.
"""

from __future__ import annotations

import base64
import json
import os
import select
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

STDIN = 0
# Handshakes under way at a time: a listening socket's backlog is finite, and a lost SYN costs a second.
AT_ONCE = 64
PING, PONG, CLOSE = 0x9, 0xA, 0x8


class Refused(Exception):
    """A socket was not opened, or was closed by the server while we counted on it."""


class Member:
    """One client socket: bytes not yet a whole frame, whether it is through the handshake and has what it waits for."""

    __slots__ = ("number", "ready", "received", "rest", "shaken", "sock")

    def __init__(self, number: int, sock: socket.socket) -> None:
        self.number, self.sock = number, sock
        self.rest = b""
        self.shaken = self.ready = False
        self.received = 0


class Crowd:
    """All the sockets, and the one thing they wait for."""

    def __init__(self) -> None:
        self.members: dict[int, Member] = {}
        self.poll = select.epoll()
        self.poll.register(STDIN, select.EPOLLIN)
        self.commands = b""
        self.mark: bytes | None = None
        self.ready_mark = b""
        self.frame = b""
        self.arrivals: list[int] = []
        self.last_byte = 0

    def serve(self) -> None:
        """Answers commands until standard input ends; sockets are drained and pings answered all the while."""
        while True:
            self.turn(1.0)
            while b"\n" in self.commands:
                line, self.commands = self.commands.split(b"\n", 1)
                self._answer(self._do(json.loads(line)))

    def turn(self, seconds: float) -> None:
        """One look at the sockets that have something."""
        for number, _ in self.poll.poll(seconds):
            if number == STDIN:
                said = os.read(STDIN, 65536)
                if not said:
                    sys.exit(0)
                self.commands += said
            else:
                self._read(self.members[number])

    def _do(self, command: dict[str, Any]) -> dict[str, Any]:
        try:
            match command["do"]:
                case "open":
                    return self._open(command)
                case "await":
                    return self._await(command["mark"].encode(), command["timeout"])
                case "settle":
                    return self._settle(command["quiet"], command["timeout"])
                case "close":
                    return self._close()
            return {"error": f"unknown command {command['do']!r}"}
        except (Refused, OSError) as error:
            return {"error": str(error)}

    def _answer(self, answer: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    # -- opening

    def _open(self, command: dict[str, Any]) -> dict[str, Any]:
        """Opens the sockets and waits until each has its first frame with ``ready`` in it (or just the handshake)."""
        begun = time.monotonic()
        self.ready_mark = command["ready"].encode()
        wanted = command["sockets"]
        request = _request(command)
        while sum(member.ready for member in self.members.values()) < wanted:
            shaking = sum(not member.shaken for member in self.members.values())
            for _ in range(min(AT_ONCE - shaking, wanted - len(self.members))):
                self._connect(command["port"], request)
            self.turn(1.0)
            if time.monotonic() - begun > command["timeout"]:
                raise Refused(f"{sum(m.ready for m in self.members.values())} of {wanted} sockets are ready")
        return {"opened": wanted, "seconds": time.monotonic() - begun}

    def _connect(self, port: int, request: bytes) -> None:
        sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(request)
        sock.setblocking(False)
        self.members[sock.fileno()] = Member(sock.fileno(), sock)
        self.poll.register(sock.fileno(), select.EPOLLIN)

    def _close(self) -> dict[str, Any]:
        for member in self.members.values():
            self.poll.unregister(member.number)
            member.sock.close()
        closed, self.members = len(self.members), {}
        return {"closed": closed}

    # -- waiting

    def _await(self, mark: bytes, seconds: float) -> dict[str, Any]:
        """Says at once that it is watching, then when the frame with the mark was received by all."""
        self.mark, self.arrivals, self.frame = mark, [], b""
        self._answer({"watching": len(self.members)})
        until = time.monotonic() + seconds
        self._turn_until(lambda: len(self.arrivals) >= len(self.members) or time.monotonic() > until)
        self.mark = None
        if len(self.arrivals) < len(self.members):
            raise Refused(f"{len(self.arrivals)} of {len(self.members)} sockets received the frame in {seconds} s")
        order = sorted(self.arrivals)
        return {
            "received": len(order),
            "first": order[0],
            "median": order[len(order) // 2],
            "last": order[-1],
            "frame": self.frame.decode(),
        }

    def _settle(self, quiet: float, seconds: float) -> dict[str, Any]:
        """Waits until no socket has received anything for ``quiet`` seconds."""
        until = time.monotonic() + seconds
        self.last_byte = time.monotonic_ns()
        self._turn_until(lambda: self._silence() > quiet or time.monotonic() > until, step=quiet)
        return {"quiet": self._silence() > quiet}

    def _silence(self) -> float:
        return (time.monotonic_ns() - self.last_byte) / 1e9

    def _turn_until(self, done: Callable[[], bool], step: float = 0.5) -> None:
        while not done():
            self.turn(step)

    # -- reading

    def _read(self, member: Member) -> None:
        try:
            data = member.sock.recv(262144)
        except BlockingIOError:
            return
        self.last_byte = time.monotonic_ns()
        if not data:
            raise Refused(f"the server closed a socket after {member.rest[:300]!r}")
        data = member.rest + data if member.rest else data
        if not member.shaken:
            data = self._shake(member, data)
        member.rest = self._frames(member, data)

    def _shake(self, member: Member, data: bytes) -> bytes:
        """Through the handshake, or what of it has come so far."""
        if b"\r\n\r\n" not in data:
            return data
        head, rest = data.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise Refused(head.decode(errors="replace"))
        member.shaken = True
        member.ready = not self.ready_mark
        return rest

    def _frames(self, member: Member, data: bytes) -> bytes:
        """Takes whole frames off the data and returns the rest. A server's frames are not masked."""
        at, end = 0, len(data)
        while member.shaken and end - at >= 2:
            length, head = data[at + 1], 2
            if length >= 126:
                head = 4 if length == 126 else 10
                length = int.from_bytes(data[at + 2 : at + head]) if end - at >= head else end
            if end - at < head + length:
                break
            self._frame(member, data[at] & 0xF, data[at + head : at + head + length])
            at += head + length
        return data[at:]

    def _frame(self, member: Member, opcode: int, payload: bytes) -> None:
        if self.mark is not None and self.mark in payload:
            self.arrivals.append(self.last_byte)
            self.frame = self.frame or payload
        elif opcode == PING:
            member.sock.send(bytes([0x80 | PONG, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
        elif opcode == CLOSE:
            raise Refused(f"the server closed a socket: {payload[2:]!r}, code {int.from_bytes(payload[:2])}")
        if not member.ready and self.ready_mark in payload:
            member.ready = True


def _request(command: dict[str, Any]) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {command['path']} HTTP/1.1",
        f"Host: 127.0.0.1:{command['port']}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        *(f"{name}: {value}" for name, value in command["headers"].items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


if __name__ == "__main__":
    Crowd().serve()
