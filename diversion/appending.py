"""Appending: what one change tells is inserted, its region's head moved and its receipt signed by one statement.

Everybody who writes into a region waits for its head: so it is held for as few journeys to the database as can be.
Written as SQL because Django's inserts and saves are a statement each, and built anew for each: three times the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from diversion.models import CommandReceipt, Event, Stream
from diversion.writing import values

_COLUMNS: Final = Event._meta.concrete_fields  # noqa: SLF001  # Django documents Model._meta
_EVENT: Final = ", ".join(["%s"] * len(_COLUMNS))

#: The region's moment of closing is read by the same statement, which began after the head was locked: a row joined to
#: the locked one would be read as it was before the wait.
_APPEND: Final = f"""
    WITH told AS (
        INSERT INTO diversion_event ({", ".join(f'"{one.column}"' for one in _COLUMNS)}) VALUES {{events}}
    ), signed AS (
        UPDATE diversion_commandreceipt SET first_seq = %s, last_seq = %s WHERE id = %s
    )
    UPDATE diversion_stream SET head = %s, head_event = %s, hash = %s, bulletins = %s WHERE region_id = %s
    RETURNING (SELECT closed_at FROM hospitals_region WHERE id = region_id)
"""  # noqa: S608  # the columns' names are the model's own

#: A second request with the same key waits here until the first has committed or failed.
_CLAIM: Final = """
    INSERT INTO diversion_commandreceipt (actor_key, command_id, fingerprint, region_id, at)
    VALUES (%s, %s, %s, %s, %s) ON CONFLICT (actor_key, command_id) DO NOTHING RETURNING id
"""


def claim(actor_key: str, command_id: UUID, fingerprint: str, region_id: str, at: datetime) -> int | None:
    """Take an actor's key for this transaction: the receipt's primary key, or None if the key has been used."""
    found = _ask(_CLAIM, [actor_key, command_id, fingerprint, region_id, at])
    return found[0] if found else None


def used(actor_key: str, command_id: UUID) -> CommandReceipt | None:
    """What an actor's key was used for; None if for nothing."""
    return CommandReceipt.objects.filter(actor_key=actor_key, command_id=command_id).first()


def append(stream: Stream, events: Sequence[Event], receipt: int | None) -> datetime | None:
    """Insert events, which are numbered and chained, under the lock on their region's head, and keep that head.

    ``receipt`` is signed with their numbers. Answers when the region was closed (UTC), None for an open one.
    """
    sql = _APPEND.format(events=", ".join([f"({_EVENT})"] * len(events)))
    said = [value for event in events for value in values(event)]
    signature = [events[0].seq, events[-1].seq, receipt]
    head = [stream.head, stream.head_event, stream.hash, stream.bulletins, stream.region_id]
    found = _ask(sql, [*said, *signature, *head])
    assert found is not None, "the head that is locked is gone"
    closed_at: datetime | None = found[0]
    return closed_at


def _ask(sql: str, values: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
