"""The situation: what planning needs to know about a region at this moment, read from the rows as plain values.

Reads only. The one place that turns rows into what ``diversion.planning`` and ``diversion.journeys`` take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Prefetch

from diversion.journeys.chain import journey_times
from diversion.journeys.port import Matrix, Mode
from diversion.models import Diversion, LastPosition, Transport
from diversion.planning.inbound import inbound_counts
from diversion.planning.options import Option, Patient, Place, options
from diversion.planning.plan import Plan, Policy, plan
from hospitals import gates
from hospitals.geo import Located, Point
from hospitals.models import Region, Site
from hospitals.policies import policy_of

#: Beyond this age a position no longer says where a vehicle is; the screens call it lost at the same age.
LOST_AFTER: Final = timedelta(seconds=120)

JOURNEYS: Final = journey_times()


def options_for(transport: Transport, now: datetime) -> tuple[Option, ...]:
    """Where one transport could go instead, as things stand."""
    places = places_of(transport.region_id)
    matrix = _matrix([_origin(transport, places)], places, now)
    return options(_patient(transport, now), places, matrix[0], tie_s=_policy(transport.region)["tie_s"])


def options_as_stored(transport: Transport, now: datetime) -> list[dict[str, Any]]:
    """The same as plain data, to be kept with the decision that was taken on it."""
    found = options_for(transport, now)
    return [{**asdict(one), "unmet": list(one.unmet), "unknown": list(one.unknown)} for one in found]


def plan_for(region: Region, transports: Sequence[Transport], now: datetime) -> Plan:
    """A proposal for these transports together."""
    places = places_of(region.pk)
    matrix = _matrix([_origin(one, places) for one in transports], places, now)
    numbers = _policy(region)
    policy = Policy(
        tie_s=numbers["tie_s"],
        near_arrival_s=numbers["near_arrival_s"],
        detour_limit_s=numbers["detour_limit_s"],
        inbound_limit=numbers["inbound_limit"],
    )
    return plan([_patient(one, now) for one in transports], places, matrix, policy)


def arrival_at(transport: Transport, site: Site, now: datetime) -> datetime | None:
    """When it would reach a site from where it was last seen; None when nobody knows where it is."""
    position = _position(transport)
    if position is None or now - position.at > LOST_AFTER:
        return None
    journey = JOURNEYS.eta_matrix([Point(position.lat, position.lon)], [site], now, Mode.PRIORITY)[0][0]
    return now + timedelta(seconds=journey.seconds)


def places_of(region_id: str) -> list[Place]:
    """Every site of a region with its effective gates and what it already has coming."""
    running = Prefetch("diversions", Diversion.objects.running(), to_attr="running_diversions")
    sites = Site.objects.filter(region_id=region_id).prefetch_related(running).order_by("pk")
    bound = Transport.objects.live().filter(region_id=region_id)
    inbound = inbound_counts(bound.values_list("destination_id", "ordered_destination_id"))
    return [_place(site, inbound) for site in sites]


def affected_undecided(region_id: str, site_id: str | None = None) -> list[Transport]:
    """Affected transports nobody has decided to keep where they are going since they became affected."""
    affected = Transport.objects.live().filter(region_id=region_id, affected_since__isnull=False)
    if site_id is not None:
        affected = affected.heading_for(site_id)
    rows = affected.select_related("vehicle__position", "region").prefetch_related("redirects").order_by("pk")
    return [one for one in rows if not _kept(one)]


def _kept(transport: Transport) -> bool:
    return any(
        one.choice == "keep"
        and one.to_site_id == transport.heading_to_id
        and transport.affected_since is not None
        and one.ordered_at >= transport.affected_since
        for one in transport.redirects.all()
    )


def _place(site: Site, inbound: Mapping[str, int]) -> Place:
    now = gates.effective(one.said() for one in site.running_diversions)  # type: ignore[attr-defined]
    return Place(
        site_id=site.pk,
        destination=site.destination,
        gate_ambulances=now.gates[gates.AMBULANCES],
        gate_smur_destination=now.gates[gates.SMUR_DESTINATION],
        closed_capabilities=frozenset(now.closed_capabilities),
        capabilities=site.capability_values(),
        inbound=inbound.get(site.pk, 0),
        lat=site.lat,
        lon=site.lon,
    )


def _patient(transport: Transport, now: datetime) -> Patient:
    position = _position(transport)
    left = int((transport.eta_at - now).total_seconds()) if transport.eta_at else None
    return Patient(
        transport_id=transport.pk,
        urgency=transport.urgency,
        needs=tuple(transport.needs),
        by_smur=transport.vehicle.kind in ("smur", "pit"),
        age_band=transport.age_band,
        heading_to=transport.heading_to_id,
        near_arrival_s=left,
        position_lost=position is None or now - position.at > LOST_AFTER,
        physician_on_board=transport.physician_on_board,
    )


def _origin(transport: Transport, places: Sequence[Place]) -> Located:
    """Where it was last seen; without any sighting, the place it is heading for, which planning flags as lost."""
    position = _position(transport)
    if position is not None:
        return Point(position.lat, position.lon)
    return next(place for place in places if place.site_id == transport.heading_to_id)


def _position(transport: Transport) -> LastPosition | None:
    """None for a vehicle never seen; no query when the caller fetched vehicles with their positions."""
    position: LastPosition | None = getattr(transport.vehicle, "position", None)
    return position


def _matrix(origins: Sequence[Located], places: Sequence[Place], now: datetime) -> Matrix:
    return JOURNEYS.eta_matrix(origins, places, now, Mode.PRIORITY)


def _policy(region: Region) -> dict[str, int]:
    return policy_of(region.policy)
