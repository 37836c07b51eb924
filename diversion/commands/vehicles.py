"""Vehicles as the dispatch system knows them, and where they were last seen. Positions are signals, not events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from diversion import access, doorbell, measures, moment
from diversion.actors import Actor
from diversion.commands.intake import gates_now, reassess
from diversion.commands.notices import notices_of
from diversion.commands.rows import region, take_all
from diversion.errors import Conflict, DomainError, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Transport, Vehicle
from diversion.wire.positions import as_position, instant
from hospitals import geo
from hospitals.models import Region, Versioned

#: A position older than this when it arrives says nothing about now.
STALE: Final = timedelta(seconds=120)
#: Clocks differ; a position from further ahead than this comes from a wrong clock, not from a fast network.
AHEAD: Final = timedelta(seconds=10)

MUTABLE: Final = ("call_sign", "kind", "operator", "base", "status", "active")


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a vehicle says it was: ``vehicle`` is the dispatch system's reference."""

    vehicle: str
    lat: float
    lon: float
    at: datetime
    heading: float | None = None
    speed_mps: float | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One item of a batch that was not taken, and why; the others were."""

    index: int
    ref: str
    error: DomainError


def put_vehicle(*, actor: Actor, key: CommandKey, region_id: str, ref: str, said: Mapping[str, Any]) -> Recorded:
    """Make a vehicle known, or tell what has changed about it; nothing is recorded when nothing has."""
    with change(region_id, actor=actor, key=key) as log:
        here = region(region_id)
        log.role = access.require(actor, "vehicle.change", here)
        _check_status(said.get("status"), here)
        vehicle = Vehicle.objects.select_for_update(no_key=True).filter(region=here, ref=ref).first()
        known = vehicle is not None
        vehicle = vehicle or Vehicle(region=here, ref=ref, status="available")
        changed = [name for name in MUTABLE if name in said and getattr(vehicle, name) != said[name]]
        if known and not changed:
            return Recorded(region_id, log.now)
        if "active" in changed and said["active"] is False:
            refuse_busy(vehicle, field="active")
        if "base" in changed and said["base"] is not None:
            _check_base(said["base"], here)
        for name in changed:
            setattr(vehicle, name, said[name])
        fact = {"vehicle": str(vehicle.pk), "call_sign": vehicle.call_sign, "changed": changed}
        log.write(vehicle)
        kind = EventKind.VEHICLE_CHANGED if known else EventKind.VEHICLE_ADDED
        log.add(kind, vehicle, *_carried(log, vehicle, changed), fact=fact)
    return log.answer()


def _carried(log: Log, vehicle: Vehicle, changed: Sequence[str]) -> list[Versioned]:
    """Its live transport and that one's notices: they are judged by its kind and show its call sign."""
    if not {"kind", "call_sign"} & set(changed):
        return []
    rows: list[Versioned] = []
    for transport in take_all(Transport.objects.live().filter(vehicle=vehicle)):
        transport.vehicle = vehicle
        reassess(transport, gates_now(transport.heading_to_id), log.now)
        log.write(transport)
        rows += [transport, *notices_of(transport)]
    return rows


class Known(NamedTuple):
    """What a position needs to know of its vehicle; whole rows for a fleet would cost more than all the rest."""

    pk: UUID
    active: bool


def report_positions(*, actor: Actor, region_id: str, sightings: Sequence[Sighting]) -> list[Refusal]:
    """Take a batch of positions: good ones replace older ones, the others are answered one by one."""
    here = region(region_id)
    access.require(actor, "position.report", here)
    now = moment.now()
    refs = {one.vehicle for one in sightings}
    rows = Vehicle.objects.filter(region=here, ref__in=refs).values_list("ref", "pk", "active")
    known = {ref: Known(pk, active) for ref, pk, active in rows}
    ring = _ring(here)
    good: dict[str, Sighting] = {}
    refused: list[Refusal] = []
    for index, one in enumerate(sightings):
        problem = _problem(one, known, ring, now)
        if problem is not None:
            refused.append(Refusal(index, one.vehicle, problem))
        elif one.vehicle not in good or good[one.vehicle].at < one.at:
            good[one.vehicle] = one
    if good:
        measures.POSITIONS.inc(len(good))
        _keep(good, known)
        doorbell.send_positions(region_id, [as_position(known[ref].pk, one) for ref, one in good.items()])
    return refused


