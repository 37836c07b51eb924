"""The doors of the crew's page: which vehicle one is on, and what concerns that vehicle and no other.

Read every two seconds by as many phones as there are crews, and small: a feed of its own would be another audience
for every vehicle. What a crew is told is composed here, not filtered: no reason of dispatch, no other vehicle.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from diversion import access, moment
from diversion.api.commanding import actor_of
from diversion.api.door import calling, door
from diversion.api.fields import Empty
from diversion.api.views import ApiView
from diversion.commands import crews
from diversion.commands.rows import region
from diversion.models import CrewDuty, Diversion, Redirect, Transport, Vehicle
from diversion.models.transports import DECISIONS, OBJECTIONS, URGENCIES, VEHICLE_KINDS
from diversion.states import REDIRECT
from diversion.wire.moments import Instant
from diversion.wire.places import Name, Named
from hospitals import gates
from hospitals.exercises import is_exercise
from hospitals.models import Region, Site

#: What may hold an order's former destination shut, as a crew is told it; ``none``: dispatch decided without that.
CLOSED = ("closed", "life_threatening", "capability", "none")


class CrewVehicle(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    call_sign = serializers.CharField()
    kind = serializers.ChoiceField(choices=VEHICLE_KINDS)


class CrewPlace(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = Name()


class CrewDutyState(serializers.Serializer[Any]):
    vehicle = CrewVehicle()
    since = Instant()


class CrewOrder(serializers.Serializer[Any]):
    """The last decision about the transport, told to those who drive it."""

    id = serializers.UUIDField()
    choice = serializers.ChoiceField(choices=DECISIONS)
    state = serializers.ChoiceField(choices=list(REDIRECT))
    from_site = CrewPlace()
    to_site = CrewPlace()
    why = serializers.ChoiceField(choices=CLOSED, help_text="What its former destination takes just now")
    ordered_at = Instant()
    acknowledged_at = Instant(allow_null=True)
    channel = serializers.CharField(allow_null=True)
    objection = serializers.ChoiceField(choices=OBJECTIONS, allow_null=True)
    objected_at = Instant(allow_null=True)


class CrewTransport(serializers.Serializer[Any]):
    """The patient on board as a crew needs it: where to, how urgent, what for."""

    id = serializers.UUIDField()
    destination = CrewPlace()
    urgency = serializers.ChoiceField(choices=URGENCIES)
    needs = Named(many=True)
    eta_at = Instant(allow_null=True)
    order = CrewOrder(allow_null=True)


class CrewAnswer(serializers.Serializer[Any]):
    """Everything a crew's page shows. Without a vehicle it has the vehicles to choose from, and nothing else."""

    at = Instant()
    exercise = serializers.BooleanField(help_text="True: nothing of this is real")
    simulated = serializers.BooleanField(help_text="True: a simulated region, to try things out")
    duty = CrewDutyState(allow_null=True)
    vehicles = CrewVehicle(many=True)
    transport = CrewTransport(allow_null=True)


class Crew(ApiView):
    """What concerns the vehicle that the caller is on."""

    @extend_schema(operation_id="crew", summary="One's vehicle and its order", tags=["crew"], responses=CrewAnswer)
    def get(self, request: Request, region_id: str) -> Response:
        actor, here = actor_of(request), region(region_id)
        access.require(actor, "crew.open", here)
        duty = access.duty_of(actor, region_id)
        vehicles = [] if duty else list(Vehicle.objects.filter(region=here, active=True).order_by("call_sign"))
        told = {
            "at": moment.now(),
            "exercise": is_exercise(region_id),
            "simulated": here.simulated,
            "duty": duty,
            "vehicles": vehicles,
            "transport": _transport(duty, here) if duty else None,
        }
        return Response(CrewAnswer(told).data)


board_vehicle = door(
    "boardVehicle",
    Empty,
    calling(crews.board_vehicle, "vehicle_id"),
    tag="crew",
    about="Say which vehicle one is on, for one shift",
)
leave_vehicle = door(
    "leaveVehicle",
    Empty,
    calling(crews.leave_vehicle, "region_id"),
    tag="crew",
    about="Say that one is on no vehicle any more",
)


def _transport(duty: CrewDuty, here: Region) -> dict[str, Any] | None:
    running = Prefetch("diversions", Diversion.objects.running(), to_attr="running_diversions")
    orders = Redirect.objects.order_by("-ordered_at").select_related("to_site")
    orders = orders.prefetch_related(Prefetch("from_site", Site.objects.prefetch_related(running)))
    live = Transport.objects.live().filter(vehicle=duty.vehicle_id).select_related("destination", "vehicle")
    found = live.prefetch_related(Prefetch("redirects", orders, to_attr="decisions")).first()
    if found is None:
        return None
    known = {one["code"]: one for one in here.capabilities}
    decisions: list[Redirect] = found.decisions  # type: ignore[attr-defined]  # prefetched above
    return {
        "id": found.pk,
        "destination": found.destination,
        "urgency": found.urgency,
        "needs": [known[code] for code in found.needs if code in known],
        "eta_at": found.eta_at,
        "order": _order(found, decisions[0]) if decisions else None,
    }


def _order(transport: Transport, order: Redirect) -> Redirect:
    order.why = _why(transport, order.from_site)  # type: ignore[attr-defined]  # derived, never stored
    return order


def _why(transport: Transport, site: Site) -> str:
    """What of a place excludes this patient, in one word; which failure is behind it is not for the road."""
    now = gates.effective(one.said() for one in site.running_diversions)  # type: ignore[attr-defined]
    gate = gates.destination_gate(vehicle_kind=transport.vehicle.kind, physician_on_board=transport.physician_on_board)
    if gates.admits(now.gates[gate], transport.urgency, transport.needs):
        return "capability" if set(transport.needs) & set(now.closed_capabilities) else "none"
    return now.value(gate)
