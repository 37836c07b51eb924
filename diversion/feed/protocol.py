"""uvicorn's WebSocket protocol with one door more, through which a frame made once goes to any number of sockets.

Sending through ASGI frames the same bytes again for every reader and passes them through every middleware on the
way: measured at 1,000 readers, 63 ms of processor time for an event; through this door 25 ms, where a bare broadcast
takes 22 ms. And a reader that only waits need not be a task with every middleware's frame and copy of the scope: the
door keeps the socket when the application has returned. ``diversion.serve`` starts the server with it; with any other
protocol class the feed is the same, sent through ASGI.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

#: Where the door is found in an ASGI scope.
EXTENSION: Final = "diversion.door"
#: Bytes of one message of a client, which has nothing to say; a larger one ends its connection with 1009.
LARGEST: Final = 4096


#: Is told each ASGI message of a client, its going included.
Hear = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Door:
    """``write`` takes a whole WebSocket frame and says whether the socket took it; ``abort`` drops the socket now.

    ``keep`` is told who hears what the client says from now on; the socket then stays when the application returns.
    """

    write: Callable[[bytes], bool]
    abort: Callable[[], None]
    keep: Callable[[Hear], None]


class _Inbox:
    """What a client says: for the application when it asks, or at once for who hears. As uvicorn uses a queue.

    An asyncio queue takes two kilobytes for each of thousands of sockets whose clients say nothing.
    """

    __slots__ = ("_said", "_somebody_asks", "hear")

    def __init__(self) -> None:
        self._said: list[Any] = []
        self._somebody_asks: asyncio.Future[None] | None = None
        self.hear: Hear | None = None

    def put_nowait(self, message: Any) -> None:
        if self.hear is not None:
            self.hear(message)
            return
        self._said.append(message)
        if self._somebody_asks is not None and not self._somebody_asks.done():
            self._somebody_asks.set_result(None)

    async def get(self) -> Any:
        while not self._said:
            self._somebody_asks = asyncio.get_running_loop().create_future()
            await self._somebody_asks
        return self._said.pop(0)

    def empty(self) -> bool:
        return not self._said

    def hand_over(self, hear: Hear) -> None:
        """To this one from now on, what was said before included."""
        said, self._said, self.hear = self._said, [], hear
        for message in said:
            hear(message)


class FrameProtocol(WebSocketsSansIOProtocol):
    """One WebSocket connection."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._kept = False
        # A process that ends says of its answers that they are the last on their connection; a handshake opens one.
        self.default_headers = [header for header in self.default_headers if header[0] != b"connection"]
        # However the server was started: its own default keeps 16 MB of whatever a client says in memory.
        self.conn.max_message_size = LARGEST
        self.queue = _Inbox()  # type: ignore[assignment]  # all that uvicorn asks of its queue

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        # A refused handshake has no scope. The application's task has been made but not yet begun.
        if not self.close_sent:
            self.scope["extensions"][EXTENSION] = {"door": Door(self.write_frame, self.abort, self.keep)}

    async def run_asgi(self) -> None:
        """As uvicorn's, but that a socket which is kept outlives the application's task."""
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            self._kept = False
        except BaseException:  # as uvicorn does: whatever it is, this socket alone is lost by it
            self.logger.exception("Exception in ASGI application\n")
            self._kept = False
        if self._kept:
            self._forget_the_handshake()
        else:
            self.send_500_response()
            if self.close_timer is None:
                self.transport.close()

    def send_receive_event_to_app(self) -> None:
        super().send_receive_event_to_app()
        self._go_on_reading()

    def keep(self, hear: Hear) -> None:
        """Who hears the client from now on."""
        self._kept = True
        self.queue.hand_over(hear)  # type: ignore[attr-defined]  # an _Inbox
        self._go_on_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # Who heard the client holds this socket's door: let go of here, both are forgotten at once.
        self.queue.hear = None  # type: ignore[attr-defined]  # an _Inbox

    def _go_on_reading(self) -> None:
        """uvicorn reads no further until the application asks; who hears has been told already."""
        if self._kept and self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def _forget_the_handshake(self) -> None:
        """What came with it is a third of what an idle socket takes, and nobody asks for it again."""
        del self.request, self.response
        self.scope = {"type": "websocket", "extensions": {}}  # type: ignore[typeddict-item]

    def write_frame(self, frame: bytes) -> bool:
        """Hand the frame to the socket; False if it is closing or has more to send than it should hold."""
        if self.close_sent or self.disconnected or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    def abort(self) -> None:
        """Drop what was not sent. A close waits until a reader that reads nothing has read everything."""
        self.transport.abort()


def door_of(scope: dict[str, Any]) -> Door | None:
    """The door of a connection; None if the server was started with another protocol class."""
    door: Door | None = scope.get("extensions", {}).get(EXTENSION, {}).get("door")
    return door


def framed(text: bytes) -> bytes:
    """A text as the one unmasked, uncompressed, final frame a server sends it in (RFC 6455, 5.2)."""
    size = len(text)
    if size < 126:
        return bytes((0x81, size)) + text
    if size < 65536:
        return bytes((0x81, 126)) + size.to_bytes(2, "big") + text
    return bytes((0x81, 127)) + size.to_bytes(8, "big") + text
