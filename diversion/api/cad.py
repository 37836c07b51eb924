"""The CAD door: how a dispatch system tells its vehicles, positions and transports, in batches, safe to repeat.

Each item is judged alone: the good ones are taken, the others come back with their index, field and remedy.
Idempotent by reference: sending the same thing again changes nothing, so this door needs no keys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from diversion import access, states
from diversion.actors import Actor
from diversion.api import forms
from diversion.api.commanding import actor_of
from diversion.api.errors import flattened
from diversion.api.fields import BATCH_LIMIT
from diversion.api.judging import Form, judged
from diversion.api.plain import plain_positions
from diversion.api.views import ApiView
from diversion.api.writes import patient_of
from diversion.commands import transports, vehicles
from diversion.commands.rows import region
from diversion.commands.vehicles import Sighting
from diversion.errors import Conflict, DomainError, Invalid
from diversion.log import CommandKey
from diversion.models import Redirect, Transport, Vehicle


class ItemError(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    ref = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    detail = serializers.CharField()


class BatchAnswer(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    errors = ItemError(many=True)  # type: ignore[assignment]  # a declared field, which DRF takes out of the class


@dataclass(slots=True)
class Batch:
    """The items that have the right shape, each with its index in the request, and what was refused so far."""

    good: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, index: int, ref: Any, error: DomainError) -> None:
        told = {"index": index, "ref": ref, "code": error.code, "field": error.field, "detail": error.detail}
        self.errors.append(told)

    def answer(self, total: int) -> Response:
        refused = {error["index"] for error in self.errors}
        errors = sorted(self.errors, key=lambda error: error["index"])
        return Response({"accepted": total - len(refused), "errors": errors})


def _items(request: Request, name: str) -> list[Any]:
    body = request.data
    items = body.get(name) if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise Invalid("batch_required", f'Send {{"{name}": […]}}.', field=name)
    if len(items) > BATCH_LIMIT:
        raise Invalid("batch_too_large", f"At most {BATCH_LIMIT} items in a batch: send several.", field=name)
    return items


def _each_judged(items: list[Any], form: Form, ref: str) -> Batch:
    """Each item against its form: what is wrong with one is no reason to refuse its neighbours."""
    batch = Batch()
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            batch.refuse(index, None, Invalid("invalid", "Expected a JSON object."))
            continue
        try:
            batch.good.append((index, judged(form, item)))
        except serializers.ValidationError as wrong:
            named = item.get(ref)
            for one in flattened(wrong.get_full_details()):
                error = Invalid("invalid", one["detail"], field=one["path"])
                batch.refuse(index, named if isinstance(named, str) else None, error)
    return batch


def _each(batch: Batch, take: Callable[[dict[str, Any]], None]) -> None:
    for index, item in batch.good:
        try:
            take(item)
        except DomainError as error:
            batch.refuse(index, item["ref"], error)


class Vehicles(ApiView):
    """Vehicles the dispatch system knows; sent again whenever something about one changes."""

    @extend_schema(
        operation_id="putVehicles",
        summary="Make vehicles known, or tell what has changed",
        tags=["cad"],
        request=forms.VehiclesForm,
        responses={200: BatchAnswer},
    )
    def put(self, request: Request, region_id: str) -> Response:
        items = _items(request, "vehicles")
        actor = _allowed(request, "vehicle.change", region_id)
        batch = _each_judged(items, forms.VehicleItem, "ref")
        _each(batch, lambda item: _put_vehicle(actor, region_id, item))
        return batch.answer(len(items))


class Positions(ApiView):
    """Where vehicles are, one batch a second. A signal: latest wins, nothing is logged, nothing is promised."""

    @extend_schema(
        operation_id="reportPositions",
        summary="Report where vehicles are",
        tags=["cad"],
        request=forms.PositionsForm,
        responses={200: BatchAnswer},
    )
    def post(self, request: Request, region_id: str) -> Response:
        items = _items(request, "positions")
        actor = _allowed(request, "position.report", region_id)
        plain = plain_positions(items)
        batch = _each_judged(items, forms.PositionItem, "vehicle") if plain is None else Batch(list(enumerate(plain)))
        sightings = [Sighting(**item) for _, item in batch.good]
        for refusal in vehicles.report_positions(actor=actor, region_id=region_id, sightings=sightings):
            batch.refuse(batch.good[refusal.index][0], refusal.ref, refusal.error)
        return batch.answer(len(items))


class Transports(ApiView):
    """Transports by the dispatch system's reference: opened, told differently, ended."""

    @extend_schema(
        operation_id="putTransports",
        summary="Open, update and end transports by reference",
        tags=["cad"],
        request=forms.TransportsForm,
        responses={200: BatchAnswer},
    )
    def post(self, request: Request, region_id: str) -> Response:
        items = _items(request, "transports")
        actor = _allowed(request, "transport.change", region_id)
        batch = _each_judged(items, forms.TransportItem, "ref")
        _each(batch, lambda item: put_transport(actor, region_id, item))
        return batch.answer(len(items))


