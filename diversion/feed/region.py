"""One region's feed in one process: reads the log once, encodes once per audience, offers it to every reader.

It ticks only after the database has answered: a hub that cannot know whether its picture is current says nothing,
and its readers see the silence.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, Final

import structlog
from django.utils import timezone

from diversion.feed import reading
from diversion.feed.claims import Claims
from diversion.feed.connection import Connection
from diversion.feed.message import Message
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
#: Events read and sent in one go.
BATCH: Final = 500
#: Events kept in memory to bring a reader from its snapshot or cursor up to date without the database.
RECENT: Final = 1000
#: A snapshot younger than this (seconds) is shared; the events since are added to it.
SNAPSHOT_AGE: Final = 5.0
#: Readers offered a frame before the loop gets a turn: 64 kept its stalls under 11 ms at 5,000 readers.
CHUNK: Final = 64
#: Without positions from the broker for this long (seconds) they are read from the database.
SIGNAL_LOST: Final = 3.0


class RegionFeed:
    """Runs on one event loop; ``run`` is its only writer."""

    def __init__(self, region_id: str) -> None:
        self.region_id = region_id
        self.readers: dict[Audience, set[Connection]] = {}
        self.claims = Claims(region_id)
        self._cursor: Cursor | None = None
        self._clock_at: Any = None
        self._recent: deque[Event] = deque(maxlen=RECENT)
        self._rung = asyncio.Event()
        #: Set once we know where the log ends; what is recorded from then on is kept for readers that are joining.
        self._begun = asyncio.Event()
        self._ticked = 0.0
        self._positions: dict[str, list[Any]] = {}
        self._fresh: dict[str, list[Any]] = {}
        self._signalled = 0.0
        self._received_at: Any = None
        self._snapshots: dict[Audience, tuple[float, asyncio.Task[dict[str, Any]]]] = {}

    def ring(self) -> None:
        self._rung.set()

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

    async def join(self, connection: Connection, cursor: Cursor | None) -> None:
        """Bring a reader up to date and count it in, with nothing missed between the two."""
        audience = connection.admission.audience
        # Before that nobody would tell this reader what is recorded between its snapshot and our first reading.
        await self._begun.wait()
        frame = await self._catch_up(audience, cursor)
        # No await from here to the end: the feed cannot move while the reader is being placed.
        start = Cursor.parse(frame["cursor"])
        connection.seq = start.seq if start else 0
        connection.offer(Message(frame))
        self._offer_since(connection)
        if audience.sites is None and self._positions:
            connection.offer(Message(positions_frame(list(self._positions.values()), timezone.now())))
        if audience.sites is None and self.claims.told:
            connection.offer(Message(claims_frame(self.claims.told, timezone.now())))
        self.readers.setdefault(audience, set()).add(connection)

    def leave(self, connection: Connection) -> None:
        audience = connection.admission.audience
        readers = self.readers.get(audience, set())
        readers.discard(connection)
        if not readers:
            self.readers.pop(audience, None)
            self._snapshots.pop(audience, None)

    def everyone(self) -> list[Connection]:
        return [one for readers in self.readers.values() for one in readers]

    async def _turn(self) -> None:
        # Cleared before reading: a ring during the read means that there may be more.
        self._rung.clear()
        end = await in_thread(reading.head, self.region_id, known=self._cursor)
        self._clock_at = end.clock_at
        if self._cursor is None:
            self._cursor = end.cursor
            self._begun.set()
        if not end.continues:
            await self._start_over(end.cursor)
        while self._cursor.seq < end.cursor.seq:
            await self._send_events(await in_thread(read_after, self.region_id, self._cursor.seq, limit=BATCH))
        await self._tick_if_due()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._rung.wait(), POLL)
        except TimeoutError:
            return

    async def _start_over(self, end: Cursor) -> None:
        """The database was restored: what readers have been told may never have happened in this log."""
        log.warning("log_has_another_past", region=self.region_id, head=str(end))
        self._cursor = end
        self._recent.clear()
        self._snapshots.clear()
        for audience, readers in list(self.readers.items()):
            frame = await self._snapshot(audience)
            for connection in readers:
                # Numbers are given again from here on: what they were given before says nothing now.
                connection.seq = int(frame["cursor"].partition(":")[0])
            await self._offer(readers, Message(frame))

    async def _send_events(self, events: Sequence[Event]) -> None:
        if not events:
            raise RuntimeError("The head is ahead of the events: the log has a gap.")
        self._recent.extend(events)
        self._cursor = Cursor(events[-1].seq, events[-1].pk)
        for audience, readers in self._dispatch_first():
            seen = events_for(events, audience)
            if seen:
                self._spare_the_ahead(readers, events[0].seq, seen)
                await self._offer(readers, Message(events_frame(str(self._cursor), seen)), seq=self._cursor.seq)

    def _spare_the_ahead(self, readers: set[Connection], first: int, seen: Sequence[dict[str, Any]]) -> None:
        """Readers whose snapshot already had some of these events are told the others only."""
        assert self._cursor is not None
        for connection in readers:
            if first <= connection.seq < self._cursor.seq:
                rest = [event for event in seen if event["seq"] > connection.seq]
                connection.offer(Message(events_frame(str(self._cursor), rest)))
                connection.seq = self._cursor.seq

    async def _tick_if_due(self) -> None:
        if time.monotonic() - self._ticked < TICK:
            return
        self._ticked = time.monotonic()
        message = Message(tick_frame(str(self._cursor), now=timezone.now(), clock_at=self._clock_at))
        for _, readers in self._dispatch_first():
            await self._offer(readers, message)

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
        message = Message(positions_frame(list(fresh.values()), timezone.now()), replaceable=True)
        for audience, readers in self._dispatch_first():
            if audience.sites is None:
                await self._offer(readers, message)

    async def _send_claims(self) -> None:
        desks = [readers for audience, readers in self.readers.items() if audience.sites is None]
        if not desks:
            self.claims.forget()
        elif await self.claims.changed():
            message = Message(claims_frame(self.claims.told, timezone.now()))
            for readers in desks:
                await self._offer(readers, message)

    def _dispatch_first(self) -> list[tuple[Audience, set[Connection]]]:
        return sorted(self.readers.items(), key=lambda item: item[0].sites is not None)

    async def _offer(self, readers: set[Connection], message: Message, *, seq: int | None = None) -> None:
        for count, connection in enumerate(list(readers), start=1):
            if seq is None or connection.seq < seq:
                connection.offer(message)
                connection.seq = max(connection.seq, seq or 0)
            if count % CHUNK == 0:
                await asyncio.sleep(0)

    async def _catch_up(self, audience: Audience, cursor: Cursor | None) -> dict[str, Any]:
        """An events frame for a reader that can resume, else a snapshot."""
        if cursor is not None:
            frame = await in_thread(reading.since, audience, cursor)
            if frame is not None:
                return frame
        return await self._snapshot(audience)

    async def _snapshot(self, audience: Audience) -> dict[str, Any]:
        """A recent snapshot of this audience, read once however many wait for it."""
        made, task = self._snapshots.get(audience, (0.0, None))
        if task is None or time.monotonic() - made > SNAPSHOT_AGE or not self._reaches(task):
            task = asyncio.ensure_future(in_thread(reading.snapshot, audience))
            self._snapshots[audience] = (time.monotonic(), task)
        return await asyncio.shield(task)

    def _reaches(self, task: asyncio.Task[dict[str, Any]]) -> bool:
        """Whether the events since a snapshot are still in memory, so that it can be brought up to date."""
        if not task.done():
            return True
        if task.cancelled() or task.exception() is not None:
            return False
        start = Cursor.parse(task.result()["cursor"])
        oldest = self._recent[0].seq if self._recent else (self._cursor.seq + 1 if self._cursor else 0)
        return start is not None and start.seq + 1 >= oldest

    def _offer_since(self, connection: Connection) -> None:
        """What the feed has already sent others since the reader's first frame was read."""
        later = [event for event in self._recent if event.seq > connection.seq]
        if not later or self._cursor is None:
            return
        seen = events_for(later, connection.admission.audience)
        connection.offer(Message(events_frame(str(self._cursor), seen)))
        connection.seq = self._cursor.seq
