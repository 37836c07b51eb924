"""A message: one frame encoded once, in the two envelopes our readers use. Shared by every reader of an audience."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

from diversion.feed.protocol import framed
from diversion.wire.cursor import BEGINNING, Cursor
from diversion.wire.frames import encode

Envelope = Literal["websocket", "sse"]


class Message:
    """``replaceable`` frames are signals: a newer one makes an older, unsent one worthless."""

    def __init__(self, frame: dict[str, Any], *, replaceable: bool = False) -> None:
        self.body = encode(frame)
        self.type: str = frame["type"]
        self.cursor: str | None = frame.get("cursor")
        self.replaceable = replaceable

    @cached_property
    def end(self) -> Cursor:
        """The event up to which a reader of this frame has been told everything; the beginning if it does not say."""
        return Cursor.parse(self.cursor) or BEGINNING

    @cached_property
    def seq(self) -> int:
        return self.end.seq

    @cached_property
    def websocket(self) -> dict[str, Any]:
        return {"type": "websocket.send", "text": self.body.decode()}

    @cached_property
    def framed(self) -> bytes:
        """As it goes on the wire to every WebSocket."""
        return framed(self.body)

    @cached_property
    def sse(self) -> dict[str, Any]:
        """A server-sent event; its id is the cursor, so that a browser resumes by itself."""
        name = f"id: {self.cursor}\n" if self.cursor else ""
        body = f"{name}event: {self.type}\n".encode() + b"data: " + self.body + b"\n\n"
        return {"type": "http.response.body", "body": body, "more_body": True}

    def enveloped(self, envelope: Envelope) -> dict[str, Any]:
        return self.websocket if envelope == "websocket" else self.sse
