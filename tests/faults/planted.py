"""The web process with a bug planted in it, to see whether the judge of histories finds it. Never part of the product.

PLANTED_BUG says which: ``lost_publish`` tells readers one event in twenty too few, ``double_apply`` forgets what a key
has done, ``gap`` skips a number, ``stale_live`` goes on ticking while it no longer reads the log.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import diversion.asgi  # noqa: F401  # sets Django up
from diversion import log
from diversion.feed import reading
from diversion.feed.region import RegionFeed
from diversion.models import Event, Stream


def lost_publish() -> None:
    send = RegionFeed._send_events

    async def losing(self: RegionFeed, events: Sequence[Event]) -> None:
        readers, self.readers = self.readers, ({} if events[0].seq % 20 == 0 else self.readers)
        try:
            await send(self, events)
        finally:
            self.readers = readers

    RegionFeed._send_events = losing


def double_apply() -> None:
    claim = log._claim

    def forgetful(one: log.Log) -> Any:
        kept = one.key
        one.key = replace(kept, id=uuid.uuid4())
        try:
            return claim(one)
        finally:
            one.key = kept

    log._claim = forgetful


def gap() -> None:
    settle = log.Log.settle

    def skipping(self: log.Log, stream: Stream) -> None:
        settle(self, stream)
        stream.head += stream.head % 10 == 9

    log.Log.settle = skipping


def stale_live() -> None:
    further = reading.further

    def stuck(region_id: str, known: Any, *, limit: int) -> Sequence[Event]:
        return [one for one in further(region_id, known, limit=limit) or () if one.seq < 60]

    reading.further = stuck


if __name__ == "__main__":
    {"lost_publish": lost_publish, "double_apply": double_apply, "gap": gap, "stale_live": stale_live}[
        os.environ["PLANTED_BUG"]
    ]()
    from diversion.serve import main

    main()
