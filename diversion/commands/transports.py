"""Transports: one patient under way to one site. Opening one announces it; ending one closes all that hung on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from diversion import access, states
from diversion.actors import Actor
from diversion.commands import casualties
from diversion.commands.intake import check_needs, gates_now, reassess
from diversion.commands.notices import notices_of, open_notice
from diversion.commands.rows import fresh, region, region_of, take, take_all, take_sites
from diversion.commands.vehicles import refuse_busy
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import MassCasualty, Notice, Redirect, Transport, Vehicle
from diversion.situation import arrival_of, foretold
from diversion.wire.positions import instant
from hospitals.models import Site, Versioned

#: A new estimate within this of the old one is not news; an event for every second of traffic would bury the log.
ETA_NEWS: Final = timedelta(seconds=60)
#: Somebody who is late, or whose report is, was due a few minutes ago; further back it is a wrong clock or time zone.
ETA_BACK: Final = timedelta(minutes=10)
#: A shift: nothing that is planned today arrives later; further ahead it is a wrong date.
ETA_AHEAD: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What may be known about a patient. There is deliberately no room for who it is."""

    urgency: str
    needs: Sequence[str] = ()
    age_band: str = "unknown"
    sex: str = "unknown"
    physician_on_board: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What is known of the drive itself: whether it has begun, when it arrives, the dispatch system's reference."""

    state: str = "under_way"
    eta_at: datetime | None = None
    ref: str | None = None


def open_transport(
    *,
    actor: Actor,
    key: CommandKey,
    region_id: str,
    vehicle_id: UUID,
    destination_id: str,
    patient: Patient,
    journey: Journey | None = None,
    mass_casualty_id: UUID | None = None,
) -> Recorded:
    """Open a transport; one that is under way is announced to its destination in the same event.

    ``mass_casualty_id`` names the place with many casualties the patient is taken from, while that is open.
    """
    journey = journey or Journey()
    with change(region_id, actor=actor, key=key) as log:
        here = region(region_id)
        log.role = access.require(actor, "transport.change", here)
        site = _destination(destination_id, region_id)
        vehicle = _free_vehicle(vehicle_id, region_id)
        _check_ref(journey.ref, region_id)
        check_needs(patient.needs, here)
        check_eta(journey.eta_at, log.now)
        if journey.state not in states.TRANSPORT_LIVE:
            raise Invalid("wrong_state", "A transport begins as planned or under_way.", field="state")
        transport = _opened(log, vehicle, site, patient, journey)
        if mass_casualty_id is not None:
            casualties.check_open(region_id, mass_casualty_id)
        transport.mass_casualty_id = mass_casualty_id
        reassess(transport, gates_now(site.pk), log.now)
        if journey.state == "under_way":
            transport.journey = foretold(transport, site, log.now)
            transport.eta_at = journey.eta_at or arrival_of(transport.journey)
        log.write(transport)
        rows: list[Versioned] = [transport]
        if journey.state == "under_way":
            rows.append(open_notice(transport, site_id=site.pk, now=log.now))
        log.add(EventKind.TRANSPORT_OPENED, *rows, fact=_fact(transport))
    return log.answer()