def _allowed(request: Request, action: str, region_id: str) -> Actor:
    """Refused once for the whole batch; the commands ask again for each item, after their locks."""
    actor = actor_of(request)
    access.require(actor, action, region(region_id))
    return actor


def _put_vehicle(actor: Actor, region_id: str, item: dict[str, Any]) -> None:
    said = {name: value for name, value in item.items() if name != "ref"}
    if said.get("base"):
        base = said["base"]
        said["base"] = {"name": base["name"], "site_id": base["site"], "lat": base["lat"], "lon": base["lon"]}
    vehicles.put_vehicle(actor=actor, key=CommandKey.new(), region_id=region_id, ref=item["ref"], said=said)


def put_transport(actor: Actor, region_id: str, item: dict[str, Any]) -> None:
    """Bring the transport of a reference to what the item says: open it, update it, end it, or find it so already."""
    known = Transport.objects.filter(region_id=region_id, ref=item["ref"]).first()
    if known is None:
        known = _open(actor, region_id, item)
    if known.state not in states.TRANSPORT_LIVE:
        _refuse_revival(known, item["state"])
        return
    _check_same(known, item)
    _update(actor, known, item)
    if item["state"] not in states.TRANSPORT_LIVE:
        transports.finish_transport(actor=actor, key=CommandKey.new(), transport_id=known.pk, outcome=item["state"])


def _open(actor: Actor, region_id: str, item: dict[str, Any]) -> Transport:
    """The newly opened transport. An end without a beginning is refused: its ref may be misspelt."""
    if item["state"] not in states.TRANSPORT_LIVE:
        detail = f"{item['ref']!r} was never opened here: send it as under_way first."
        raise Invalid("unknown_transport", detail, field="ref")
    vehicle = Vehicle.objects.filter(region_id=region_id, ref=item["vehicle"]).first()
    if vehicle is None or not vehicle.active:
        raise vehicles.unknown(item["vehicle"], known=vehicle is not None)
    transports.open_transport(
        actor=actor,
        key=CommandKey.new(),
        region_id=region_id,
        vehicle_id=vehicle.pk,
        destination_id=item["destination"],
        patient=patient_of(item),
        journey=transports.Journey(state=item["state"], eta_at=item.get("eta_at"), ref=item["ref"]),
        mass_casualty_id=item.get("mass_casualty_id"),
    )
    return Transport.objects.get(region_id=region_id, ref=item["ref"])


def _refuse_revival(known: Transport, state: str) -> None:
    if state != known.state:
        raise Conflict("wrong_state", f"This transport is {known.state}; open a new one.", field="state")


def _check_same(known: Transport, item: dict[str, Any]) -> None:
    """A transport keeps its vehicle, and is moved only by a redirect: a late report must not undo a decision."""
    if known.vehicle.ref != item["vehicle"]:
        detail = f"It is with vehicle {known.vehicle.ref!r}: send that, or cancel it and open another."
        raise Conflict("vehicle_differs", detail, field="vehicle")
    if item["destination"] == known.ordered_destination_id:
        raise _order_open(known)
    if item["destination"] != known.destination_id:
        bound = repr(known.destination_id)
        detail = f"It is going to {bound}. Send {bound}, or have a dispatcher redirect it."
        raise Conflict("destination_differs", detail, field="destination")


def _order_open(known: Transport) -> Conflict:
    """Taken as it is, a report from the ordered site would be recorded for the former one, and the order lost."""
    order = Redirect.objects.filter(transport=known, state="ordered").values_list("pk", flat=True).first()
    detail = (
        f"The order to {known.ordered_destination_id!r} (redirect {order}) is not acknowledged yet: "
        f"acknowledge it (POST /api/redirects/{order}/acknowledge), then send this again."
    )
    return Conflict("order_open", detail, field="destination")


def _update(actor: Actor, known: Transport, item: dict[str, Any]) -> None:
    names = ["urgency", "physician_on_board", "needs", "mass_casualty_id"]
    changes = {name: item[name] for name in names if name in item}
    if item["state"] in states.TRANSPORT_LIVE:
        changes["state"] = item["state"]
        # What has ended has no estimate any more; an old one sent along is no reason to refuse the end.
        changes.update({"eta_at": item["eta_at"]} if "eta_at" in item else {})
    transports.update_transport(actor=actor, key=CommandKey.new(), transport_id=known.pk, changes=changes)
