"""Entities: the one public representation of every row that travels. Snapshot, event and answer all use it.

Whether a row is in the live set depends on the row alone, never on the time of reading; otherwise a snapshot
and a replayed history could differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from rest_framework import serializers

from diversion.models import (
    Channel,
    Diversion,
    MassCasualty,
    Notice,
    Question,
    Redirect,
    SitePresence,
    Transport,
    Vehicle,
)
from diversion.states import DIVERSION_RUNNING, TRANSPORT_LIVE
from diversion.wire import casualties, channels, declared, places, rows
from diversion.wire.audiences import Scope
from hospitals.models import Region, Site


@dataclass(frozen=True, slots=True)
class Entity:
    """How rows of one model travel: their kind, form, audience, and which of them are live."""

    kind: str
    model: type[Model]
    serializer: type[serializers.BaseSerializer[Any]]
    live_rows: Callable[[str], QuerySet[Any]]
    is_live: Callable[[Any], bool]
    scope: Callable[[Any], Scope]


def _everybody(_row: Any) -> Scope:
    return None


def _dispatch(_row: Any) -> Scope:
    return []


def _own_site(row: Any) -> Scope:
    return [row.site_id]


def _own_site_if_any(row: Any) -> Scope:
    """A region's own are for dispatch alone."""
    return [row.site_id] if row.site_id else []


def _sites(region_id: str) -> QuerySet[Site]:
    running = Prefetch("diversions", Diversion.objects.running(), to_attr="running_diversions")
    return Site.objects.filter(region_id=region_id).select_related("hospital").prefetch_related(running)


def _notices(region_id: str) -> QuerySet[Notice]:
    live = Notice.objects.filter(region_id=region_id, transport__state__in=TRANSPORT_LIVE)
    return live.select_related("transport__vehicle")


ENTITIES: tuple[Entity, ...] = (
    Entity("region", Region, places.RegionState, lambda r: Region.objects.filter(pk=r), lambda _: True, _everybody),
    Entity("site", Site, places.SiteState, _sites, lambda _: True, _everybody),
    Entity(
        "diversion",
        Diversion,
        declared.DiversionState,
        lambda r: Diversion.objects.running().filter(region_id=r),
        lambda row: row.state in DIVERSION_RUNNING,
        _everybody,
    ),
    Entity(
        "vehicle",
        Vehicle,
        rows.VehicleState,
        lambda r: Vehicle.objects.filter(region_id=r, active=True),
        lambda row: row.active,
        _dispatch,
    ),
    Entity(
        "transport",
        Transport,
        rows.TransportState,
        lambda r: Transport.objects.live().filter(region_id=r),
        lambda row: row.state in TRANSPORT_LIVE,
        _dispatch,
    ),
    Entity(
        "redirect",
        Redirect,
        rows.RedirectState,
        lambda r: Redirect.objects.filter(region_id=r, transport__state__in=TRANSPORT_LIVE),
        lambda row: row.transport.state in TRANSPORT_LIVE,
        _dispatch,
    ),
    Entity("notice", Notice, rows.NoticeState, _notices, lambda row: row.transport.state in TRANSPORT_LIVE, _own_site),
    Entity(
        "presence",
        SitePresence,
        rows.PresenceState,
        lambda r: SitePresence.objects.filter(region_id=r),
        lambda _: True,
        _own_site,
    ),
    Entity(
        "question",
        Question,
        rows.QuestionState,
        lambda r: Question.objects.open().filter(region_id=r),
        lambda row: row.closed_at is None,
        _everybody,
    ),
    Entity(
        "mass_casualty",
        MassCasualty,
        casualties.MassCasualtyState,
        lambda r: MassCasualty.objects.open().filter(region_id=r),
        lambda row: row.ended_at is None,
        _everybody,
    ),
    Entity(
        "channel",
        Channel,
        channels.ChannelState,
        lambda r: Channel.objects.active().filter(region_id=r),
        lambda row: row.active,
        _own_site_if_any,
    ),
)
_BY_MODEL = {entity.model: entity for entity in ENTITIES}
#: One of each, and never given a row: a serializer made per row copies its fields, half the time of a snapshot.
_FORMS = {entity.kind: entity.serializer() for entity in ENTITIES}


def entity_of(row: Model) -> Entity:
    """The entity of a row; KeyError for a row that never travels."""
    return _BY_MODEL[type(row)]


def state_of(entity: Entity, row: Any) -> dict[str, Any]:
    """A row as it travels."""
    return dict(_FORMS[entity.kind].to_representation(row))


def represent(row: Any) -> dict[str, Any]:
    """A row's change as the log keeps it: ``{kind, id, version, state|null, scope}``."""
    entity = entity_of(row)
    return {
        "kind": entity.kind,
        "id": str(row.pk),
        "version": row.version,
        "state": state_of(entity, row) if entity.is_live(row) else None,
        "scope": entity.scope(row),
    }
