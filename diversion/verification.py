"""Verification: the log, replayed from its first event, must arrive at the very rows the database holds, link by link.

Reads only. A difference means that something wrote without a command, or that the log was tampered with. Whoever can
rewrite the whole log can also chain it anew, or cut off its end: that is found against an anchor kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from diversion import chain
from diversion.models import Basis, Bulletin, Event, Stream
from diversion.wire.entities import ENTITIES, represent

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree; ``where`` is a sequence number or a row."""

    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the hash of a number was, known from outside the database: an export, or the hourly line of the clock."""

    seq: int
    hash: str


def verify(region_id: str, anchors: Sequence[Anchor] = ()) -> list[Difference]:
    """Everything in which a region's log, its chain, its rows and what is known from outside disagree."""
    with one_moment():
        replayed: dict[Key, dict[str, Any]] = {}
        return [*_replay(region_id, replayed, anchors), *_compare(region_id, replayed)]


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside is of one moment, and nothing is written."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


@dataclass(slots=True)
class Walk:
    """Along the chain of a region from its first event. ``hash`` is that of the last event taken."""

    anchors: Sequence[Anchor] = ()
    seq: int = 0
    hash: str = chain.NOTHING
    broken: list[int] = field(default_factory=list)
    foreign: list[Anchor] = field(default_factory=list)
    #: Number of the first event that carries its hash; those before were recorded without one.
    chained_from: int | None = None

    def __post_init__(self) -> None:
        self._hold_against_anchors()

    def take(self, event: Event) -> None:
        """After a break the walk goes on from what the event says its hash is, so that each break is counted once."""
        told = chain.link(self.hash, event.seq, chain.digest(chain.said_by(event)))
        if self.chained_from is None and event.hash:
            self.chained_from = event.seq
        if self.chained_from is not None and told != event.hash:
            self.broken.append(event.seq)
        self.seq, self.hash = event.seq, event.hash or told
        self._hold_against_anchors()

    def differences(self, head: Stream) -> Iterator[Difference]:
        if self.broken:
            more = f", and at {len(self.broken) - 1} more" if self.broken[1:] else ""
            yield Difference(f"#{self.broken[0]}", f"the chain breaks here{more}: {self._what_broke()}")
        if self.hash != head.hash:
            yield Difference("head", "its hash is not that of the last event")
        for one in self.foreign:
            yield Difference(f"#{one.seq}", "is not what it was when the anchor was made: the log was written anew")
        for one in self.anchors:
            if one.seq > self.seq:
                yield Difference(f"#{one.seq}", f"existed when the anchor was made; the log now ends at #{self.seq}")

    def _what_broke(self) -> str:
        if self.broken[0] == self.chained_from and self.chained_from > 1:
            return f"this event, or one of those up to #{self.chained_from - 1} that carry no hash, is not as recorded"
        return "this event is not as it was recorded, or not in its place"

    def _hold_against_anchors(self) -> None:
        self.foreign += [one for one in self.anchors if one.seq == self.seq and one.hash != self.hash]


@dataclass(slots=True)
class Beside:
    """What is kept beside the log and bound by a fingerprint in an event: bulletins, and the questions of decisions.

    Older ones, whose events carry none, are not judged.
    """

    bulletins: dict[int, str] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        if "content_sha256" in event.fact:
            self.bulletins[event.fact["bulletin"]] = event.fact["content_sha256"]
        if "basis_sha256" in event.fact:
            self.bases[event.fact["redirect"]] = event.fact["basis_sha256"]

    def differences(self, region_id: str) -> Iterator[Difference]:
        bulletins = Bulletin.objects.filter(region_id=region_id).values_list("number", "content")
        for number, content in bulletins.iterator(chunk_size=500):
            yield from _judge(f"bulletin {number}", content, self.bulletins.pop(number, None))
        bases = Basis.objects.filter(redirect__region_id=region_id).values_list("redirect_id", "question")
        for redirect, question in bases.iterator(chunk_size=500):
            yield from _judge(f"question of {redirect}", question, self.bases.pop(str(redirect), None))
        for left in (*(f"bulletin {one}" for one in self.bulletins), *(f"question of {one}" for one in self.bases)):
            yield Difference(left, "is told in the log and is not kept any more")


def _judge(where: str, kept: Any, told: str | None) -> Iterator[Difference]:
    if told is not None and chain.fingerprint(kept) != told:
        yield Difference(where, "is not what it was when its event was recorded")


def last_told(region_id: str) -> dict[Key, dict[str, Any]]:
    """Every row as the log last told it, those that have left the live set included."""
    rows: dict[Key, dict[str, Any]] = {}
    for event in Event.objects.all().after(region_id, 0).iterator(chunk_size=500):
        rows.update({(change["kind"], change["id"]): change for change in event.changes})
    return rows


def _replay(region_id: str, rows: dict[Key, dict[str, Any]], anchors: Sequence[Anchor]) -> Iterator[Difference]:
    """Apply every event in order, saying where numbers, versions or hashes do not follow one another."""
    stream = Stream.objects.get(pk=region_id)
    walk, beside, last = Walk(anchors), Beside(), 0
    for event in Event.objects.all().after(region_id, 0).iterator(chunk_size=500):
        if event.seq != last + 1:
            yield Difference(f"#{event.seq}", f"follows #{last}")
        last = event.seq
        walk.take(event)
        beside.take(event)
        for change in event.changes:
            yield from _apply(event, change, rows)
    if last != stream.head:
        yield Difference("head", f"is {stream.head}, the last event is #{last}")
    yield from walk.differences(stream)
    yield from beside.differences(region_id)


def _apply(event: Event, change: dict[str, Any], rows: dict[Key, dict[str, Any]]) -> Iterator[Difference]:
    key = (change["kind"], change["id"])
    known = rows.get(key)
    if known is not None and change["version"] != known["version"] + 1:
        yield Difference(f"#{event.seq}", f"{key} goes from version {known['version']} to {change['version']}")
    rows[key] = change


def _compare(region_id: str, replayed: dict[Key, dict[str, Any]]) -> Iterator[Difference]:
    """Hold the replayed rows against those of the database, both ways."""
    found = {}
    for entity in ENTITIES:
        for row in entity.live_rows(region_id):
            change = represent(row)
            found[change["kind"], change["id"]] = change
    live = {key: change for key, change in replayed.items() if change["state"] is not None}
    for key in sorted(found.keys() | live.keys()):
        if key not in found:
            yield Difference(str(key), "is in the log but not in the database")
        elif key not in live:
            yield Difference(str(key), "is in the database but not in the log")
        elif found[key] != live[key]:
            yield Difference(str(key), _first_difference(found[key], live[key]))


def _first_difference(row: dict[str, Any], logged: dict[str, Any]) -> str:
    if row["version"] != logged["version"]:
        return f"has version {row['version']}, the log says {logged['version']}"
    fields = [name for name in row["state"] if row["state"][name] != logged["state"].get(name)]
    return f"differs from the log in {', '.join(fields) or 'its audience'}"