def update_transport(
    *, actor: Actor, key: CommandKey, transport_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Recorded:
    """Tell a live transport differently. Its destination only moves by a redirect, never by an update."""
    with change(region_of(Transport, transport_id, "transport"), actor=actor, key=key) as log:
        transport = _take(log, transport_id)
        fresh(transport, version)
        if not _apply(transport, changes, log.now):
            return _nothing(log)
        reassess(transport, gates_now(transport.heading_to_id), log.now)
        log.write(transport)
        log.add(EventKind.TRANSPORT_CHANGED, transport, *_notices(log, transport, changes), fact=_fact(transport))
    return log.answer()


def finish_transport(*, actor: Actor, key: CommandKey, transport_id: UUID, outcome: str) -> Recorded:
    """End a transport as arrived or cancelled, and with it its open order and its notices."""
    with change(region_of(Transport, transport_id, "transport"), actor=actor, key=key) as log:
        transport = _take(log, transport_id)
        states.require(states.TRANSPORT, now=transport.state, to=outcome, what="This transport", row=transport)
        arrived_at = transport.destination_id
        transport.state, transport.ended_at = outcome, log.now
        transport.ordered_destination, transport.affected_since = None, None
        log.write(transport)
        kind = EventKind.TRANSPORT_ARRIVED if outcome == "arrived" else EventKind.TRANSPORT_CANCELLED
        rows: list[Versioned] = [*_close_redirects(transport), *_close_notices(transport, outcome, log.now)]
        rows += _counted_at_the_place(transport)
        fact = {**_fact(transport), "destination": arrived_at, **_driven(transport, log.now)}
        log.add(kind, transport, *rows, fact=fact)
    return log.answer()


def _opened(log: Log, vehicle: Vehicle, site: Site, patient: Patient, journey: Journey) -> Transport:
    return Transport(
        region_id=log.region_id,
        ref=journey.ref,
        vehicle=vehicle,
        destination=site,
        urgency=patient.urgency,
        needs=list(patient.needs),
        age_band=patient.age_band,
        sex=patient.sex,
        physician_on_board=patient.physician_on_board,
        state=journey.state,
        eta_at=journey.eta_at,
        opened_at=log.now,
    )


def check_eta(eta_at: datetime | None, now: datetime) -> None:
    """Refuse an estimate that can only come from a wrong clock or date: it would stand on a department's screen."""
    first, last = now - ETA_BACK, now + ETA_AHEAD
    if eta_at is not None and not first <= eta_at <= last:
        detail = f"eta_at must lie between {instant(first)} and {instant(last)}: check your clock and time zone."
        raise Invalid("eta_out_of_range", detail, field="eta_at")


def _take(log: Log, transport_id: UUID) -> Transport:
    """Lock the sites a transport concerns, then the transport: the log's order of locks."""
    here = Transport.objects.only("destination_id", "ordered_destination_id").get(pk=transport_id)
    take_sites({here.destination_id, here.heading_to_id})
    transport = take(Transport.objects.select_related("vehicle"), transport_id, "transport")
    log.role = access.require(log.actor, "transport.change", transport)
    if transport.state not in states.TRANSPORT_LIVE:
        raise Conflict("wrong_state", f"This transport is {transport.state}.", row=transport, now=transport.state)
    return transport


def _destination(site_id: str, region_id: str) -> Site:
    if not Site.objects.filter(pk=site_id, region_id=region_id).exists():
        raise Invalid("unknown_site", f"{site_id!r} is no site of this region.", field="destination")
    return take_sites([site_id])[site_id]


def _free_vehicle(vehicle_id: UUID, region_id: str) -> Vehicle:
    vehicle = take(Vehicle.objects.filter(region_id=region_id), vehicle_id, "vehicle")
    refuse_busy(vehicle, field="vehicle")
    return vehicle


def _check_ref(ref: str | None, region_id: str) -> None:
    known = Transport.objects.filter(region_id=region_id, ref=ref).first() if ref is not None else None
    if known is not None:
        raise Conflict("ref_taken", f"There is already a transport {ref!r}.", row=known, field="ref")


def _apply(transport: Transport, changes: Mapping[str, Any], now: datetime) -> bool:
    """Write what differs; False when nothing does, so that a repeated report is no event."""
    news = {name: value for name, value in changes.items() if _is_news(transport, name, value)}
    if "needs" in news:
        check_needs(news["needs"], transport.region)
    check_eta(news.get("eta_at"), now)
    if "state" in news:
        _check_state(transport, news["state"])
    if news.get("mass_casualty_id"):
        casualties.check_open(transport.region_id, news["mass_casualty_id"])
    for name, value in news.items():
        setattr(transport, name, value)
    if news.get("state") == "under_way":
        transport.journey = foretold(transport, transport.destination, now)
    return bool(news)


def _check_state(transport: Transport, to: str) -> None:
    what = "This transport"
    states.require(states.TRANSPORT, now=transport.state, to=to, what=what, row=transport, field="state")


def _is_news(transport: Transport, name: str, value: Any) -> bool:
    old = getattr(transport, name)
    if name == "eta_at" and old is not None and value is not None:
        return bool(abs(value - old) >= ETA_NEWS)
    return bool(old != value)


def _notices(log: Log, transport: Transport, changes: Mapping[str, Any]) -> list[Notice]:
    """The notices that show what has changed; the first one is sent when a planned transport gets under way."""
    known = notices_of(transport)
    announced = any(notice.state in states.NOTICE_OPEN for notice in known)
    if not announced and changes.get("state") == "under_way":
        return [*known, open_notice(transport, site_id=transport.destination_id, now=log.now)]
    return known


def _close_redirects(transport: Transport) -> list[Redirect]:
    closed = take_all(Redirect.objects.filter(transport=transport))
    for redirect in closed:
        redirect.transport = transport
        if redirect.state == "ordered":
            redirect.state = "cancelled"
    return closed


def _close_notices(transport: Transport, outcome: str, now: datetime) -> list[Notice]:
    """Every notice of the transport leaves the live set; an open one says how it ended."""
    closed = notices_of(transport)
    for notice in closed:
        if notice.state in states.NOTICE_OPEN:
            notice.state = "arrived" if outcome == "arrived" else "withdrawn"
            notice.ended_at = now
    return closed


def _counted_at_the_place(transport: Transport) -> list[Versioned]:
    """Who has arrived leaves the live rows: the place with many casualties goes on counting them."""
    if transport.state != "arrived" or transport.mass_casualty_id is None:
        return []
    return take_all(MassCasualty.objects.filter(pk=transport.mass_casualty_id))


def _fact(transport: Transport) -> dict[str, Any]:
    return {
        "transport": str(transport.pk),
        "vehicle": str(transport.vehicle_id),
        "call_sign": transport.vehicle.call_sign,
        "destination": transport.destination_id,
        "urgency": transport.urgency,
    }


def _driven(transport: Transport, now: datetime) -> dict[str, Any]:
    """What had been foretold of the drive beside what it took, told with an arrival where it was foretold for."""
    foretold_as = transport.journey
    if transport.state != "arrived" or foretold_as is None or foretold_as["site"] != transport.destination_id:
        return {}
    began = datetime.fromisoformat(foretold_as["began_at"])
    return {"journey": {**foretold_as, "took_s": round((now - began).total_seconds())}}


def _nothing(log: Log) -> Recorded:
    """An update that changes nothing is carried out by recording nothing."""
    return Recorded(log.region_id, log.now)
