"""The form of each row on the wire, as serializers: the source of the OpenAPI schema and of the screens' types."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from diversion.models import Diversion, Notice, Redirect, SitePresence, Transport, Vehicle
from diversion.models.presence import PRESENCE_STATES
from diversion.models.transports import AGE_BANDS, CHANNELS, SEXES, URGENCIES, VEHICLE_KINDS
from diversion.states import DIVERSION, NOTICE, REDIRECT, TRANSPORT
from diversion.wire.positions import instant
from hospitals import causes, gates, services
from hospitals.models import DESTINATIONS, Region, Site
from hospitals.policies import DEFAULTS, policy_of

CONDITIONS = ("open", "limited", "diverted", "reopening", "suspected")


class Instant(serializers.DateTimeField):
    """A time in the one form that times have on the wire."""

    def to_representation(self, value: datetime) -> str:
        return instant(value)


class Name(serializers.Serializer[Any]):
    fr = serializers.CharField()
    nl = serializers.CharField()


class Name3(Name):
    en = serializers.CharField()


class Named(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = Name3()


class Author(serializers.Serializer[Any]):
    """Who did something, copied at that moment."""

    kind = serializers.ChoiceField(choices=["user", "token", "clock", "system"])
    name = serializers.CharField()
    role = serializers.CharField(allow_null=True)


PolicyState = type(
    "PolicyState",
    (serializers.Serializer,),
    {"__doc__": "A region's numbers; seconds.", **{key: serializers.IntegerField() for key in DEFAULTS}},
)


class RegionState(serializers.Serializer[Region]):
    id = serializers.CharField()
    name = Name3()
    timezone = serializers.CharField()
    dispatch_phone = serializers.CharField(allow_null=True)
    boundary = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    vehicle_statuses = Named(many=True)
    capabilities = Named(many=True)
    policy = serializers.SerializerMethodField()
    simulated = serializers.BooleanField()

    @extend_schema_field(PolicyState)
    def get_policy(self, region: Region) -> dict[str, int]:
        return policy_of(region.policy)


class Street(serializers.Serializer[Any]):
    """A street may have a name in one language only."""

    fr = serializers.CharField(allow_null=True)
    nl = serializers.CharField(allow_null=True)


class Address(serializers.Serializer[Any]):
    street = Street(allow_null=True)
    postal_code = serializers.CharField(allow_null=True)
    commune = Name(allow_null=True)


class CapabilityState(serializers.Serializer[Any]):
    """What is established about one capability; a code that is absent is not established."""

    value = serializers.BooleanField()
    detail = Name3(allow_null=True)
    confidence = serializers.CharField()
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # a declared field


class GateState(serializers.Serializer[Any]):
    value = serializers.CharField()
    because = serializers.ListField(child=serializers.CharField())


class EffectiveGates(serializers.Serializer[Any]):
    ambulances = GateState()
    smur_destination = GateState()
    smur_base = GateState()
    walk_ins = GateState()


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

    def to_representation(self, site: Site) -> dict[str, Any]:
        now = gates.effective(one.said() for one in _running(site))
        site.gates = now.gates  # type: ignore[attr-defined]  # derived, never stored
        site.closed_capabilities = now.closed_capabilities  # type: ignore[attr-defined]
        site.condition = now.condition  # type: ignore[attr-defined]
        return super().to_representation(site)


def _running(site: Site) -> list[Diversion]:
    fetched: list[Diversion] | None = getattr(site, "running_diversions", None)
    return list(Diversion.objects.running().filter(site=site)) if fetched is None else fetched


class GatesSaid(serializers.Serializer[Any]):
    """The gates of one declaration; null means that it says nothing about that gate."""

    ambulances = serializers.ChoiceField(choices=gates.VALUES["ambulances"], allow_null=True, required=False)
    smur_destination = serializers.ChoiceField(
        choices=gates.VALUES["smur_destination"], allow_null=True, required=False
    )
    smur_base = serializers.ChoiceField(choices=gates.VALUES["smur_base"], allow_null=True, required=False)
    walk_ins = serializers.ChoiceField(choices=gates.VALUES["walk_ins"], allow_null=True, required=False)


class DiversionState(serializers.Serializer[Diversion]):
    id = serializers.UUIDField()
    site_id = serializers.CharField()
    cause = serializers.ChoiceField(choices=causes.CAUSES)
    state = serializers.ChoiceField(choices=list(DIVERSION))
    gates = GatesSaid(source="gates_said")
    closed_capabilities = serializers.ListField(child=serializers.CharField())
    services = serializers.DictField(child=serializers.ChoiceField(choices=services.LEVELS))
    comment = serializers.CharField()
    authoriser = serializers.CharField(allow_null=True)
    called_by = serializers.CharField(allow_null=True)
    said_at = Instant()
    declared_at = Instant()
    declared_by = Author()
    expected_end = Instant(allow_null=True)
    review_at = Instant()
    seen_at = Instant(allow_null=True)
    seen_by = serializers.CharField(allow_null=True)
    ended_at = Instant(allow_null=True)


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


class RedirectState(serializers.Serializer[Redirect]):
    id = serializers.UUIDField()
    transport_id = serializers.UUIDField()
    from_id = serializers.CharField(source="from_site_id")
    to_id = serializers.CharField(source="to_site_id")
    choice = serializers.ChoiceField(choices=["redirect", "keep"])
    options = OptionState(many=True)
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=list(REDIRECT))
    ordered_at = Instant()
    ordered_by = Author()
    acknowledged_at = Instant(allow_null=True)
    acknowledged_by = serializers.CharField(allow_null=True)
    channel = serializers.ChoiceField(choices=CHANNELS, allow_null=True)


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


class PresenceState(serializers.Serializer[SitePresence]):
    id = serializers.CharField(source="site_id")
    state = serializers.ChoiceField(choices=PRESENCE_STATES)
    since = Instant(allow_null=True)
    screens = serializers.IntegerField()
    sound_armed = serializers.BooleanField()
