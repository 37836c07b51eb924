"""What is said of a site over HTTP: declared, amended, attested, asked to reopen, answered. Shape and words only."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from diversion import states
from diversion.api.fields import BATCH_LIMIT, Codes, Moment, Strict, Text, Versioned
from diversion.models.diversions import EXTENTS, SHARED_KINDS
from diversion.models.presence import BEAT_KINDS
from diversion.models.questions import ANSWERS
from diversion.wire.choices import Choice
from diversion.wire.declared import said
from hospitals import causes, gates, services


class Gates(Strict):
    """The gates a declaration speaks about."""

    ambulances = said(gates.AMBULANCES, required=False)
    smur_destination = said(gates.SMUR_DESTINATION, required=False)
    smur_base = said(gates.SMUR_BASE, required=False)
    walk_ins = said(gates.WALK_INS, required=False)


class ServiceForm(Strict):
    """How one service is."""

    level = Choice(choices=services.LEVELS)
    expected_at = Moment(allow_null=True, default=None)
    note = Text(max_length=120, allow_null=True, default=None)


class ServicesForm(Strict):
    """The services a declaration speaks about."""

    def get_fields(self) -> dict[str, Any]:
        return {name: ServiceForm(required=False) for name in services.SERVICES}


class ReportForm(Strict):
    by = Text(max_length=120)
    value = Text(max_length=20, allow_null=True, default=None)
    text = Text(max_length=280, allow_null=True, default=None)


class DisputeForm(Strict):
    """Reports about one gate that contradict each other; the gate itself stays unsaid."""

    gate = Choice(choices=gates.GATES)
    reports = ReportForm(many=True)


class AuthorityForm(Strict):
    """Who stands behind what is said: who called, where they can be called back, whether it was read back."""

    called_by = Text(max_length=120, allow_null=True, default=None)
    call_back = Text(max_length=40, allow_null=True, default=None)
    read_back = serializers.BooleanField(default=False)


class DeclareForm(AuthorityForm):
    cause = Choice(choices=causes.CAUSES)
    state = Choice(choices=states.DIVERSION_DECLARED, default="active")
    gates = Gates(default=dict)
    closed_capabilities = Codes(default=list)
    accepts = Codes(default=list)
    services = ServicesForm(default=dict)
    disputes = DisputeForm(many=True, default=list)
    comment = Text(allow_blank=True, default="")
    cause_embargoed = serializers.BooleanField(default=False)
    emergency_plan = serializers.BooleanField(allow_null=True, default=None)
    contact = Text(max_length=120, allow_null=True, default=None)
    authoriser = Text(max_length=120, allow_null=True, default=None)
    said_at = Moment(allow_null=True, default=None)
    expected_end = Moment(allow_null=True, default=None)


class AmendForm(Strict):
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    cause = Choice(choices=causes.CAUSES, required=False)
    state = Choice(choices=states.DIVERSION_RUNNING, required=False)
    gates = Gates(required=False)
    closed_capabilities = Codes(required=False)
    accepts = Codes(required=False)
    services = ServicesForm(required=False)
    disputes = DisputeForm(many=True, required=False)
    comment = Text(allow_blank=True, required=False)
    cause_embargoed = serializers.BooleanField(required=False)
    emergency_plan = serializers.BooleanField(allow_null=True, required=False)
    contact = Text(max_length=120, allow_null=True, required=False)
    authoriser = Text(max_length=120, allow_null=True, required=False)
    said_at = Moment(allow_null=True, required=False)
    expected_end = Moment(allow_null=True, required=False)


class DifferenceForm(AmendForm):
    """What is said otherwise of one site of a shared failure."""

    version = None  # type: ignore[assignment]  # there is nothing yet to have a version


class DifferencesField(serializers.DictField):
    """``{site: what is said otherwise}``."""

    child = DifferenceForm()


class IncidentForm(Strict):
    kind = Choice(choices=SHARED_KINDS)
    name = Text(max_length=120)
    sites = serializers.ListField(child=serializers.CharField(max_length=60), max_length=BATCH_LIMIT)
    declaration = DeclareForm()
    differences = DifferencesField(default=dict)


class AttestForm(Versioned):
    called_by = Text(max_length=120, allow_null=True, default=None)


class ChecklistForm(Strict):
    def get_fields(self) -> dict[str, Any]:
        return {name: Choice(choices=services.ANSWERS) for name in services.CHECKLIST}


class ReopenForm(Versioned):
    extent = Choice(choices=EXTENTS)
    checklist = ChecklistForm()
    gates = Gates(default=dict)
    closed_capabilities = Codes(allow_null=True, default=None)
    accepts = Codes(allow_null=True, default=None)
    services = ServicesForm(default=dict)
    comment = Text(allow_blank=True, default="")


class DeclineForm(Versioned):
    reason = Text()


class QuestionForm(Strict):
    text = Text(max_length=280, allow_blank=True, default="")
    sites = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=BATCH_LIMIT, allow_null=True, default=None
    )
    minutes = serializers.IntegerField(min_value=1, max_value=24 * 60, allow_null=True, default=None)


class AnswerForm(Strict):
    site = serializers.CharField(max_length=60)
    answer = Choice(choices=ANSWERS)
    comment = Text(max_length=280, allow_blank=True, default="")
    called_by = Text(max_length=120, allow_null=True, default=None)


class PolicyForm(Versioned):
    changes = serializers.DictField(child=serializers.IntegerField(allow_null=True))


class LiftForm(Versioned):
    comment = Text(allow_blank=True, default="")


class BeatForm(Strict):
    screen = serializers.CharField(max_length=60)
    kind = Choice(choices=BEAT_KINDS, default="screen")
    visible = serializers.BooleanField()
    sound_armed = serializers.BooleanField()
