"""The hub: everything one process sends, on one event loop. One subscription, one reading of each region's log."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Coroutine
from typing import Any, Final

import structlog

from diversion import doorbell
from diversion.feed.admission import TOGETHER, Gate, Request, admit, lost
from diversion.feed.connection import Connection
from diversion.feed.listener import listen
from diversion.feed.opens import Opens
from diversion.feed.region import RegionFeed
from diversion.feed.threads import in_thread

log = structlog.get_logger(__name__)

#: Every open socket's right to be open is asked again this often (seconds), and at once when access rings.
RECHECK: Final = 20.0


class Hub:
    """Started by its first reader; lives as long as the event loop."""

    def __init__(self) -> None:
        self._regions: dict[str, RegionFeed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.gate = Gate()
        self.opens = Opens()
        #: Until a first attempt has failed, the broker is taken to be there.
        self._broker = True
        #: How often it rang that somebody's access has changed.
        self.access_rings = 0
        self._access_rung = asyncio.Event()
        self.start(listen(self._heard, self._stand))
        self.start(self._recheck_for_ever())

    def region(self, region_id: str) -> RegionFeed:
        """The feed of a region, which must exist."""
        if region_id not in self._regions:
            feed = self._regions[region_id] = RegionFeed(region_id, broker=lambda: self._broker)
            self.start(feed.run())
            self.start(feed.run_positions())
            self.start(feed.run_claims())
        return self._regions[region_id]

    def feeds(self) -> list[RegionFeed]:
        return list(self._regions.values())

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Have this done beside everything else."""
        task = asyncio.ensure_future(work)
        # Kept, because the loop itself holds tasks only weakly.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _stand(self, broker: bool) -> None:
        self._broker = broker

    def _heard(self, channel: str, message: bytes) -> None:
        if channel == doorbell.ACCESS:
            self.access_rings += 1
            self._access_rung.set()
            return
        region_id = channel.rpartition(":")[2]
        feed = self._regions.get(region_id)
        if feed is None:
            return
        if channel == doorbell.POSITIONS.format(region=region_id):
            feed.take_positions(json.loads(message))
        elif channel == doorbell.CLAIMS.format(region=region_id):
            feed.claims.ring()
        else:
            feed.ring()

    async def _recheck_for_ever(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._access_rung.wait(), RECHECK)
            self._access_rung.clear()
            try:
                await self._recheck()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001
                # Not knowing is no reason to throw dispatchers out; asked again in a moment.
                log.warning("access_not_rechecked", error=str(error))

    def recheck_if_rung(self, *, since: int) -> None:
        """For a reader that was admitted while it rang: nobody looked at it then, for it was not yet counted in."""
        if self.access_rings != since:
            self._access_rung.set()

    async def _recheck(self) -> None:
        """Ask once per distinct request, however many sockets it holds, and about many at a time."""
        readers: dict[Request, list[Connection]] = {}
        for connection in [one for feed in self._regions.values() for one in feed.everyone()]:
            readers.setdefault(connection.admission.request, []).append(connection)
        asked = list(readers)
        for first in range(0, len(asked), TOGETHER):
            some = asked[first : first + TOGETHER]
            for request, now in zip(some, await in_thread(admit, some), strict=True):
                for connection in readers[request]:
                    reason = lost(connection.admission, now)
                    if reason is not None:
                        connection.end(reason)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop; one per process in production."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        for gone in [one for one in _hubs if one.is_closed()]:
            del _hubs[gone]
        _hubs[loop] = Hub()
    return _hubs[loop]


def feeds() -> list[RegionFeed]:
    """Every region's feed of this process. May be asked from any thread: it only counts and looks."""
    return [feed for loop, one in list(_hubs.items()) if not loop.is_closed() for feed in one.feeds()]


def ages() -> dict[str, float]:
    """Seconds since this process last read each region's log; those that nobody here reads are not in it."""
    return {feed.region_id: feed.age() for feed in feeds()}
