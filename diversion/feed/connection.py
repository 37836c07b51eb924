"""A connection: one reader's socket. Frames go out in order, or the reader is dropped; it never holds up another.

A frame goes through the socket's door where there is one (``protocol``). Where there is none, or it does not take
the frame, the server's ``send`` is stepped in place: it nearly always finishes without waiting, which spares a task
and a queue for each frame and reader. Only a send that blocks becomes a task, behind which frames queue up to a bound.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import Any, Final

from diversion.feed.admission import Admission
from diversion.feed.message import Envelope, Message
from diversion.feed.protocol import Door

Send = Callable[[dict[str, Any]], Awaitable[None]]

#: Frames that may wait behind a blocked send. Beyond it the reader is too slow: it resumes from the log.
QUEUE: Final = 128
#: Messages a second that a client may say although nobody listens. Ours say nothing; what says more is no client.
TALK: Final = 10


class Connection:
    """Owned by the hub's event loop; none of its methods may be called from another thread."""

    __slots__ = ("_door", "_ended", "_queue", "_said", "_send", "_writer", "admission", "envelope", "seq")

    def __init__(self, admission: Admission, send: Send, envelope: Envelope, door: Door | None = None) -> None:
        self.admission = admission
        #: The last sequence number this reader has been given.
        self.seq = 0
        self._send = send
        self.envelope: Envelope = envelope
        self._door = door
        self._queue: list[Message] = []
        #: When the client said something last (the loop's seconds).
        self._said: list[float] = []
        self._writer: asyncio.Task[None] | None = None
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @property
    def ended(self) -> bool:
        return self._ended.done()

    def offer(self, message: Message) -> None:
        """Send now if the socket takes it, else queue it, else drop the reader."""
        if self.ended:
            return
        if self._writer is not None:
            self._enqueue(message)
        elif self._door is None or not self._door.write(message.framed):
            self._step(message)

    def begin(self, *messages: Message) -> None:
        """What a reader is greeted with, in one piece: thousands are greeted within a second after a restart."""
        if self._door is None or not self._door.write(b"".join(message.framed for message in messages)):
            for message in messages:
                self.offer(message)

    def end(self, reason: str) -> None:
        """Say why this reader is to be dropped; whoever serves it closes the socket."""
        if not self._ended.done():
            self._ended.set_result(reason)

    def hear(self, message: dict[str, Any]) -> None:
        """What the client says is ignored, as long as that is little: it only listens."""
        if self.ended:
            # Thousands of messages may come in one piece, before the socket is closed on whoever talks too much.
            return
        if message["type"].endswith(".disconnect"):
            self.end("gone")
            return
        now = asyncio.get_running_loop().time()
        self._said = [*(one for one in self._said if now - one < 1), now]
        if len(self._said) > TALK:
            self.end("too_talkative")

    async def wait(self) -> str:
        """Until the reader is to be dropped; the reason."""
        return await self._ended

    def when_ended(self, do: Callable[[str], None]) -> None:
        """Have this done once the reader is to be dropped, soon if it is already; with the reason."""
        self._ended.add_done_callback(lambda ended: do(ended.result()))

    def release(self) -> None:
        """Give up the writer of a socket that has gone."""
        self.end("gone")
        self._queue.clear()
        if self._writer is not None:
            self._writer.cancel()

    def abort(self) -> None:
        """Drop the socket with what it has not sent; without a door that is left to the server's time limits."""
        if self._door is not None:
            self._door.abort()

    def _enqueue(self, message: Message) -> None:
        if message.replaceable:
            self._queue = [one for one in self._queue if not one.replaceable]
        if len(self._queue) >= QUEUE:
            self.end("too_slow")
        else:
            self._queue.append(message)

    def _step(self, message: Message) -> None:
        sending = _as_generator(self._send(message.enveloped(self.envelope)))
        try:
            waits_for = next(sending)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001
            # The server raises in its own way for a socket that has gone; the reader's task is told by receive().
            self.end("gone")
            return
        self._writer = asyncio.ensure_future(self._finish(_Started(sending, waits_for)))

    async def _finish(self, started: _Started) -> None:
        """Complete the blocked send, then what queued up behind it, in order."""
        try:
            await started
            while self._queue:
                await self._send(self._queue.pop(0).enveloped(self.envelope))
        except asyncio.CancelledError:
            raise
        except Exception:  # noqa: BLE001  # as in _step: whatever the server raises, the socket has gone
            self.end("gone")
        finally:
            self._writer = None


class _Started:
    """An awaitable over a send that has already been stepped to its first wait."""

    def __init__(self, sending: Generator[Any, Any, None], waits_for: Any) -> None:
        self._sending = sending
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        step: Callable[[], Any]
        while True:
            try:
                value = yield waits_for
            except BaseException as error:  # noqa: BLE001  # handed on, whatever it is
                step = partial(self._sending.throw, error)
            else:
                step = partial(self._sending.send, value)
            try:
                waits_for = step()
            except StopIteration:
                return


def _as_generator(awaitable: Awaitable[None]) -> Generator[Any, Any, None]:
    return awaitable.__await__()
