"""Reading the picture: snapshots that are exact, and the events after a cursor. Synchronous; knows no sockets.

A snapshot reads the head and every row in one REPEATABLE READ transaction: all of it is as of one moment. At
READ COMMITTED three snapshots in four mixed two moments when it was measured under load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from diversion import moment
from diversion.errors import NotFound
from diversion.log import read_after
from diversion.models import Claim, ClockBeat, Event, LastPosition
from diversion.wire.audiences import Audience, Scope
from diversion.wire.cursor import BEGINNING, Cursor
from diversion.wire.entities import ENTITIES, Entity, state_of
from diversion.wire.frames import events_for, events_frame
from diversion.wire.positions import as_position, instant
from hospitals.exercises import is_exercise

#: How many past events a snapshot brings for the log on screen, and how many decisions, however long ago.
LOG_LENGTH: Final = 50
#: A reader further behind than this is cheaper to serve with a snapshot.
RESUME_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a region's log."""

    cursor: Cursor
    #: Whether this log still holds what the asker had read; False after a restore or a failover that lost events.
    continues: bool


#: In SQL because building Django's takes longer than asking.
_HEAD: Final = """
    SELECT head, head_event,
        EXISTS (SELECT FROM diversion_event WHERE region_id = %(region)s AND seq = %(seq)s AND id = %(event)s)
    FROM diversion_stream WHERE region_id = %(region)s
"""


def head(region_id: str, *, known: Cursor | None = None) -> Head:
    """The end of the log, for a reader that has read as far as ``known``. Raises NotFound."""
    with connection.cursor() as cursor:
        seq, event = (known.seq, known.event) if known else (None, None)
        cursor.execute(_HEAD, {"region": region_id, "seq": seq, "event": event})
        row = cursor.fetchone()
    if row is None:
        raise NotFound("region", region_id)
    end, is_ours = Cursor(row[0], row[1]), row[2]
    return Head(end, known is None or known in (end, BEGINNING) or is_ours)


def further(region_id: str, known: Cursor, *, limit: int) -> Sequence[Event] | None:
    """At most so many events after the last one known; None where the log no longer holds that one.

    Every process asks this for every event and once a second. Read from the known event on, itself included: its being
    there says that the log goes on from it, so that nobody has to ask for the log's end as well.
    """
    if known == BEGINNING:
        return read_after(region_id, BEGINNING.seq, limit=limit)
    found = read_after(region_id, known.seq - 1, limit=limit + 1)
    if not found or Cursor(found[0].seq, found[0].pk) != known:
        return None
    return found[1:]


def clock_at() -> datetime | None:
    """The clock's last sign of life; None if it has given none."""
    return ClockBeat.objects.filter(name="clock").values_list("at", flat=True).first()


@dataclass(frozen=True, slots=True)
class Picture:
    """A region's whole picture as of one moment, from which each audience's snapshot is cut."""

    region_id: str
    cursor: Cursor
    at: datetime
    #: Who may see a row, and the row as it is sent. Not encoded one by one for all audiences, which took six times as
    #: long as encoding the largest of their snapshots whole.
    rows: list[tuple[Scope, dict[str, Any]]]
    #: The last decisions and the last events, newest first.
    decisions: list[Event]
    latest: list[Event]
    positions: list[list[Any]]

    def seen_by(self, audience: Audience) -> dict[str, Any]:
        """The snapshot frame of an audience."""
        return {
            "type": "snapshot",
            "exercise": is_exercise(self.region_id),
            "cursor": str(self.cursor),
            "at": instant(self.at),
            "entities": [row for scope, row in self.rows if audience.sees(scope)],
            "positions": self.positions if audience.sites is None else [],
            "log": self._log(audience),
        }

    def _log(self, audience: Audience) -> list[dict[str, Any]]:
        """The last events the audience sees and the last decisions among them, oldest first, without their changes:
        the rows are in the snapshot.
        """
        both = (self.decisions, self.latest)
        seen = {
            event["seq"]: event for source in both for event in events_for(reversed(source), audience)[-LOG_LENGTH:]
        }
        return [{**seen[number], "changes": []} for number in sorted(seen)]


def picture(region_id: str) -> Picture:
    """Everything of a region, in one transaction: a number of questions that no audience adds to."""
    with transaction.atomic(durable=True):
        _freeze()
        cursor = head(region_id).cursor
        events = Event.objects.filter(region_id=region_id, seq__lte=cursor.seq).order_by("-seq")
        # More than the length, since a site's audience sees only some of them; a short log is no wrong picture.
        decisions, latest = (list(source[: 4 * LOG_LENGTH]) for source in (events.decisions(), events))
        rows, positions = _rows(region_id), positions_since(region_id, None)[0]
    return Picture(region_id, cursor, moment.now(), rows, decisions, latest, positions)


def snapshot(audience: Audience) -> dict[str, Any]:
    """Everything the audience sees, as of one moment."""
    return picture(audience.region_id).seen_by(audience)


def since(audience: Audience, cursor: Cursor) -> dict[str, Any] | None:
    """The events frame that brings a reader at ``cursor`` up to date; None when only a snapshot can."""
    now = head(audience.region_id, known=cursor)
    end = now.cursor
    if not now.continues or not 0 <= end.seq - cursor.seq <= RESUME_LIMIT:
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


def _rows(region_id: str) -> list[tuple[Scope, dict[str, Any]]]:
    return [(entity.scope(row), _row(entity, row)) for entity in ENTITIES for row in entity.live_rows(region_id)]


def _row(entity: Entity, row: Any) -> dict[str, Any]:
    return {"kind": entity.kind, "id": str(row.pk), "version": row.version, "state": state_of(entity, row)}
