"""A network between clients and the product that can be cut, slowed, or made to swallow everything without a word."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable

CHUNK = 65536


class FaultProxy:
    """Forwards every connection to a port of this machine; runs on an event loop of its own thread.

    ``delay``: seconds each piece is held back. ``swallowing``: connections stay open and nothing passes, as with a
    cable pulled somewhere in between: neither side is told.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self.port = 0
        self.delay = 0.0
        self._open: set[asyncio.StreamWriter] = set()
        self._passing: asyncio.Event | None = None
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault proxy", daemon=True)
        self._thread.start()
        self._started.wait()

    def cut(self) -> None:
        """Every connection is broken off at once; new ones are taken."""
        self._tell(self._abort_all)

    def swallow(self) -> None:
        """From now on nothing passes in either direction."""
        self._tell(self._gate.clear)

    def heal(self) -> None:
        self.delay = 0.0
        self._tell(self._gate.set)

    def close(self) -> None:
        self._tell(self._abort_all)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def _gate(self) -> asyncio.Event:
        assert self._passing is not None
        return self._passing

    def _tell(self, what: Callable[[], None]) -> None:
        done = threading.Event()

        def tell() -> None:
            what()
            done.set()

        self._loop.call_soon_threadsafe(tell)
        done.wait()

    def _abort_all(self) -> None:
        for one in list(self._open):
            one.transport.abort()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._started.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(self._loop)))

    async def _listen(self) -> None:
        self._passing = asyncio.Event()
        self._passing.set()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, thither = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, thither}
        try:
            await asyncio.gather(self._pass(reader, thither), self._pass(there, writer))
        finally:
            self._open -= {writer, thither}

    async def _pass(self, source: asyncio.StreamReader, goal: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._gate.wait()
                goal.write(piece)
                await goal.drain()
        with contextlib.suppress(OSError):
            goal.close()