def _keep(good: Mapping[str, Sighting], known: Mapping[str, Known]) -> None:
    """One statement for the whole batch; an older position never replaces a newer one.

    ``unnest`` because it was 30 times as fast as saving rows one by one; ordered by key, so that two
    overlapping batches cannot lock each other out.
    """
    rows = sorted((known[ref].pk, one) for ref, one in good.items())
    columns = [
        [pk for pk, _ in rows],
        *([getattr(one, name) for _, one in rows] for name in ("lat", "lon", "at", "heading", "speed_mps")),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, columns)


_UPSERT: Final = """
INSERT INTO diversion_lastposition (vehicle_id, lat, lon, at, heading, speed_mps, received_at)
SELECT u.*, clock_timestamp()
FROM unnest(%s::uuid[], %s::float8[], %s::float8[], %s::timestamptz[], %s::float8[], %s::float8[]) AS u
ON CONFLICT (vehicle_id) DO UPDATE SET
    lat = excluded.lat, lon = excluded.lon, at = excluded.at, heading = excluded.heading,
    speed_mps = excluded.speed_mps, received_at = excluded.received_at
WHERE diversion_lastposition.at < excluded.at
"""


def _problem(one: Sighting, known: Mapping[str, Known], ring: Sequence[Any], now: datetime) -> DomainError | None:
    vehicle = known.get(one.vehicle)
    if vehicle is None or not vehicle.active:
        return unknown(one.vehicle, known=vehicle is not None)
    if now - one.at > STALE:
        detail = f"at is more than {STALE.seconds} s old: it is {instant(now)} here. Send only fresh positions."
        return Invalid("stale_position", detail, field="at")
    if one.at - now > AHEAD:
        detail = f"at is more than {AHEAD.seconds} s ahead: it is {instant(now)} here. Check your clock."
        return Invalid("future_position", detail, field="at")
    return _outside(ring, one.lat, one.lon, field="lat")


def unknown(ref: str, *, known: bool) -> Invalid:
    """The refusal of a vehicle that nobody has sent, or that is out of service (``known``)."""
    remedy = "is not active: send it with active: true first" if known else "is not known: send it to /vehicles first"
    return Invalid("unknown_vehicle", f"{ref!r} {remedy}.", field="vehicle")


def _ring(here: Region) -> list[Any]:
    return [tuple(corner) for corner in here.boundary]


def _outside(ring: Sequence[Any], lat: float, lon: float, *, field: str) -> Invalid | None:
    if geo.inside(ring, geo.Point(lat, lon)):
        return None
    detail = f"lat {lat}, lon {lon} lie outside this region's boundary: are they exchanged?"
    return Invalid("outside_region", detail, field=field)


def _check_base(base: Mapping[str, Any], here: Region) -> None:
    """A base stands at a site of this region, if at one, and within its boundary: where its vehicles are shown."""
    if base["site_id"] is not None and not here.sites.filter(pk=base["site_id"]).exists():
        raise Invalid("unknown_site", f"{base['site_id']!r} is no site of this region: use its id.", field="base.site")
    outside = _outside(_ring(here), base["lat"], base["lon"], field="base.lat")
    if outside is not None:
        raise outside


def _check_status(status: str | None, here: Region) -> None:
    known = [entry["code"] for entry in here.vehicle_statuses]
    if status is not None and status not in known:
        raise Invalid("unknown_status", f"status must be one of {', '.join(known)}.", field="status")


def refuse_busy(vehicle: Vehicle, *, field: str) -> None:
    """One patient at a time; the other transport is named as whoever opened it calls it."""
    busy = Transport.objects.live().filter(vehicle=vehicle).first()
    if busy is not None:
        detail = f"{vehicle.call_sign} is on transport {busy.ref or busy.pk}: end that first."
        raise Conflict("vehicle_busy", detail, row=busy, field=field)
