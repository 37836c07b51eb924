"""A reader written from feed/PROTOCOL.md alone: rows, cursor, resume. What the project's own client is held against."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

#: How long a test waits for something that must come (seconds); a wait, never a claim about speed.
PATIENCE = 20.0


class Reader:
    """Keeps the picture and the numbers of every event it was given."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._socket: ClientConnection | None = None
        self._call = ExitStack()
        self.cursor: str | None = None
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.seqs: list[int] = []
        self.types: list[str] = []
        self.seen: dict[str, list[Any]] = {}

    def connect(self) -> None:
        """Dial, resuming from the cursor, until the server takes the call."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.dial()
            except OSError:
                assert time.monotonic() < end, "the server never took the call"
                continue
            break
        self.until("snapshot", "events")

    def dial(self, within: float = PATIENCE) -> dict[str, Any]:
        """Call once, resuming from the cursor; the greeting. Raises what the network or the server makes of it."""
        address = self._url + (f"?after={self.cursor}" if self.cursor else "")
        headers = {"Authorization": f"Bearer {self._token}"}
        call = connect(address, additional_headers=headers, max_size=None, open_timeout=within, proxy=None)
        self._socket = self._call.enter_context(call)
        return self.next(within)

    def hang_up(self) -> None:
        """Leave a line that is dead, without the goodbyes nobody would answer."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.socket.shutdown(socket.SHUT_RDWR)
            self._socket.socket.close()
            self._call.pop_all()
            self._socket = None

    def close(self) -> None:
        self._call.close()

    def until(self, *types: str) -> dict[str, Any]:
        """The next frame of one of these types; everything before it is taken in."""
        end = time.monotonic() + PATIENCE
        while True:
            frame = self.next(end - time.monotonic())
            if frame["type"] in types:
                return frame

    def until_seq(self, seq: int) -> None:
        """Until the log has been read up to a number."""
        while self.reached < seq:
            self.until("events", "tick", "snapshot")

    @property
    def reached(self) -> int:
        return int((self.cursor or "0").partition(":")[0])

    def next(self, within: float) -> dict[str, Any]:
        """The next frame, taken in. Raises TimeoutError when none comes, ConnectionClosed when the socket has gone."""
        assert self._socket is not None
        frame: dict[str, Any] = json.loads(self._socket.recv(timeout=within))
        self._take(frame)
        return frame

    def read_while(self, *, silence: float) -> None:
        """Read for as long as frames come; raises TimeoutError after so many seconds without one.

        Bounded, because a server that goes on ticking where it should be silent would be listened to for ever.
        """
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.next(silence)
        raise AssertionError(f"still told after {PATIENCE} s: {self.types[-5:]}")

    def drain_until_closed(self) -> None:
        """Read what is still to be read from a socket whose server has died."""
        try:
            while True:
                self.next(PATIENCE)
        except ConnectionClosed:
            return

    def _take(self, frame: dict[str, Any]) -> None:
        self.types.append(frame["type"])
        self.cursor = frame.get("cursor", self.cursor)
        if frame["type"] == "snapshot":
            self.rows = {(row["kind"], row["id"]): row for row in frame["entities"]}
        for one in frame.get("positions", []):
            self.seen[one[0]] = one
        for event in frame.get("events", []):
            self.seqs.append(event["seq"])
            self._apply(event["changes"])

    def _apply(self, changes: list[dict[str, Any]]) -> None:
        for row in changes:
            key = row["kind"], row["id"]
            if key not in self.rows or row["version"] > self.rows[key]["version"]:
                self.rows[key] = row

    def picture(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The rows that are in the live set."""
        return {key: row for key, row in self.rows.items() if row["state"] is not None}
