"""Crews: who is on which vehicle. It is on the record, since it decides who may answer for a vehicle."""

from __future__ import annotations

from uuid import UUID

from diversion import access
from diversion.actors import Actor
from diversion.commands.rows import region, region_of, take
from diversion.errors import Denied, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Recorded, change
from diversion.models import CrewDuty, Vehicle


def board_vehicle(*, actor: Actor, key: CommandKey, vehicle_id: UUID) -> Recorded:
    """Say which vehicle one is on, from now on and for one shift; it ends being on another."""
    with change(region_of(Vehicle, vehicle_id, "vehicle"), actor=actor, key=key) as log:
        vehicle = take(Vehicle.objects.all(), vehicle_id, "vehicle")
        log.role = access.require(actor, "crew.board", vehicle)
        _require_person(actor)
        if not vehicle.active:
            raise Invalid("unknown_vehicle", f"{vehicle.call_sign} is out of service.", field="vehicle")
        said = {"vehicle": vehicle, "since": log.now}
        CrewDuty.objects.update_or_create(user_id=actor.id, region_id=log.region_id, defaults=said)
        log.add(EventKind.CREW_BOARDED, fact={"vehicle": str(vehicle.pk), "call_sign": vehicle.call_sign})
    return log.answer()


def leave_vehicle(*, actor: Actor, key: CommandKey, region_id: str) -> Recorded:
    """Say that the shift is over; who is on no vehicle leaves none, and nothing is recorded."""
    with change(region_id, actor=actor, key=key) as log:
        log.role = access.require(actor, "crew.board", region(region_id))
        duty = CrewDuty.objects.filter(user_id=actor.id, region_id=region_id).select_related("vehicle").first()
        if duty is not None:
            duty.delete()
            fact = {"vehicle": str(duty.vehicle_id), "call_sign": duty.vehicle.call_sign}
            log.add(EventKind.CREW_LEFT, fact=fact)
    return log.answer()


def _require_person(actor: Actor) -> None:
    """The server's own command line may everything, but it is on no vehicle."""
    if actor.kind != "user":
        raise Denied("crew.board", needs="a person")
