"""Frames: what the feed says. One event as one audience may see it, and the envelopes around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from diversion.kinds import EventKind
from diversion.models import Event
from diversion.wire.audiences import Audience
from diversion.wire.authors import Author
from diversion.wire.entities import ENTITIES, Entity
from diversion.wire.positions import instant
from diversion.wire.rows import RoleState
from hospitals.exercises import is_exercise

PROTOCOL: Final = 1

#: Why the server ends a reader's feed; a restart says nothing and just closes.
#: Parts without which the picture stays right, the one a dispatcher must do something about first: the worker, the
#: broker, a standby that was promised.
PARTS: Final = ("worker", "broker", "standby")
BYE_REASONS: Final = ("logged_out", "access_changed", "denied", "too_slow", "too_talkative", "too_often")

#: What of an event's fact a site's staff may read; the rest is for dispatch.
OPEN_FACTS: Final = frozenset(
    {
        "diversion",
        "site",
        "cause",
        "state",
        "former",
        "gates",
        "comment",
        "reason",
        "notice",
        "call_sign",
        "region",
        "until",
        "after",
        "lost_to",
        "shared",
        "reopening",
        "question",
        "answer",
        "missing",
        "mass_casualty",
        "place",
        "counts",
        "offer",
        "bulletin",
        "exercise",
    }
)


def _row_of(entity: Entity) -> type[serializers.Serializer[Any]]:
    """The form of a change to one kind of row."""
    fields = {
        "kind": serializers.ChoiceField(choices=[entity.kind]),
        "id": serializers.CharField(),
        "version": serializers.IntegerField(),
        "state": entity.serializer(allow_null=True, help_text="null when the row has left the live set"),
    }
    return type(f"{entity.kind.title().replace('_', '')}Row", (serializers.Serializer,), fields)


_ROW_FORMS: dict[str, Any] = {entity.kind: _row_of(entity) for entity in ENTITIES}


@extend_schema_field(PolymorphicProxySerializer("Row", _ROW_FORMS, "kind"))
class Row(serializers.DictField):
    """A row of any kind, told apart by ``kind``."""


class Rows(serializers.ListField):
    child = Row()


_NUMBER, _NUMBER_OR_NULL = {"type": "number"}, {"type": ["number", "null"]}
_INSTANT = {"type": "string", "format": "date-time"}


@extend_schema_field(
    {
        "type": "array",
        "description": "[vehicle_id, lat, lon, at, heading|null, speed_mps|null]",
        "prefixItems": [{"type": "string"}, _NUMBER, _NUMBER, _INSTANT, _NUMBER_OR_NULL, _NUMBER_OR_NULL],
        "minItems": 6,
        "maxItems": 6,
    }
)
class Position(serializers.ListField):
    """See ``wire.positions``."""


class EventFrame(serializers.Serializer[Any]):
    """One recorded event as one audience sees it."""

    seq = serializers.IntegerField()
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    at = serializers.DateTimeField()
    said_at = serializers.DateTimeField()
    actor = Author()
    fact = serializers.DictField()
    changes = Rows()


class EventsFrame(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=["events"])
    cursor = serializers.CharField()
    events = EventFrame(many=True)


class SnapshotFrame(serializers.Serializer[Any]):
    """Everything an audience sees, exactly as of the cursor."""

    type = serializers.ChoiceField(choices=["snapshot"])
    exercise = serializers.BooleanField(help_text="True: nothing of this is real")
    cursor = serializers.CharField()
    at = serializers.DateTimeField()
    entities = Rows()
    positions = serializers.ListField(child=Position())
    log = EventFrame(many=True)


class You(serializers.Serializer[Any]):
    """Whom the server takes the reader for."""

    name = serializers.CharField()
    roles = RoleState(many=True)


class HelloFrame(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=["hello"])
    protocol = serializers.IntegerField()
    region = serializers.CharField()
    audience = serializers.CharField()
    exercise = serializers.BooleanField(help_text="True: nothing of what follows is real")
    server_time = serializers.DateTimeField()
    you = You()


class PositionsFrame(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=["positions"])
    at = serializers.DateTimeField()
    positions = serializers.ListField(child=Position())


class HeldState(serializers.Serializer[Any]):
    """The vehicles one desk is deciding about, by their transports. It binds nobody."""

    desk = serializers.UUIDField()
    name = serializers.CharField()
    transports = serializers.ListField(child=serializers.UUIDField())


class ClaimsFrame(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=["claims"])
    at = serializers.DateTimeField()
    claims = HeldState(many=True)


class TickFrame(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=["tick"])
    at = serializers.DateTimeField()
    cursor = serializers.CharField()
    clock_at = serializers.DateTimeField(allow_null=True, help_text="The clock's last sign of life; null: none yet")
    without = serializers.ListField(
        child=serializers.ChoiceField(choices=PARTS),
        help_text="What the product does without just now while the picture stays right; told to dispatch",
    )


class ByeFrame(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=["bye"])
    reason = serializers.ChoiceField(choices=BYE_REASONS)


#: Every frame a socket brings; polling brings only the two that carry rows.
SOCKET_FRAME: Final = PolymorphicProxySerializer(
    "SocketFrame",
    {
        "hello": HelloFrame,
        "snapshot": SnapshotFrame,
        "events": EventsFrame,
        "positions": PositionsFrame,
        "claims": ClaimsFrame,
        "tick": TickFrame,
        "bye": ByeFrame,
    },
    "type",
)


def event_for(event: Event, audience: Audience) -> dict[str, Any] | None:
    """The event as this audience may see it; None when it may not see any of it."""
    seen = [_bare(change) for change in event.changes if audience.sees(change["scope"])]
    if audience.sites is not None and not seen:
        return None
    return {
        "seq": event.seq,
        "id": str(event.pk),
        "kind": event.kind,
        "at": instant(event.at),
        "said_at": instant(event.said_at),
        "actor": {"kind": event.actor["kind"], "name": event.actor["name"], "role": event.actor["role"]},
        "fact": event.fact if audience.sites is None else _open(event.fact),
        "changes": seen,
    }


def events_for(events: Iterable[Event], audience: Audience) -> list[dict[str, Any]]:
    return [frame for event in events if (frame := event_for(event, audience)) is not None]


def events_frame(cursor: str, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "events", "cursor": cursor, "events": list(events)}


def hello_frame(audience: Audience, *, you: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "type": "hello",
        "protocol": PROTOCOL,
        "region": audience.region_id,
        "audience": audience.name,
        "exercise": is_exercise(audience.region_id),
        "server_time": instant(now),
        "you": you,
    }


def positions_frame(positions: Sequence[Any], now: datetime) -> dict[str, Any]:
    return {"type": "positions", "at": instant(now), "positions": list(positions)}


def claims_frame(claims: Sequence[Any], now: datetime) -> dict[str, Any]:
    return {"type": "claims", "at": instant(now), "claims": list(claims)}


def tick_frame(cursor: str, *, now: datetime, clock_at: datetime | None, without: Sequence[str] = ()) -> dict[str, Any]:
    lived = instant(clock_at) if clock_at else None
    return {"type": "tick", "at": instant(now), "cursor": cursor, "clock_at": lived, "without": list(without)}


def bye_frame(reason: str) -> dict[str, Any]:
    return {"type": "bye", "reason": reason}


def encode(frame: dict[str, Any]) -> bytes:
    """A frame as bytes; once per audience, however many read it."""
    return orjson.dumps(frame)


def _bare(change: dict[str, Any]) -> dict[str, Any]:
    return {name: change[name] for name in ("kind", "id", "version", "state")}


def _open(fact: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fact.items() if name in OPEN_FACTS}
