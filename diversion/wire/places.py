"""The form of each row about a place, as serializers: the region, its sites, and what they take just now."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from diversion.models import Diversion
from diversion.wire.moments import Instant
from hospitals import gates
from hospitals.models import DESTINATIONS, Region, Site
from hospitals.policies import DEFAULTS, policy_of

CONDITIONS = ("open", "limited", "diverted", "reopening", "suspected")


class Name(serializers.Serializer[Any]):
    fr = serializers.CharField()
    nl = serializers.CharField()


class Name3(Name):
    en = serializers.CharField()


class Named(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = Name3()


class PolicyState(serializers.Serializer[Any]):
    """A region's numbers, complete: its own, and the defaults of those it does not set. Durations in seconds."""

    def get_fields(self) -> dict[str, Any]:
        return {key: serializers.IntegerField() for key in DEFAULTS}

    def to_representation(self, overrides: dict[str, int]) -> dict[str, int]:
        return policy_of(overrides)


@extend_schema_field({"type": "array", "prefixItems": [{"type": "number"}] * 2, "minItems": 2, "maxItems": 2})
class Corner(serializers.ListField):
    """``[lon, lat]`` in degrees."""

    child = serializers.FloatField()


class RegionState(serializers.Serializer[Region]):
    id = serializers.CharField()
    name = Name3()
    timezone = serializers.CharField()
    dispatch_phone = serializers.CharField(allow_null=True)
    boundary = serializers.ListField(child=Corner())
    vehicle_statuses = Named(many=True)
    capabilities = Named(many=True)
    policy = PolicyState()
    simulated = serializers.BooleanField()
    exercise_of = serializers.CharField(
        source="exercise_of_id", allow_null=True, help_text="the region this is an exercise of; null in a real one"
    )
    id_prefix = serializers.CharField(
        allow_blank=True, help_text="what the ids of an exercise's places begin with; empty in a real region"
    )
    closed_at = Instant(allow_null=True)
    exercise = serializers.SerializerMethodField(help_text="the exercise of this region that is running, if one is")

    @extend_schema_field({"type": ["string", "null"]})
    def get_exercise(self, region: Region) -> str | None:
        return region.exercises.open().values_list("pk", flat=True).first()


class Street(serializers.Serializer[Any]):
    """A street may have a name in one language only."""

    fr = serializers.CharField(allow_null=True)
    nl = serializers.CharField(allow_null=True)


class Address(serializers.Serializer[Any]):
    street = Street(allow_null=True)
    postal_code = serializers.CharField()
    commune = Name()


class CapabilityState(serializers.Serializer[Any]):
    """What is established about one capability; a code that is absent is not established."""

    value = serializers.BooleanField()
    detail = Name3(allow_null=True)
    confidence = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a declared field


class GateState(serializers.Serializer[Any]):
    """Why an effective gate is what it is: the diversions that cause it, those that dispute it, since when."""

    because = serializers.ListField(child=serializers.CharField())
    since = serializers.DateTimeField(allow_null=True)
    accepts = serializers.ListField(
        child=serializers.CharField(), help_text="capabilities whose patients are taken all the same"
    )
    disputed = serializers.ListField(child=serializers.CharField(), help_text="diversions whose reports differ")


class IntakeState(GateState):
    """Whom the site takes, and the diversions that say so."""

    value = serializers.ChoiceField(choices=gates.VALUES[gates.AMBULANCES])


class SmurBaseState(GateState):
    """Whether the site's mobile team drives, and the diversions that say otherwise."""

    value = serializers.ChoiceField(choices=gates.VALUES[gates.SMUR_BASE])


class WalkInsState(GateState):
    """Whether the site takes people who come by themselves, and the diversions that say otherwise."""

    value = serializers.ChoiceField(choices=gates.VALUES[gates.WALK_INS])


class EffectiveGates(serializers.Serializer[Any]):
    ambulances = IntakeState()
    smur_destination = IntakeState()
    smur_base = SmurBaseState()
    walk_ins = WalkInsState()


class HospitalRef(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = Name()


class SiteState(serializers.Serializer[Site]):
    id = serializers.CharField()
    hospital = HospitalRef()
    network = serializers.CharField(source="hospital.network", allow_null=True)
    name = Name()
    short = Name()
    zone = serializers.CharField()
    address = Address()
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    position_precision = serializers.CharField()
    position_confidence = serializers.CharField()
    phone = serializers.CharField(allow_null=True)
    phone_ed = serializers.CharField(allow_null=True)
    beds = serializers.IntegerField(allow_null=True)
    ed_level = serializers.CharField(allow_null=True)
    destination = serializers.ChoiceField(choices=DESTINATIONS)
    smur_base = serializers.BooleanField(allow_null=True)
    capabilities = serializers.DictField(child=CapabilityState())
    confidence = serializers.CharField()
    notes = serializers.CharField(allow_null=True)
    gates = EffectiveGates()
    closed_capabilities = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    condition = serializers.ChoiceField(choices=CONDITIONS)
    quarantined_at = Instant(allow_null=True)
    quarantined_by = serializers.CharField(allow_null=True)

    def to_representation(self, site: Site) -> dict[str, Any]:
        now = gates.effective(one.said() for one in _running(site))
        site.gates = now.gates  # type: ignore[attr-defined]  # derived, never stored
        site.closed_capabilities = now.closed_capabilities  # type: ignore[attr-defined]
        site.condition = now.condition  # type: ignore[attr-defined]
        return super().to_representation(site)


def _running(site: Site) -> list[Diversion]:
    fetched: list[Diversion] | None = getattr(site, "running_diversions", None)
    return list(Diversion.objects.running().filter(site=site)) if fetched is None else fetched
