"""The form of a diversion: everything somebody has said about a site, and what has become of it since."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from diversion.models import Diversion
from diversion.models.diversions import EXTENTS, SHARED_KINDS
from diversion.states import DIVERSION
from diversion.wire.authors import Author
from diversion.wire.choices import Choice
from diversion.wire.moments import Instant
from hospitals import causes, gates, services


def said(gate: str, *, required: bool = True) -> Choice:
    """What a declaration says about one gate; null means that it says nothing about it."""
    return Choice(choices=gates.VALUES[gate], allow_null=True, required=required)


class GatesSaid(serializers.Serializer[Any]):
    """The gates of one declaration; null means that it says nothing about that gate."""

    ambulances = said(gates.AMBULANCES)
    smur_destination = said(gates.SMUR_DESTINATION)
    smur_base = said(gates.SMUR_BASE)
    walk_ins = said(gates.WALK_INS)


class ServiceState(serializers.Serializer[Any]):
    """How one service is: its level since when, and when it is expected back."""

    level = serializers.ChoiceField(choices=services.LEVELS)
    since = serializers.DateTimeField()
    expected_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_null=True)


class ServiceStates(serializers.Serializer[Any]):
    """Each service a declaration speaks about; one that is absent was not spoken about."""

    def get_fields(self) -> dict[str, Any]:
        return {name: ServiceState(required=False) for name in services.SERVICES}


@extend_schema_field(ServiceStates)
class Services(serializers.DictField):
    """``{service: {level, since, expected_at, note}}``, kept as it travels."""


class GateMoments(serializers.Serializer[Any]):
    """Since when a declaration has said what it says about each gate; absent where it says nothing."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.DateTimeField(required=False) for name in gates.GATES}


@extend_schema_field(GateMoments)
class GatesSince(serializers.DictField):
    """``{gate: moment}``, kept as it travels."""


class Report(serializers.Serializer[Any]):
    """What one source says about a gate: one of its values, or words where none fits."""

    by = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True)


class Dispute(serializers.Serializer[Any]):
    """Reports about one gate that contradict each other."""

    gate = serializers.ChoiceField(choices=gates.GATES)
    reports = Report(many=True)


class Shared(serializers.Serializer[Any]):
    """What the sites of one failure have in common."""

    kind = serializers.ChoiceField(choices=SHARED_KINDS)
    name = serializers.CharField()


class ReopeningChanges(serializers.Serializer[Any]):
    gates = serializers.DictField(child=serializers.CharField(allow_null=True), required=False)
    closed_capabilities = serializers.ListField(child=serializers.CharField(), required=False)
    accepts = serializers.ListField(child=serializers.CharField(), required=False)


class Checklist(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.ChoiceField(choices=services.ANSWERS) for name in services.CHECKLIST}


class ReopeningState(serializers.Serializer[Any]):
    """What a site asks dispatch to let it reopen, with its answers to the checklist."""

    extent = serializers.ChoiceField(choices=EXTENTS)
    checklist = Checklist()
    changes = ReopeningChanges()
    comment = serializers.CharField(allow_blank=True)
    asked_at = serializers.DateTimeField()
    asked_by = serializers.CharField()


@extend_schema_field(ReopeningState)
class Reopening(serializers.JSONField):
    """Kept as it travels."""


@extend_schema_field(Dispute(many=True))
class Disputes(serializers.JSONField):
    """Kept as it travels."""


@extend_schema_field(Shared)
class SharedBy(serializers.JSONField):
    """Kept as it travels."""


class DiversionState(serializers.Serializer[Diversion]):
    id = serializers.UUIDField()
    site_id = serializers.CharField()
    incident = serializers.UUIDField(allow_null=True)
    shared = SharedBy(allow_null=True)
    cause = serializers.ChoiceField(choices=causes.CAUSES)
    cause_embargoed = serializers.BooleanField()
    state = serializers.ChoiceField(choices=list(DIVERSION))
    gates = GatesSaid(source="gates_said")
    gates_since = GatesSince()
    disputes = Disputes()
    closed_capabilities = serializers.ListField(child=serializers.CharField())
    accepts = serializers.ListField(child=serializers.CharField())
    services = Services()
    comment = serializers.CharField()
    emergency_plan = serializers.BooleanField(allow_null=True)
    contact = serializers.CharField(allow_null=True)
    authoriser = serializers.CharField(allow_null=True)
    called_by = serializers.CharField(allow_null=True)
    call_back = serializers.CharField(allow_null=True)
    read_back = serializers.BooleanField()
    confirmed_at = Instant(allow_null=True)
    confirmed_by = serializers.CharField(allow_null=True)
    said_at = Instant()
    declared_at = Instant()
    declared_by = Author()
    expected_end = Instant(allow_null=True)
    review_at = Instant()
    attested_at = Instant()
    attested_by = serializers.CharField()
    unconfirmed_since = Instant(allow_null=True)
    reopening = Reopening(allow_null=True)
    suspended_until = Instant(allow_null=True)
    news_at = Instant()
    seen_at = Instant(allow_null=True)
    seen_by = serializers.CharField(allow_null=True)
    ended_at = Instant(allow_null=True)
    unseen_at = Instant(allow_null=True)
