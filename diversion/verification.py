"""Verification: the log, replayed from its first event, must arrive at the very rows the database holds.

Reads only. A difference means that something wrote without a command, or that the log was tampered with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from diversion.models import Event, Stream
from diversion.wire.entities import ENTITIES, represent

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree; ``where`` is a sequence number or a row."""

    where: str
    detail: str


def verify(region_id: str) -> list[Difference]:
    """Everything in which a region's log and rows disagree, as of one moment."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        replayed: dict[Key, dict[str, Any]] = {}
        return [*_replay(region_id, replayed), *_compare(region_id, replayed)]


def last_told(region_id: str) -> dict[Key, dict[str, Any]]:
    """Every row as the log last told it, those that have left the live set included."""
    rows: dict[Key, dict[str, Any]] = {}
    for event in Event.objects.all().after(region_id, 0).iterator(chunk_size=500):
        rows.update({(change["kind"], change["id"]): change for change in event.changes})
    return rows


def _replay(region_id: str, rows: dict[Key, dict[str, Any]]) -> Iterator[Difference]:
    """Apply every event in order, saying where numbers or versions do not follow one another."""
    stream = Stream.objects.get(pk=region_id)
    last = 0
    for event in Event.objects.all().after(region_id, 0).iterator(chunk_size=500):
        if event.seq != last + 1:
            yield Difference(f"#{event.seq}", f"follows #{last}")
        last = event.seq
        for change in event.changes:
            yield from _apply(event, change, rows)
    if last != stream.head:
        yield Difference("head", f"is {stream.head}, the last event is #{last}")


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
