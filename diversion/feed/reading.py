"""Reading the picture: snapshots that are exact, and the events after a cursor. Synchronous; knows no sockets.

A snapshot reads the head and every row in one REPEATABLE READ transaction: all of it is as of one moment. At
READ COMMITTED three snapshots in four mixed two moments when it was measured under load.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from diversion.errors import NotFound
from diversion.models import Claim, ClockBeat, Event, LastPosition, Stream
from diversion.models.log import EventQuerySet
from diversion.wire.audiences import Audience
from diversion.wire.cursor import Cursor
from diversion.wire.entities import ENTITIES, state_of
from diversion.wire.frames import events_for, events_frame
from diversion.wire.positions import as_position, instant
from hospitals.exercises import is_exercise

#: How many past events a snapshot brings for the log on screen, and how many decisions, however long ago.
LOG_LENGTH: Final = 50
#: A reader further behind than this is cheaper to serve with a snapshot.
RESUME_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a region's log, and the clock's last sign of life."""

    cursor: Cursor
    clock_at: datetime | None
    #: Whether this log still holds what the asker had read; False after a restore or a failover that lost events.
    continues: bool


def head(region_id: str, *, known: Cursor | None = None) -> Head:
    """The end of the log, for a reader that has read as far as ``known``."""
    stream = Stream.objects.filter(pk=region_id).first()
    if stream is None:
        raise NotFound("region", region_id)
    clock_at = ClockBeat.objects.filter(name="clock").values_list("at", flat=True).first()
    cursor = Cursor(stream.head, stream.head_event)
    return Head(cursor, clock_at, known is None or known == cursor or _is_ours(region_id, known))


def snapshot(audience: Audience) -> dict[str, Any]:
    """Everything the audience sees, as of one moment."""
    with transaction.atomic(durable=True):
        _freeze()
        cursor = head(audience.region_id).cursor
        entities = [row for row in _rows(audience.region_id) if audience.sees(row.pop("scope"))]
        log = _recent(audience, cursor.seq)
        positions = positions_since(audience.region_id, None)[0] if audience.sites is None else []
    return {
        "type": "snapshot",
        "exercise": is_exercise(audience.region_id),
        "cursor": str(cursor),
        "at": instant(timezone.now()),
        "entities": entities,
        "positions": positions,
        "log": log,
    }


def since(audience: Audience, cursor: Cursor) -> dict[str, Any] | None:
    """The events frame that brings a reader at ``cursor`` up to date; None when only a snapshot can."""
    end = head(audience.region_id).cursor
    if cursor.seq > end.seq or end.seq - cursor.seq > RESUME_LIMIT or not _is_ours(audience.region_id, cursor):
        return None
    events = Event.objects.all().after(audience.region_id, cursor.seq).filter(seq__lte=end.seq)
    return events_frame(str(end), events_for(events, audience))


def positions_since(region_id: str, received_after: datetime | None) -> tuple[list[list[Any]], datetime | None]:
    """Last positions of active vehicles received after a moment, and the moment of the newest."""
    rows = LastPosition.objects.filter(vehicle__region_id=region_id, vehicle__active=True)
    if received_after is not None:
        rows = rows.filter(received_at__gt=received_after)
    found = list(rows.order_by("vehicle_id"))
    newest = max((row.received_at for row in found), default=received_after)
    return [as_position(row.vehicle_id, row) for row in found], newest


def claims_at(region_id: str, now: datetime) -> list[dict[str, Any]]:
    """What each desk holds at a moment; a claim that has run out is none, whoever still has to remove it."""
    held = Claim.objects.filter(region_id=region_id, until__gt=now).order_by("pk")
    return [{"desk": str(one.desk), "name": one.name, "transports": one.transports} for one in held]


def _freeze() -> None:
    """Make this transaction see one moment only. Tests run inside a transaction of their own and cannot."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _rows(region_id: str) -> list[dict[str, Any]]:
    return [
        {
            "kind": entity.kind,
            "id": str(row.pk),
            "version": row.version,
            "state": state_of(entity, row),
            "scope": entity.scope(row),
        }
        for entity in ENTITIES
        for row in entity.live_rows(region_id)
    ]


def _recent(audience: Audience, seq: int) -> list[dict[str, Any]]:
    """The last events the audience sees and the last decisions among them, oldest first, without their changes: the
    rows are in the snapshot.
    """
    events = Event.objects.filter(region_id=audience.region_id, seq__lte=seq).order_by("-seq")
    seen = {event["seq"]: event for source in (events.decisions(), events) for event in _last(source, audience)}
    return [{**seen[number], "changes": []} for number in sorted(seen)]


def _last(newest_first: EventQuerySet, audience: Audience) -> list[dict[str, Any]]:
    # More than the length, since a site's audience sees only some of them; a short log is no wrong picture.
    return events_for(reversed(newest_first[: 4 * LOG_LENGTH]), audience)[-LOG_LENGTH:]


def _is_ours(region_id: str, cursor: Cursor) -> bool:
    """Whether the event a cursor names is in this log under this number."""
    if cursor.event is None:
        return cursor.seq == 0
    return Event.objects.filter(region_id=region_id, seq=cursor.seq, pk=cursor.event).exists()
