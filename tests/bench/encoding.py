"""Encodes one region's snapshot, in a process of its own: ours, the standard library's, another audience's, once more.

    python -m tests.bench.encoding REGION ROUNDS

Prints {"bytes", "read", "ours", "json", "another", "again"}: milliseconds, medians of that many taken in turn. ``read``
is the whole picture read from the database; ``ours`` and ``json`` encode dispatch's snapshot of it; ``another`` is the
snapshot of one site's staff, cut from the same picture and encoded; ``again`` is a reader of an audience that somebody
has asked for before.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from diversion.feed import reading  # noqa: E402
from diversion.feed.message import Message  # noqa: E402
from diversion.feed.past import Past  # noqa: E402
from diversion.wire.audiences import Audience  # noqa: E402


def main() -> None:
    region, rounds = sys.argv[1], int(sys.argv[2])
    dispatch = Audience(region)
    picture = reading.picture(region)
    whole = picture.seen_by(dispatch)
    site = next(row["id"] for _, row in picture.rows if row["kind"] == "site")
    does: dict[str, Callable[[], Any]] = {
        "read": lambda: reading.picture(region),
        "ours": lambda: Message(whole),
        "json": lambda: json.dumps(whole, ensure_ascii=False, separators=(",", ":"), default=str).encode(),
        "another": lambda: Message(picture.seen_by(Audience(region, frozenset({site})))),
    }
    taken: dict[str, list[float]] = {name: [] for name in does}
    for _ in range(rounds):
        for name, do in does.items():
            taken[name].append(_timed(do))
    found = {name: statistics.median(times) for name, times in taken.items()}
    print(
        json.dumps(
            {"bytes": len(Message(picture.seen_by(dispatch)).body), **found, "again": asyncio.run(_again(dispatch))}
        )
    )


async def _again(audience: Audience) -> float:
    """Milliseconds until a reader has the snapshot that another reader of its audience has just been given."""
    past = Past(audience.region_id)
    await past.snapshot(audience)
    begun = time.perf_counter_ns()
    for _ in range(100):
        await past.snapshot(audience)
    return (time.perf_counter_ns() - begun) / 1e8


def _timed(do: Callable[[], Any]) -> float:
    begun = time.perf_counter_ns()
    do()
    return (time.perf_counter_ns() - begun) / 1e6


if __name__ == "__main__":
    main()
