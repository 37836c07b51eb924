"""The form of each row about what happens, as serializers: with ``places`` the source of the published schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from diversion.models import Notice, Question, Redirect, SitePresence, Transport, Vehicle
from diversion.models.members import ROLES
from diversion.models.presence import PRESENCE_STATES
from diversion.models.questions import ANSWERS
from diversion.models.transports import AGE_BANDS, CHANNELS, DECISIONS, OBJECTIONS, SEXES, URGENCIES, VEHICLE_KINDS
from diversion.planning.options import REFUSALS
from diversion.states import NOTICE, REDIRECT, TRANSPORT
from diversion.wire.authors import Author
from diversion.wire.moments import Instant


class RoleState(serializers.Serializer[Any]):
    """One role that somebody holds: in a whole region, or at one site of it."""

    role = serializers.ChoiceField(choices=ROLES)
    region = serializers.CharField()
    site = serializers.CharField(allow_null=True)


class BaseState(serializers.Serializer[Any]):
    name = serializers.CharField()
    site_id = serializers.CharField(allow_null=True)
    lat = serializers.FloatField()
    lon = serializers.FloatField()


class VehicleState(serializers.Serializer[Vehicle]):
    id = serializers.UUIDField()
    ref = serializers.CharField()
    call_sign = serializers.CharField()
    kind = serializers.ChoiceField(choices=VEHICLE_KINDS)
    operator = serializers.CharField(allow_null=True)
    base = BaseState(allow_null=True)
    status = serializers.CharField()
    active = serializers.BooleanField()


class TransportState(serializers.Serializer[Transport]):
    id = serializers.UUIDField()
    ref = serializers.CharField(allow_null=True)
    vehicle_id = serializers.UUIDField()
    destination_id = serializers.CharField()
    ordered_destination_id = serializers.CharField(allow_null=True)
    urgency = serializers.ChoiceField(choices=URGENCIES)
    needs = serializers.ListField(child=serializers.CharField())
    age_band = serializers.ChoiceField(choices=AGE_BANDS)
    sex = serializers.ChoiceField(choices=SEXES)
    physician_on_board = serializers.BooleanField()
    mass_casualty_id = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=list(TRANSPORT))
    eta_at = Instant(allow_null=True)
    opened_at = Instant()
    affected_since = Instant(allow_null=True)
    ended_at = Instant(allow_null=True)


class OptionState(serializers.Serializer[Any]):
    """One place a transport could go, and how long it would take (seconds, with the interval)."""

    site_id = serializers.CharField()
    seconds = serializers.IntegerField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()
    metres = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]  # a declared field
    data_date = serializers.CharField(allow_null=True)
    inbound = serializers.IntegerField()
    admits = serializers.BooleanField()
    unmet = serializers.ListField(child=serializers.CharField())
    unknown = serializers.ListField(child=serializers.CharField())
    detour_s = serializers.IntegerField(allow_null=True)
    tie = serializers.BooleanField()
    #: Why the place does not admit them. Decisions recorded before it was said do not have it.
    refusal = serializers.ChoiceField(choices=REFUSALS, allow_null=True, required=False)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """What was recorded before refusals were said is told as it was, so that log and rows go on agreeing."""
        shown: dict[str, Any] = super().to_representation(instance)
        if isinstance(instance, dict) and "refusal" not in instance:
            del shown["refusal"]
        return shown


class RedirectState(serializers.Serializer[Redirect]):
    id = serializers.UUIDField()
    transport_id = serializers.UUIDField()
    from_id = serializers.CharField(source="from_site_id")
    to_id = serializers.CharField(source="to_site_id")
    choice = serializers.ChoiceField(choices=DECISIONS)
    options = OptionState(many=True)
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=list(REDIRECT))
    ordered_at = Instant()
    ordered_by = Author()
    acknowledged_at = Instant(allow_null=True)
    acknowledged_by = serializers.CharField(allow_null=True)
    channel = serializers.ChoiceField(choices=CHANNELS, allow_null=True)
    objection = serializers.ChoiceField(
        choices=OBJECTIONS, allow_null=True, help_text="Why its crew says it cannot; the order stands all the same"
    )
    objection_comment = serializers.CharField(allow_blank=True)
    objected_at = Instant(allow_null=True)


class VehicleRef(serializers.Serializer[Any]):
    call_sign = serializers.CharField()
    kind = serializers.ChoiceField(choices=VEHICLE_KINDS)


class NoticeState(serializers.Serializer[Notice]):
    """What a receiving department needs to prepare, and nothing that could name the patient."""

    id = serializers.UUIDField()
    site_id = serializers.CharField()
    transport_id = serializers.UUIDField()
    vehicle = VehicleRef(source="transport.vehicle")
    urgency = serializers.ChoiceField(choices=URGENCIES, source="transport.urgency")
    needs = serializers.ListField(child=serializers.CharField(), source="transport.needs")
    age_band = serializers.ChoiceField(choices=AGE_BANDS, source="transport.age_band")
    sex = serializers.ChoiceField(choices=SEXES, source="transport.sex")
    physician_on_board = serializers.BooleanField(source="transport.physician_on_board")
    eta_at = Instant(allow_null=True, source="transport.eta_at")
    mass_casualty_id = serializers.UUIDField(allow_null=True, source="transport.mass_casualty_id")
    redirected_from_id = serializers.CharField(allow_null=True)
    redirected_to_id = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=list(NOTICE))
    sent_at = Instant()
    seen_at = Instant(allow_null=True)
    acknowledged_at = Instant(allow_null=True)
    acknowledged_by = serializers.CharField(allow_null=True)
    concern = serializers.CharField(allow_null=True)
    escalated_at = Instant(allow_null=True)
    ended_at = Instant(allow_null=True)
    supervisor_at = Instant(allow_null=True)


class PresenceState(serializers.Serializer[SitePresence]):
    id = serializers.CharField(source="site_id")
    state = serializers.ChoiceField(choices=PRESENCE_STATES)
    since = Instant(allow_null=True)
    screens = serializers.IntegerField()
    sound_armed = serializers.BooleanField()
    pages = serializers.IntegerField()


class GivenAnswer(serializers.Serializer[Any]):
    answer = serializers.ChoiceField(choices=ANSWERS)
    comment = serializers.CharField(allow_blank=True)
    by = serializers.CharField()
    at = serializers.DateTimeField()


@extend_schema_field(serializers.DictField(child=GivenAnswer()))
class GivenAnswers(serializers.JSONField):
    """``{site id: answer}``, kept as it travels."""


class QuestionState(serializers.Serializer[Question]):
    id = serializers.UUIDField()
    text = serializers.CharField()
    sites = serializers.ListField(child=serializers.CharField())
    answers = GivenAnswers()
    asked_at = Instant()
    asked_by = Author()
    deadline_at = Instant()
    overdue_at = Instant(allow_null=True)
