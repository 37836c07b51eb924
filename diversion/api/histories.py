"""Reads of what was: the timeline of an episode, and a site's past episodes. For everybody who reads the region."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from diversion.api.commanding import actor_of
from diversion.api.views import ApiView
from diversion.errors import NotFound
from diversion.kinds import EventKind
from diversion.models import Diversion
from diversion.states import DIVERSION
from diversion.timeline import timeline
from diversion.wire.audiences import audience_of
from diversion.wire.authors import Author
from diversion.wire.moments import Instant
from hospitals import causes
from hospitals.models import Site

#: A year of a troubled hospital; who wants more reads the log.
EPISODES: Final = 50
WHAT: Final = (
    "state", "cause", "gate", "service", "capability", "accepts", "contact", "plan", "embargo", "expected_end",
    "dispute", "seen", "attested", "confirmed", "unconfirmed", "reopening", "suspended",
)  # fmt: skip


class DifferenceState(serializers.Serializer[Any]):
    """One thing that became different: a gate, a service, the cause…; null where nothing was said."""

    what = serializers.ChoiceField(choices=WHAT)
    name = serializers.CharField(allow_null=True)
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class TimelineEntry(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    said_at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    by = Author()
    changed = DifferenceState(many=True)
    words = serializers.CharField(allow_null=True)


class TimelineAnswer(serializers.Serializer[Any]):
    diversion_id = serializers.UUIDField()
    entries = TimelineEntry(many=True)


class EpisodeState(serializers.Serializer[Any]):
    """An episode in one line."""

    id = serializers.UUIDField()
    cause = serializers.ChoiceField(choices=causes.CAUSES)
    state = serializers.ChoiceField(choices=list(DIVERSION))
    declared_at = Instant()
    ended_at = Instant(allow_null=True)
    incident = serializers.UUIDField(allow_null=True)


class EpisodesAnswer(serializers.Serializer[Any]):
    site_id = serializers.CharField()
    episodes = EpisodeState(many=True)


class Timeline(ApiView):
    """Everything that was said of one episode, in order, as differences."""

    @extend_schema(
        operation_id="timeline", summary="How an episode went", tags=["diversions"], responses=TimelineAnswer
    )
    def get(self, request: Request, pk: Any) -> Response:
        found = Diversion.objects.filter(pk=pk).first()
        if found is None:
            raise NotFound("diversion", pk)
        audience = audience_of(actor_of(request), found.region_id)
        entries = TimelineEntry(timeline(found, audience), many=True).data
        return Response({"diversion_id": str(pk), "entries": entries})


class Episodes(ApiView):
    """A site's episodes, the latest first, those that have ended too."""

    @extend_schema(
        operation_id="episodes",
        summary="A site's episodes, ended ones included",
        tags=["diversions"],
        parameters=[OpenApiParameter("limit", int, description=f"at most {EPISODES}")],
        responses=EpisodesAnswer,
    )
    def get(self, request: Request, site: str) -> Response:
        here = Site.objects.filter(pk=site).first()
        if here is None:
            raise NotFound("site", site)
        audience_of(actor_of(request), here.region_id)
        wanted = request.query_params.get("limit", "")
        limit = min(int(wanted), EPISODES) if wanted.isdecimal() else EPISODES
        episodes = EpisodeState(Diversion.objects.all().at_site(site)[:limit], many=True).data
        return Response({"site_id": site, "episodes": episodes})
