"""The commands' doors, one view each. Nothing is decided here: a view names its command and hands on what was said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from diversion.actors import Actor
from diversion.api import forms
from diversion.api.commanding import KEY_HEADER, Answer, CommandView, actor_of, carry_out
from diversion.api.errors import Problem, problem_of
from diversion.api.views import ApiView
from diversion.commands import diversions, notices, presence, redirects, transports
from diversion.errors import DomainError, NotFound
from diversion.log import CommandKey
from diversion.models import Transport
from diversion.wire.positions import instant

#: What the document says of every command.
ONCE = "The same Idempotency-Key and body again get the same answer; the events answered are those the feed brings."
Perform = Callable[..., dict[str, Any]]


def door(
    name: str, form: type[serializers.Serializer[Any]], perform: Perform, *, tag: str, about: str
) -> Callable[..., Any]:
    """A view class for one command: ``perform(actor, key, said, **route)`` carries it out."""

    class Door(CommandView):
        @extend_schema(
            operation_id=name,
            summary=about,
            description=f"{about}. {ONCE}",
            tags=[tag],
            request=form,
            responses={200: Answer},
            parameters=[KEY_HEADER],
        )
        def post(self, request: Request, **route: Any) -> Response:
            return super().post(request, **route)

        def perform(self, actor: Actor, key: CommandKey, said: dict[str, Any], **route: Any) -> dict[str, Any]:
            return perform(actor, key, said, **route)

    Door.form = form
    return Door.as_view()


def _declare(actor: Actor, key: CommandKey, said: dict[str, Any], site: str) -> dict[str, Any]:
    declaration = diversions.Declaration(**said)
    return carry_out(diversions.declare_diversion, actor, key, site_id=site, declaration=declaration)


def _amend(actor: Actor, key: CommandKey, said: dict[str, Any], pk: Any) -> dict[str, Any]:
    version = said.pop("version", None)
    return carry_out(diversions.amend_diversion, actor, key, diversion_id=pk, version=version, changes=said)


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


declare = door("declareDiversion", forms.DeclareForm, _declare, tag="diversions", about="Declare a diversion at a site")
amend = door("amendDiversion", forms.AmendForm, _amend, tag="diversions", about="Tell a running diversion differently")
see = door(
    "seeDiversion",
    forms.Empty,
    lambda actor, key, said, pk: carry_out(diversions.see_diversion, actor, key, diversion_id=pk),
    tag="diversions",
    about="Dispatch has seen it",
)
lift = door(
    "liftDiversion",
    forms.LiftForm,
    lambda actor, key, said, pk: carry_out(diversions.lift_diversion, actor, key, diversion_id=pk, **said),
    tag="diversions",
    about="End a diversion",
)
withdraw = door(
    "withdrawDiversion",
    forms.ReasonForm,
    lambda actor, key, said, pk: carry_out(diversions.withdraw_diversion, actor, key, diversion_id=pk, **said),
    tag="diversions",
    about="Take a declaration back as an error",
)
open_transport = door("openTransport", forms.OpenTransportForm, _open, tag="transports", about="Open a transport")
update_transport = door(
    "updateTransport", forms.UpdateTransportForm, _update, tag="transports", about="Tell a live transport differently"
)
finish_transport = door(
    "finishTransport",
    forms.FinishForm,
    lambda actor, key, said, pk: carry_out(transports.finish_transport, actor, key, transport_id=pk, **said),
    tag="transports",
    about="End a transport as arrived or cancelled",
)
redirect = door("orderRedirect", forms.RedirectForm, _redirect, tag="redirects", about="Order a crew to another site")
keep = door(
    "keepDestination",
    forms.KeepForm,
    lambda actor, key, said, pk: carry_out(redirects.keep_destination, actor, key, transport_id=pk, **said),
    tag="redirects",
    about="Decide that a transport keeps its destination",
)
acknowledge_redirect = door(
    "acknowledgeRedirect",
    forms.CrewForm,
    lambda actor, key, said, pk: carry_out(redirects.acknowledge_redirect, actor, key, redirect_id=pk, **said),
    tag="redirects",
    about="The crew has answered an order",
)
cancel_redirect = door(
    "cancelRedirect",
    forms.Empty,
    lambda actor, key, said, pk: carry_out(redirects.cancel_redirect, actor, key, redirect_id=pk),
    tag="redirects",
    about="Take an order back before its crew has answered",
)
send_notice = door(
    "sendNotice",
    forms.Empty,
    lambda actor, key, said, pk: carry_out(notices.send_notice, actor, key, transport_id=pk),
    tag="notices",
    about="Announce a transport that has no open notice",
)
see_notice = door(
    "seeNotice",
    forms.Empty,
    lambda actor, key, said, pk: carry_out(notices.see_notice, actor, key, notice_id=pk),
    tag="notices",
    about="A screen has shown a notice",
)
acknowledge_notice = door(
    "acknowledgeNotice",
    forms.Empty,
    lambda actor, key, said, pk: carry_out(notices.acknowledge_notice, actor, key, notice_id=pk),
    tag="notices",
    about="Somebody takes a notice on",
)
raise_concern = door(
    "raiseConcern",
    forms.ReasonForm,
    lambda actor, key, said, pk: carry_out(notices.raise_concern, actor, key, notice_id=pk, **said),
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
        return {"results": [self._row(actor, key.nth(index), row, known) for index, row in enumerate(asked)]}

    def _row(self, actor: Actor, key: CommandKey, row: dict[str, Any], known: set[UUID]) -> dict[str, Any]:
        transport = row["transport"]
        try:
            if transport not in known:
                raise NotFound("transport in this region", transport)
            return {"transport": transport, "ok": True, "answer": _redirect(actor, key, row, pk=transport)}
        except DomainError as error:
            return {"transport": transport, "ok": False, "problem": problem_of(error)}


class BeatAnswer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    next_s = serializers.IntegerField()


class Beat(ApiView):
    """A screen says that it is there. A signal, not a command: it needs no key and the next one replaces it."""

    #: Screens beat this often (seconds).
    EVERY = 10

    @extend_schema(
        operation_id="beat",
        summary="A screen's sign of life",
        tags=["presence"],
        request=forms.BeatForm,
        responses={200: BeatAnswer},
    )
    def post(self, request: Request, site: str) -> Response:
        form = forms.BeatForm(data=request.data)
        form.is_valid(raise_exception=True)
        at = presence.beat(actor=actor_of(request), site_id=site, **form.validated_data)
        return Response({"at": instant(at), "next_s": self.EVERY})
