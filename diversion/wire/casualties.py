"""The form of many casualties at one place, and of the proposal that shares them out. Numbers, never anybody."""

from __future__ import annotations

from collections import Counter
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from diversion.models import MassCasualty
from diversion.models.transports import URGENCIES
from diversion.wire.authors import Author
from diversion.wire.moments import Instant
from diversion.wire.rows import OptionState


class CasualtyCounts(serializers.Serializer[Any]):
    """A number for each urgency; null: not established."""

    def get_fields(self) -> dict[str, Any]:
        return {urgency: serializers.IntegerField(allow_null=True) for urgency in URGENCIES}


class NeedsByUrgency(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {urgency: serializers.ListField(child=serializers.CharField()) for urgency in URGENCIES}


class GivenOffer(serializers.Serializer[Any]):
    """What a site can take of them in all."""

    vital = serializers.IntegerField()
    urgent = serializers.IntegerField()
    routine = serializers.IntegerField()
    comment = serializers.CharField(allow_blank=True)
    by = serializers.CharField()
    at = serializers.DateTimeField()


@extend_schema_field(serializers.DictField(child=GivenOffer()))
class GivenOffers(serializers.JSONField):
    """``{site id: offer}``, kept as it travels."""


class ArrivedCount(serializers.Serializer[Any]):
    """How many of one urgency have arrived at one site."""

    site_id = serializers.CharField()
    urgency = serializers.ChoiceField(choices=URGENCIES)
    number = serializers.IntegerField()


class MassCasualtyState(serializers.Serializer[MassCasualty]):
    id = serializers.UUIDField()
    place = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    counts = CasualtyCounts()
    needs = NeedsByUrgency()
    counted_at = Instant()
    sites = serializers.ListField(child=serializers.CharField())
    offers = GivenOffers()
    asked_at = Instant()
    deadline_at = Instant()
    overdue_at = Instant(allow_null=True)
    opened_at = Instant()
    opened_by = Author()
    arrived = serializers.SerializerMethodField(help_text="who has arrived; who is under way is among the transports")

    @extend_schema_field(ArrivedCount(many=True))
    def get_arrived(self, casualty: MassCasualty) -> list[dict[str, Any]]:
        ended = casualty.transports.filter(state="arrived").values_list("destination_id", "urgency")
        counted = sorted(Counter(ended).items())
        return [{"site_id": site, "urgency": urgency, "number": number} for (site, urgency), number in counted]


class RoomState(serializers.Serializer[Any]):
    """What a site can take of one urgency: ``offered`` is null until it has answered, ``assumed`` stands until then."""

    offered = serializers.IntegerField(allow_null=True)
    assumed = serializers.IntegerField()
    sent = serializers.IntegerField()
    left = serializers.IntegerField(help_text="below zero where more were sent")


class ShareState(serializers.Serializer[Any]):
    option = OptionState()
    room = RoomState()
    proposed = serializers.IntegerField(help_text="how many more of those waiting")
    beyond = serializers.IntegerField(help_text="how many of the proposed are beyond its room")
    children_only = serializers.BooleanField(help_text="never proposed: who is a child is for the crew to say")


class CasualtyGroupState(serializers.Serializer[Any]):
    urgency = serializers.ChoiceField(choices=URGENCIES)
    waiting = serializers.IntegerField()
    shares = ShareState(many=True)
    nowhere = serializers.IntegerField(help_text="how many no site admits")


class DistributionAnswer(serializers.Serializer[Any]):
    mass_casualty = serializers.UUIDField()
    at = serializers.DateTimeField()
    groups = CasualtyGroupState(many=True)
