"""A network that can fail on purpose: a small TCP proxy between a page and the server, with three faults.

*Frozen*, it takes connections and data and passes nothing on, as a half-open line does: nobody is told. *Mute*, it
passes requests on and loses the answers. *Cut*, it resets every connection and refuses new ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

CHUNK: Final = 65536


@dataclass
class Snare:
    """A fault that waits for a request: so many of these still pass."""

    request: bytes
    passing: int
    strike: Callable[[], object]


class FaultProxy:
    """Runs on an event loop in a thread of its own; used from the test's thread only."""

    def __init__(self, target_port: int) -> None:
        self._target = target_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._upwards = asyncio.Event()
        self._downwards = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._works: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._snare: Snare | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        self._do(self._listen)
        self.resume()
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # ------------------------------------------------------------ faults

    def freeze(self) -> None:
        """From now on nothing gets through, and nobody notices."""
        self._do(self._let, up=False, down=False)

    def mute(self) -> None:
        """Requests still arrive; their answers do not."""
        self._do(self._let, up=True, down=False)

    def cut(self) -> None:
        """Every connection ends at once, and no new one is taken."""
        self._do(self._cut)

    def fail_at(self, request: str, *, after: int, fault: str) -> None:
        """Cut or mute by itself at such a request, when that many of them have passed: in the middle of something."""
        strikes: dict[str, Callable[[], object]] = {"cut": self._cut, "mute": lambda: self._let(up=True, down=False)}
        self._snare = Snare(request.encode(), after, strikes[fault])

    def resume(self) -> None:
        """A working network again. What was lost meanwhile stays lost: connections under way in a fault end."""
        self._do(self._restore)

    # ------------------------------------------------------------ on the loop

    def _do(self, work: Callable[..., object], **given: object) -> None:
        async def run() -> None:
            done = work(**given)
            if asyncio.iscoroutine(done):
                await done

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def _let(self, *, up: bool, down: bool) -> None:
        for gate, opened in ((self._upwards, up), (self._downwards, down)):
            if opened:
                gate.set()
            else:
                gate.clear()

    async def _restore(self) -> None:
        if not (self._upwards.is_set() and self._downwards.is_set()):
            self._reset()
        self._let(up=True, down=True)
        if self._server is None:
            await self._listen()

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._reset()

    async def _end(self) -> None:
        await self._cut()
        for work in self._works:
            work.cancel()
        await asyncio.gather(*self._works, return_exceptions=True)

    def _reset(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, up_writer}
        self._writers |= ends
        pumps = [
            asyncio.ensure_future(self._pump(reader, up_writer, self._upwards, self._looks)),
            asyncio.ensure_future(self._pump(up_reader, writer, self._downwards)),
        ]
        self._works |= set(pumps)
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.transport.abort()
        await asyncio.gather(*pumps, return_exceptions=True)
        self._works -= set(pumps)
        self._writers -= ends

    async def _looks(self, data: bytes) -> None:
        """Whether it is what the snare waits for."""
        if self._snare is None or self._snare.request not in data:
            return
        self._snare.passing -= 1
        if self._snare.passing < 0:
            done, self._snare = self._snare.strike(), None
            if asyncio.iscoroutine(done):
                await done

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        gate: asyncio.Event,
        looks: Callable[[bytes], Awaitable[None]] | None = None,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if looks:
                    await looks(data)
                await gate.wait()
                writer.write(data)
                await writer.drain()
