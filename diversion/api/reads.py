"""Reads over HTTP: the very documents the feed sends, the options of a transport, the plan, and who one is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from diversion import access, moment, rhythm, situation
from diversion.api.commanding import actor_of
from diversion.api.schema import FeedSchema
from diversion.api.views import ApiView
from diversion.commands.rows import region
from diversion.errors import Denied, NotFound
from diversion.feed import reading
from diversion.models import Transport
from diversion.planning.plan import REASONS, VERDICTS
from diversion.planning.why import WHYS
from diversion.wire.audiences import audience_of
from diversion.wire.cursor import Cursor
from diversion.wire.frames import EventsFrame, SnapshotFrame
from diversion.wire.places import Name3
from diversion.wire.positions import instant
from diversion.wire.rows import OptionState, RoleState
from hospitals.models import Region

AUDIENCE = OpenApiParameter("audience", str, description="'sites:ID,ID' to read what those sites' staff read")
AFTER = OpenApiParameter("after", str, description="The cursor to continue from; without it a snapshot is sent")


class OptionsAnswer(serializers.Serializer[Any]):
    transport_id = serializers.UUIDField()
    at = serializers.DateTimeField()
    options = OptionState(many=True)


class Options(ApiView):
    """Options by journey time for one transport, as things stand."""

    @extend_schema(
        operation_id="options", summary="Options by journey time", tags=["planning"], responses=OptionsAnswer
    )
    def get(self, request: Request, pk: Any) -> Response:
        found = Transport.objects.live().select_related("vehicle__position", "region").filter(pk=pk).first()
        if found is None:
            raise NotFound("live transport", pk)
        access.require(actor_of(request), "transport.read", found)
        now = moment.now()
        options = OptionState(situation.options_for(found, now), many=True).data
        return Response({"transport_id": str(found.pk), "at": instant(now), "options": options})


class ProposalState(serializers.Serializer[Any]):
    transport_id = serializers.UUIDField()
    choice = serializers.ChoiceField(choices=VERDICTS)
    to_id = serializers.CharField(allow_null=True)
    options = OptionState(many=True)
    individual_reason = serializers.ChoiceField(choices=REASONS, allow_null=True)
    why = serializers.ChoiceField(choices=WHYS, allow_null=True)


class TotalState(serializers.Serializer[Any]):
    site_id = serializers.CharField()
    inbound = serializers.IntegerField()
    added = serializers.IntegerField()
    individually = serializers.IntegerField(
        help_text="Of those left to a person, so many are expected here; the plan keeps room for them"
    )


class ExpectedState(serializers.Serializer[Any]):
    """Patients who would have come to the sites that are closed, from the same hours of recorded days."""

    hours = serializers.IntegerField(help_text="How far ahead")
    patients = serializers.FloatField(help_text="The mean of the recorded days")
    low = serializers.IntegerField(help_text="One day in ten had fewer")
    high = serializers.IntegerField(help_text="One day in ten had more")
    days = serializers.IntegerField(help_text="Days that could be counted")


class PlanAnswer(serializers.Serializer[Any]):
    """A proposal. It moves nobody: the dispatcher commits all of it, some of it, or something else."""

    site_id = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    proposals = ProposalState(many=True)
    totals = TotalState(many=True)
    expected = ExpectedState(allow_null=True, help_text="null: not enough record to say")


class PlanView(ApiView):
    """A proposal for every affected transport nobody has decided on yet."""

    @extend_schema(
        operation_id="plan",
        summary="A proposal for all affected transports together",
        tags=["planning"],
        parameters=[OpenApiParameter("site", str, description="Only transports heading for this site")],
        responses=PlanAnswer,
    )
    def get(self, request: Request, region_id: str) -> Response:
        here = region(region_id)
        access.require(actor_of(request), "transport.read", here)
        site_id = request.query_params.get("site") or None
        if site_id is not None and site_id not in here.sites.values_list("pk", flat=True):
            raise NotFound("site", site_id)
        now = moment.now()
        affected = situation.affected_undecided(region_id, site_id)
        plan = situation.plan_for(here, affected, now)
        proposals = ProposalState(plan.proposals, many=True).data
        totals = TotalState(plan.totals, many=True).data
        more = rhythm.expected_at(region_id, {one.heading_to_id for one in affected}, now)
        return Response(
            {
                "site_id": site_id,
                "at": instant(now),
                "proposals": proposals,
                "totals": totals,
                "expected": None if more is None else ExpectedState(more).data,
            }
        )


class Snapshot(ApiView):
    """Everything the caller may see of a region, exactly as of one moment."""

    @extend_schema(operation_id="snapshot", tags=["feed"], parameters=[AUDIENCE], responses=SnapshotFrame)
    def get(self, request: Request, region_id: str) -> Response:
        audience = audience_of(actor_of(request), region(region_id).pk, request.query_params.get("audience"))
        return Response(reading.snapshot(audience))


class Feed(ApiView):
    """The events after a cursor, or a snapshot when the cursor is absent, foreign or too old."""

    schema = FeedSchema()

    @extend_schema(
        operation_id="feed",
        tags=["feed"],
        parameters=[AFTER, AUDIENCE],
        responses=PolymorphicProxySerializer(
            component_name="FeedFrame", serializers=[EventsFrame, SnapshotFrame], resource_type_field_name=None
        ),
    )
    def get(self, request: Request, region_id: str) -> Response:
        audience = audience_of(actor_of(request), region(region_id).pk, request.query_params.get("audience"))
        cursor = Cursor.parse(request.query_params.get("after"))
        frame = reading.since(audience, cursor) if cursor else None
        return Response(frame or reading.snapshot(audience))


class MeAnswer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["user", "token"])
    name = serializers.CharField()
    username = serializers.CharField(allow_null=True)
    roles = RoleState(many=True)
    scopes = serializers.ListField(child=serializers.CharField())
    language = serializers.ChoiceField(choices=[code for code, _ in settings.LANGUAGES])


class Me(ApiView):
    """Who the caller is, and what they hold."""

    @extend_schema(operation_id="me", tags=["access"], responses=MeAnswer)
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        token = access.live_token(actor)
        held = access.memberships(actor)
        return Response(
            {
                "kind": actor.kind,
                "name": actor.name,
                "username": request.user.user.username if token is None else None,  # type: ignore[union-attr]
                "roles": [{"role": one.role, "region": one.region_id, "site": one.site_id} for one in held],
                "scopes": token.scopes if token else [],
                "language": request.LANGUAGE_CODE,
            }
        )


class RegionAnswer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = Name3()
    exercise_of = serializers.CharField(allow_null=True)


class Regions(ApiView):
    """The regions the caller may read."""

    @extend_schema(operation_id="regions", tags=["feed"], responses=RegionAnswer(many=True))
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        return Response(
            [
                {"id": one.pk, "name": one.name, "exercise_of": one.exercise_of_id}
                for one in Region.objects.order_by("pk")
                if _readable(actor, one.pk)
            ]
        )


def _readable(actor: Any, region_id: str) -> bool:
    try:
        audience_of(actor, region_id)
    except Denied:
        return False
    return True


class Nowhere(ApiView):
    """An address that is none: told as every other refusal is."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound("address", request.path)
