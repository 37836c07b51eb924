"""The doors of dispatch and its systems: transports, redirects, notices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from diversion.actors import Actor
from diversion.api import forms
from diversion.api.commanding import KEY_HEADER, Answer, CommandView, actor_of, carry_out
from diversion.api.door import calling, door
from diversion.api.errors import Problem, problem_of
from diversion.api.fields import Empty, ReasonForm
from diversion.api.judging import judged
from diversion.api.views import ApiView
from diversion.commands import claims, notices, redirects, transports
from diversion.errors import DomainError, NotFound, NotKnown, NotRecorded
from diversion.log import CommandKey
from diversion.models import Transport
from diversion.wire.positions import instant


def _open(actor: Actor, key: CommandKey, said: dict[str, Any], region: str) -> dict[str, Any]:
    patient = patient_of(said)
    return carry_out(
        transports.open_transport,
        actor,
        key,
        region_id=region,
        vehicle_id=said["vehicle"],
        destination_id=said["destination"],
        patient=patient,
        journey=transports.Journey(state=said["state"], eta_at=said["eta_at"], ref=said["ref"]),
        mass_casualty_id=said["mass_casualty_id"],
    )


def patient_of(said: dict[str, Any]) -> transports.Patient:
    """What a form says about the patient."""
    names = ("urgency", "needs", "age_band", "sex", "physician_on_board")
    return transports.Patient(**{name: said[name] for name in names if name in said})


def _update(actor: Actor, key: CommandKey, said: dict[str, Any], pk: Any) -> dict[str, Any]:
    version = said.pop("version", None)
    return carry_out(transports.update_transport, actor, key, transport_id=pk, version=version, changes=said)


def _redirect(actor: Actor, key: CommandKey, said: dict[str, Any], pk: Any) -> dict[str, Any]:
    return carry_out(
        redirects.order_redirect,
        actor,
        key,
        transport_id=pk,
        to_site_id=said["to"],
        reason=said["reason"],
        version=said.get("version"),
    )


open_transport = door(
    "openTransport",
    forms.OpenTransportForm,
    _open,
    tag="transports",
    about="Open a transport",
)
update_transport = door(
    "updateTransport",
    forms.UpdateTransportForm,
    _update,
    tag="transports",
    about="Tell a live transport differently",
)
finish_transport = door(
    "finishTransport",
    forms.FinishForm,
    calling(transports.finish_transport, "transport_id"),
    tag="transports",
    about="End a transport as arrived or cancelled",
)
redirect = door(
    "orderRedirect",
    forms.RedirectForm,
    _redirect,
    tag="redirects",
    about="Order a crew to another site",
)
keep = door(
    "keepDestination",
    forms.KeepForm,
    calling(redirects.keep_destination, "transport_id"),
    tag="redirects",
    about="Decide that a transport keeps its destination",
)
acknowledge_redirect = door(
    "acknowledgeRedirect",
    forms.CrewForm,
    calling(redirects.acknowledge_redirect, "redirect_id"),
    tag="redirects",
    about="The crew has answered an order",
)
object_to_redirect = door(
    "objectToRedirect",
    forms.ObjectionForm,
    calling(redirects.object_to_redirect, "redirect_id"),
    tag="crew",
    about="A crew says why it cannot follow an order, which stands until dispatch decides",
)
cancel_redirect = door(
    "cancelRedirect",
    Empty,
    calling(redirects.cancel_redirect, "redirect_id"),
    tag="redirects",
    about="Take an order back before its crew has answered",
)
send_notice = door(
    "sendNotice",
    Empty,
    calling(notices.send_notice, "transport_id"),
    tag="notices",
    about="Announce a transport that has no open notice",
)
see_notice = door(
    "seeNotice",
    Empty,
    calling(notices.see_notice, "notice_id"),
    tag="notices",
    about="A screen has shown a notice",
)
acknowledge_notice = door(
    "acknowledgeNotice",
    Empty,
    calling(notices.acknowledge_notice, "notice_id"),
    tag="notices",
    about="Somebody takes a notice on",
)
raise_concern = door(
    "raiseConcern",
    ReasonForm,
    calling(notices.raise_concern, "notice_id"),
    tag="notices",
    about="Tell dispatch what worries the department",
)


@extend_schema_field({"type": "boolean", "const": True})
class Yes(serializers.BooleanField):
    """Always true."""


@extend_schema_field({"type": "boolean", "const": False})
class No(serializers.BooleanField):
    """Always false."""


class RedirectTaken(serializers.Serializer[Any]):
    transport = serializers.UUIDField()
    ok = Yes()
    answer = Answer()


class RedirectRefused(serializers.Serializer[Any]):
    transport = serializers.UUIDField()
    ok = No()
    problem = Problem()


@extend_schema_field(PolymorphicProxySerializer("RedirectResult", [RedirectTaken, RedirectRefused], None))
class RedirectResult(serializers.DictField):
    """Either is told apart by ``ok``."""


class RedirectResults(serializers.Serializer[Any]):
    results = serializers.ListField(child=RedirectResult())


class Redirects(CommandView):
    """Many orders at once. Each row is a change of its own: one refused row does not hold up the others."""

    form = forms.RedirectsForm

    @extend_schema(
        operation_id="orderRedirects",
        summary="Order several crews at once",
        tags=["redirects"],
        request=forms.RedirectsForm,
        responses={200: RedirectResults},
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request, **route: Any) -> Response:
        return super().post(request, **route)

    def perform(self, actor: Actor, key: CommandKey, said: dict[str, Any], **route: Any) -> dict[str, Any]:
        asked = said["items"]
        among = Transport.objects.filter(region_id=route["region"], pk__in=[row["transport"] for row in asked])
        known = set(among.values_list("pk", flat=True))
        try:
            return {"results": [self._row(actor, key.nth(index), row, known) for index, row in enumerate(asked)]}
        except NotRecorded as error:
            # True of one row alone: those before it are recorded, and the same key finds them.
            raise NotKnown(str(error)) from error

    def _row(self, actor: Actor, key: CommandKey, row: dict[str, Any], known: set[UUID]) -> dict[str, Any]:
        transport = row["transport"]
        try:
            if transport not in known:
                raise NotFound("transport in this region", transport)
            return {"transport": transport, "ok": True, "answer": _redirect(actor, key, row, pk=transport)}
        except DomainError as error:
            return {"transport": transport, "ok": False, "problem": problem_of(error)}


class ClaimsAnswer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    next_s = serializers.IntegerField()


class Claims(ApiView):
    """A desk says what it is deciding about. A signal, not a command: it needs no key and the next one replaces it."""

    #: A desk that holds something says so this often (seconds); it is taken for gone after three times that.
    EVERY = 10

    @extend_schema(
        operation_id="holdClaims",
        summary="Say which vehicles this desk is deciding about; an empty list gives all up",
        tags=["redirects"],
        request=forms.ClaimsForm,
        responses={200: ClaimsAnswer},
    )
    def post(self, request: Request, region: str) -> Response:
        said = judged(forms.ClaimsForm, request.data)
        at = claims.hold_claims(actor=actor_of(request), region_id=region, **said)
        return Response({"at": instant(at), "next_s": self.EVERY})
