"""The situation: what planning needs to know about a region at this moment, read from the rows as plain values.

Reads only. The one place that turns rows into what ``diversion.planning`` and ``diversion.journeys`` take.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Prefetch

from diversion.journeys.chain import Chain
from diversion.journeys.factors import Factors, band_of
from diversion.journeys.osrm import Osrm
from diversion.journeys.port import Journey, Matrix, Mode
from diversion.journeys.roads import Roads
from diversion.maps.network import in_folder
from diversion.models import Diversion, LastPosition, MassCasualty, Transport
from diversion.models.transports import URGENCIES
from diversion.planning import distribution
from diversion.planning.apart import solve_apart
from diversion.planning.inbound import inbound_counts
from diversion.planning.options import Option, Patient, Place
from diversion.planning.plan import Plan, Policy, plan
from diversion.planning.record import Question, answer
from diversion.wire.positions import instant
from hospitals import gates
from hospitals.geo import Located, Point
from hospitals.models import Region, Site
from hospitals.policies import policy_of

#: Beyond this age a position no longer says where a vehicle is; the screens call it lost at the same age.
LOST_AFTER: Final = timedelta(seconds=120)


def _chain() -> Chain:
    """The sources this deployment has, best first; the line stands behind them all."""
    engine = [Osrm(settings.OSRM_URL)] if settings.OSRM_URL else []
    roads = [Roads(in_folder(settings.MAP_FOLDER))] if settings.MAP_FOLDER else []
    return Chain([*engine, *roads])


JOURNEYS: Final = _chain()


def options_for(transport: Transport, now: datetime) -> tuple[Option, ...]:
    """Where one transport could go instead, as things stand."""
    return answer(question_for(transport, now))


def question_for(transport: Transport, now: datetime) -> Question:
    """All that its options depend on, to be kept with a decision that is taken on them."""
    places = places_of(transport.region_id)
    matrix = _matrix(transport.region, [transport], places, now)
    return Question(_patient(transport, now), tuple(places), matrix[0], _policy(transport.region))


def plan_for(region: Region, transports: Sequence[Transport], now: datetime) -> Plan:
    """A proposal for these transports together."""
    places = places_of(region.pk)
    matrix = _matrix(region, transports, places, now)
    patients = [_patient(one, now) for one in transports]
    return plan(patients, places, matrix, _policy(region), solver=solve_apart)


def distribution_for(casualty: MassCasualty, now: datetime) -> tuple[distribution.Shared, ...]:
    """Who of the casualties still waiting at a place could go where, as things stand."""
    return distribution.distribution(shared_question(casualty, now), solver=solve_apart)


def shared_question(casualty: MassCasualty, now: datetime) -> distribution.Question:
    """All that it depends on. How many wait is the number reported less those already taken away."""
    region = casualty.region
    places = places_of(region.pk)
    numbers = policy_of(region.policy)
    sent = _sent(casualty)
    chain, scene = _calibrated(region), Point(casualty.lat, casualty.lon)
    drives = {mode: chain.eta_matrix([scene], places, now, mode)[0] for mode in Mode}
    groups = (
        distribution.Group(
            urgency=urgency,
            needs=tuple(casualty.needs.get(urgency, ())),
            waiting=max(0, (casualty.counts[urgency] or 0) - sum(n for (_, one), n in sent.items() if one == urgency)),
            journeys=drives[_drives(urgency)],
        )
        for urgency in URGENCIES
    )
    rooms = {
        (site, urgency): distribution.Room(
            offered=casualty.offers[site][urgency] if site in casualty.offers else None,
            assumed=numbers[f"offer_assumed_{urgency}"],
            sent=sent[site, urgency],
        )
        for site in (place.site_id for place in places)
        for urgency in URGENCIES
    }
    return distribution.Question(tuple(groups), tuple(places), rooms, _policy(region))


def _sent(casualty: MassCasualty) -> Counter[tuple[str, str]]:
    """How many of each urgency each site has been sent from there, those who have arrived included."""
    taken = casualty.transports.exclude(state="cancelled")
    return Counter((one.heading_to_id, one.urgency) for one in taken)


def foretold(transport: Transport, site: Site, now: datetime) -> dict[str, Any] | None:
    """The drive to a site as it begins, from where the vehicle was last seen; None when nobody knows where it is.

    Plain data, kept until the arrival: ``diversion.commands.journeys`` fits the factors to what came of it.
    """
    position = _position(transport)
    if position is None or now - position.at > LOST_AFTER:
        return None
    mode = _mode(transport)
    chain = _calibrated(transport.region)
    journey = chain.eta_matrix([Point(position.lat, position.lon)], [site], now, mode)[0][0]
    about = {"site": site.pk, "began_at": instant(now), "mode": mode.value, "band": band_of(now).value}
    return {**about, **{name: value for name, value in asdict(journey).items() if name != "metres"}}


def arrival_of(journey: Mapping[str, Any] | None) -> datetime | None:
    """When a foretold drive ends."""
    if journey is None:
        return None
    return datetime.fromisoformat(journey["began_at"]) + timedelta(seconds=journey["seconds"])


def places_of(region_id: str) -> list[Place]:
    """Every site of a region with its effective gates and what it already has coming."""
    running = Prefetch("diversions", Diversion.objects.running(), to_attr="running_diversions")
    sites = Site.objects.filter(region_id=region_id).prefetch_related(running).order_by("pk")
    bound = Transport.objects.live().filter(region_id=region_id)
    inbound = inbound_counts(bound.values_list("destination_id", "ordered_destination_id"))
    return [_place(site, inbound) for site in sites]


def affected_undecided(region_id: str, site_id: str | None = None) -> list[Transport]:
    """Affected transports about which nobody has decided since they became affected.

    Keeping the destination is a decision, and so is an order to a site that excludes the patient, with its reason: it
    leaves the transport affected, but nobody is to be proposed another place for it.
    """
    affected = Transport.objects.live().filter(region_id=region_id, affected_since__isnull=False)
    if site_id is not None:
        affected = affected.heading_for(site_id)
    rows = affected.select_related("vehicle__position", "region").prefetch_related("redirects").order_by("pk")
    return [one for one in rows if not _decided(one)]


def _decided(transport: Transport) -> bool:
    return any(
        one.state in ("ordered", "acknowledged")
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


def _matrix(region: Region, transports: Sequence[Transport], places: Sequence[Place], now: datetime) -> Matrix:
    """A row for each transport: each drives as its patient's urgency asks."""
    chain = _calibrated(region)
    rows: dict[int, tuple[Journey, ...]] = {}
    for mode in Mode:
        numbers = [number for number, one in enumerate(transports) if _mode(one) == mode]
        origins = [_origin(transports[number], places) for number in numbers]
        rows.update(zip(numbers, chain.eta_matrix(origins, places, now, mode), strict=True))
    return tuple(rows[number] for number in range(len(transports)))


def _mode(transport: Transport) -> Mode:
    return _drives(transport.urgency)


def _drives(urgency: str) -> Mode:
    """Blue lights are for those who cannot wait."""
    return Mode.CAR if urgency == "routine" else Mode.PRIORITY


def _calibrated(region: Region) -> Chain:
    return JOURNEYS.calibrated(Factors.stored(region.journey_factors))


def _policy(region: Region) -> Policy:
    return Policy.of(policy_of(region.policy))
