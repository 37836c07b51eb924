"""One region's feed in one process: reads the log once, encodes once per audience, offers it to every reader.

It ticks only after the database has answered: a hub that cannot know whether its picture is current says nothing,
and its readers see the silence.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

import structlog

from diversion import measures, moment
from diversion.feed import reading, without
from diversion.feed.claims import Claims
from diversion.feed.connection import Connection
from diversion.feed.message import Message
from diversion.feed.past import RECENT, Past
from diversion.feed.threads import in_thread
from diversion.log import read_after
from diversion.models import Event
from diversion.wire.audiences import Audience
from diversion.wire.cursor import Cursor
from diversion.wire.frames import claims_frame, events_for, events_frame, positions_frame, tick_frame

log = structlog.get_logger(__name__)

#: Without a ring the log is read this often (seconds): the price of a lost doorbell.
POLL: Final = 1.0
#: Seconds between ticks; readers call a feed delayed after 10 s without any frame.
TICK: Final = 3.0
#: Whoever comes is greeted from memory so long after the log was read (seconds); later, once it is again. Three
#: times the poll, so that a busy second holds nobody up.
REMEMBERED: Final = 3.0
#: Events read and sent in one go.
BATCH: Final = 500
#: Readers offered a frame before the loop gets a turn: 64 kept its stalls under 11 ms at 5,000 readers.
CHUNK: Final = 64
#: Without positions from the broker for this long (seconds) they are read from the database.
SIGNAL_LOST: Final = 3.0


class RegionFeed:
    """Runs on one event loop; ``run`` is its only writer."""

    def __init__(self, region_id: str, *, broker: Callable[[], bool]) -> None:
        """``broker``: whether it is there, as far as this process knows."""
        self.region_id = region_id
        self._broker = broker
        self.readers: dict[Audience, set[Connection]] = {}
        self.claims = Claims(region_id)
        self._past = Past(region_id)
        #: When the log was last read to its end (monotonic seconds), or when we began.
        self._read_at = time.monotonic()
        self._rung = asyncio.Event()
        #: Set once we know where the log ends; what is recorded from then on is kept for readers that are joining.
        self._begun = asyncio.Event()
        #: Set whenever the log has been read to its end.
        self._read = asyncio.Event()
        self._ticked = 0.0
        self._positions: dict[str, list[Any]] = {}
        self._fresh: dict[str, list[Any]] = {}
        self._signalled = 0.0
        self._received_at: Any = None

    def ring(self) -> None:
        self._rung.set()

    def age(self) -> float:
        """Seconds since the log was last read to its end."""
        return time.monotonic() - self._read_at

    def take_positions(self, positions: Iterable[list[Any]]) -> None:
        """Positions from the broker; sent with the next second's frame."""
        self._signalled = time.monotonic()
        for one in positions:
            self._fresh[one[0]] = one

    async def run(self) -> None:
        """For ever: wait for a ring or a second, read, send, tick."""
        while True:
            try:
                await self._turn()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001
                # The database is away or answered nonsense: no tick, so readers see it; tried again in a second.
                log.warning("feed_unreadable", region=self.region_id, error=str(error))
                await asyncio.sleep(POLL)
            await self._wait()

    async def run_positions(self) -> None:
        """For ever: at most one positions frame a second, for dispatch alone."""
        while True:
            await asyncio.sleep(POLL)
            try:
                await self._send_positions()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  # the same; positions are only signals
                log.warning("positions_unreadable", region=self.region_id, error=str(error))

    async def run_claims(self) -> None:
        """For ever: which desk is at which vehicle, to dispatch alone, as often as it changes."""
        while True:
            await self.claims.wait()
            try:
                await self._send_claims()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  # the same; claims are only signals
                log.warning("claims_unreadable", region=self.region_id, error=str(error))

    async def join(self, connection: Connection, cursor: Cursor | None, greeting: Callable[[], Message]) -> None:
        """Greet a reader, bring it up to date and count it in, with nothing missed between the two."""
        audience = connection.admission.audience
        # Before that nobody would tell this reader what is recorded between its snapshot and our first reading.
        await self._begun.wait()
        # What is remembered from before a database was away is no picture to go live with.
        while self.age() > REMEMBERED:
            await self._next_reading()
        while (message := await self._past.frame_for(audience, cursor)) is None:
            await self._next_reading()
        # No await from here to the end: the feed cannot move while the reader is being placed.
        later = self._past.later(audience, message.seq)
        first = [greeting(), message, *([later] if later is not None else [])]
        connection.seq = first[-1].seq
        connection.begin(*first)
        if audience.sites is None and self._positions:
            connection.offer(Message(positions_frame(list(self._positions.values()), moment.now())))
        if audience.sites is None and self.claims.told:
            connection.offer(Message(claims_frame(self.claims.told, moment.now())))
        self.readers.setdefault(audience, set()).add(connection)

    def leave(self, connection: Connection) -> bool:
        """Whether it had been counted in."""
        audience = connection.admission.audience
        readers = self.readers.get(audience, set())
        was_in = connection in readers
        readers.discard(connection)
        if not readers:
            self.readers.pop(audience, None)
        return was_in

    def everyone(self) -> list[Connection]:
        return [one for readers in self.readers.values() for one in readers]

    async def _turn(self) -> None:
        # Cleared before reading: a ring during the read means that there may be more.
        self._rung.clear()
        if self._past.cursor is None:
            await self._begin(await self._end())
        while not await self._read_on():
            continue
        self._read_at = time.monotonic()
        self._read.set()
        await self._tick_if_due()

    async def _read_on(self) -> bool:
        """Tell everybody what follows on the last event known; whether that was all there is."""
        known = self._past.cursor
        assert known is not None, "it has begun"
        events = await in_thread(reading.further, self.region_id, known, limit=BATCH)
        if events is None:
            end = await self._end()
            if end != known:
                await self._start_over(end)
            return True
        if events:
            await self._send_events(events)
        return len(events) < BATCH

    async def _end(self) -> Cursor:
        return (await in_thread(reading.head, self.region_id)).cursor

    async def _begin(self, end: Cursor) -> None:
        """What readers of the process before us may have missed, so that they need not each ask for it."""
        events = await in_thread(read_after, self.region_id, max(0, end.seq - RECENT), limit=RECENT)
        # No await from here on: a beginning that a failing database cut short would never be made good.
        self._past.start_over(end)
        if events:
            self._past.extend(events)
        self._begun.set()

    async def _next_reading(self) -> None:
        self._read.clear()
        await self._read.wait()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._rung.wait(), POLL)
        except TimeoutError:
            return

    async def _start_over(self, end: Cursor) -> None:
        """The database was restored: what readers have been told may never have happened in this log."""
        log.warning("log_has_another_past", region=self.region_id, head=str(end), known=str(self._past.cursor))
        self._past.start_over(end)
        for audience, readers in list(self.readers.items()):
            message = await self._past.snapshot(audience)
            for connection in readers:
                # Numbers are given again from here on: what they were given before says nothing now.
                connection.seq = message.seq
            await self._offer(readers, message)

    async def _send_events(self, events: Sequence[Event]) -> None:
        self._past.extend(events)
        seq = events[-1].seq
        _measure(events)
        for audience, readers in self._dispatch_first():
            seen = events_for(events, audience)
            if seen:
                self._spare_the_ahead(readers, events, seen)
                message = Message(events_frame(str(self._past.cursor), seen))
                await self._offer(readers, message, seq=seq)

    def _spare_the_ahead(
        self, readers: set[Connection], events: Sequence[Event], seen: Sequence[dict[str, Any]]
    ) -> None:
        """Readers whose snapshot already had some of these events are told the others only."""
        first, last = events[0].seq, events[-1].seq
        for connection in readers:
            if first <= connection.seq < last:
                rest = [event for event in seen if event["seq"] > connection.seq]
                connection.offer(Message(events_frame(str(self._past.cursor), rest)))
                connection.seq = last

    async def _tick_if_due(self) -> None:
        if time.monotonic() - self._ticked < TICK:
            return
        self._ticked = time.monotonic()
        told = await in_thread(without.lacking, self.region_id, broker=self._broker())
        clock_at = await in_thread(reading.clock_at)
        tick = partial(tick_frame, str(self._past.cursor), now=moment.now(), clock_at=clock_at)
        # How the product fares is dispatch's to know; a hospital would wonder what it should do about it.
        desks, others = Message(tick(without=told)), Message(tick())
        for audience, readers in self._dispatch_first():
            await self._offer(readers, desks if audience.sites is None else others)

    async def _send_positions(self) -> None:
        if not any(audience.sites is None for audience in self.readers):
            return
        if time.monotonic() - self._signalled > SIGNAL_LOST:
            found, self._received_at = await in_thread(reading.positions_since, self.region_id, self._received_at)
            self._fresh.update({one[0]: one for one in found})
        if not self._fresh:
            return
        fresh, self._fresh = self._fresh, {}
        self._positions.update(fresh)
        message = Message(positions_frame(list(fresh.values()), moment.now()), replaceable=True)
        for audience, readers in self._dispatch_first():
            if audience.sites is None:
                await self._offer(readers, message)

    async def _send_claims(self) -> None:
        desks = [readers for audience, readers in self.readers.items() if audience.sites is None]
        if not desks:
            self.claims.forget()
        elif await self.claims.changed():
            message = Message(claims_frame(self.claims.told, moment.now()))
            for readers in desks:
                await self._offer(readers, message)

    def _dispatch_first(self) -> list[tuple[Audience, set[Connection]]]:
        return sorted(self.readers.items(), key=lambda item: item[0].sites is not None)

    async def _offer(self, readers: set[Connection], message: Message, *, seq: int | None = None) -> None:
        for audience in {one.admission.audience.kind for one in islice(readers, 1)}:
            measures.FRAMES.labels(message.type, audience).inc(len(readers))
        for count, connection in enumerate(list(readers), start=1):
            if seq is None or connection.seq < seq:
                connection.offer(message)
                connection.seq = max(connection.seq, seq or 0)
            if count % CHUNK == 0:
                await asyncio.sleep(0)


def _measure(events: Sequence[Event]) -> None:
    now = moment.now()
    for event in events:
        measures.READ_LAG.observe(max(0.0, (now - event.at).total_seconds()))
