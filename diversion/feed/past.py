"""What one region's readers are brought up to date from: the last events in memory, else a shared snapshot.

A restart brings every reader back within seconds. What they need is read and encoded once, however many ask: a
reader that has missed nothing, or little, costs no question to the database at all.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from diversion import measures
from diversion.feed import reading
from diversion.feed.message import Message
from diversion.feed.threads import in_thread
from diversion.models import Event
from diversion.wire.audiences import Audience
from diversion.wire.cursor import Cursor
from diversion.wire.frames import events_for, events_frame

#: Events kept in memory to bring a reader from its snapshot or cursor up to date without the database.
RECENT: Final = 1000
#: A snapshot younger than this (seconds) is shared; the events since are added to it. Three times as long as 5,000
#: readers take to come (tests/bench, storm), so that all of them are served from one.
SNAPSHOT_AGE: Final = 15.0


class Past:
    """One event loop's. Frames it gives end at some cursor not after ``cursor``; ``later`` brings what is between."""

    def __init__(self, region_id: str) -> None:
        self._region_id = region_id
        #: How far the feed has read.
        self.cursor: Cursor | None = None
        self._recent: deque[Event] = deque(maxlen=RECENT)
        self._shared: tuple[float, asyncio.Task[_Shared]] | None = None
        #: How often the log has turned out to have another past: what was read before is not to be told after.
        self.lives = 0
        #: Frames for readers that stopped at the same number; worth nothing once there are further events.
        self._resumed: dict[tuple[Audience, int], Message] = {}

    def extend(self, events: Sequence[Event]) -> None:
        """Further events, in order and without gap after those before."""
        self._recent.extend(events)
        self.cursor = Cursor(events[-1].seq, events[-1].pk)
        self._resumed.clear()

    def start_over(self, cursor: Cursor) -> None:
        """Nothing known before holds any more; the log ends here."""
        self.cursor = cursor
        self.lives += 1
        self._recent.clear()
        self._shared = None
        self._resumed.clear()

    async def frame_for(self, audience: Audience, cursor: Cursor | None) -> Message | None:
        """An events frame for a reader that can resume at its cursor, else a snapshot.

        None where the log turns out to have lost what is known here: what is in memory never followed on what it holds
        now. The feed's next reading starts over; until then nobody can be brought up to date.
        """
        while True:
            lives, known = self.lives, self.cursor
            message = await self._events_for(audience, cursor)
            if message is None:
                shared = await self._share()
                message, known = shared.seen_by(audience), shared.known
            if lives != self.lives:
                continue
            if known is not None and message.end != known and message.seq <= known.seq:
                return None
            # With more events to come than are kept, the reader would miss some.
            if self.reaches_back_to(message.seq):
                return message

    async def _events_for(self, audience: Audience, cursor: Cursor | None) -> Message | None:
        if cursor is None:
            return None
        known = self._from_memory(audience, cursor)
        if known is not None:
            return known
        frame = await in_thread(reading.since, audience, cursor)
        return Message(frame) if frame is not None else None

    def later(self, audience: Audience, seq: int) -> Message | None:
        """What is in memory after a number; None if the feed has not got further."""
        if self.cursor is None or self.cursor.seq <= seq:
            return None
        if (audience, seq) not in self._resumed:
            events = [event for event in self._recent if event.seq > seq]
            self._resumed[audience, seq] = Message(events_frame(str(self.cursor), events_for(events, audience)))
        return self._resumed[audience, seq]

    async def snapshot(self, audience: Audience) -> Message:
        """A recent snapshot."""
        return (await self._share()).seen_by(audience)

    async def _share(self) -> _Shared:
        """A recent picture: the region is read once however many wait, and encoded once for each audience."""
        made, task = self._shared or (0.0, None)
        if task is None or time.monotonic() - made > SNAPSHOT_AGE or not self._reaches(task):
            task = asyncio.ensure_future(in_thread(_read, self._region_id, self.cursor))
            self._shared = (time.monotonic(), task)
        return await asyncio.shield(task)

    def _from_memory(self, audience: Audience, cursor: Cursor) -> Message | None:
        """The frame for a reader whose last event is still in memory under its number; None for any other."""
        if self.cursor is None or not self._recent:
            return None
        at = cursor.seq - self._recent[0].seq
        if not 0 <= at < len(self._recent):
            return None
        event = next(islice(self._recent, at, None))
        if event.pk != cursor.event:
            return None
        if cursor != self.cursor:
            return self.later(audience, cursor.seq)
        if (audience, cursor.seq) not in self._resumed:
            self._resumed[audience, cursor.seq] = Message(events_frame(str(cursor), []))
        return self._resumed[audience, cursor.seq]

    def _reaches(self, task: asyncio.Task[_Shared]) -> bool:
        """Whether the events since a picture are still in memory, so that it can be brought up to date."""
        if not task.done():
            return True
        if task.cancelled() or task.exception() is not None:
            return False
        return self.reaches_back_to(task.result().picture.cursor.seq)

    def reaches_back_to(self, seq: int) -> bool:
        """Whether every event after a number is still in memory."""
        oldest = self._recent[0].seq if self._recent else (self.cursor.seq + 1 if self.cursor else 0)
        return seq + 1 >= oldest


@dataclass(frozen=True, slots=True)
class _Shared:
    """A picture, and what has been cut from it for each audience that asked."""

    picture: reading.Picture
    #: How far the feed had read before the picture was: on the same log it ends there or further on.
    known: Cursor | None
    cut: dict[Audience, Message] = field(default_factory=dict)

    def seen_by(self, audience: Audience) -> Message:
        if audience not in self.cut:
            self.cut[audience] = Message(self.picture.seen_by(audience))
        return self.cut[audience]


def _read(region_id: str, known: Cursor | None) -> _Shared:
    measures.SNAPSHOTS.inc()
    return _Shared(reading.picture(region_id), known)
