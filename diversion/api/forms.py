"""What commands take over HTTP. Forms check shape and words; rules about the world are the commands'."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, Final

from rest_framework import serializers

from diversion import states
from diversion.models.transports import AGE_BANDS, CHANNELS, SEXES, URGENCIES, VEHICLE_KINDS
from diversion.wire.choices import Choice
from diversion.wire.rows import Services, said
from hospitals import causes, gates

#: Items in one batch: a region with ten times Brussels' vehicles still fits.
BATCH_LIMIT: Final = 1000


class Strict(serializers.Serializer[Any]):
    """Fields that are not listed are refused: a misspelt one must not be one left out."""

    # Of the whole: what is wrong with a field is told by the field.
    default_error_messages = {"invalid": "Expected a JSON object, but got {datatype}."}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(map(str, data)) - set(self.fields))
            if unknown:
                known = ", ".join(self.fields)
                raise serializers.ValidationError({unknown[0]: [f"Unknown field; known are: {known}."]}, "unknown")
        return super().to_internal_value(data)


class Empty(Strict):
    """A command that needs nothing but its address."""


class Text(serializers.CharField):
    """Free text of bounded length; PostgreSQL cannot store NUL and nobody means to send it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=kwargs.pop("max_length", 2000), **kwargs)


class Finite(serializers.FloatField):
    """A number that is one: "NaN" passes every comparison, and so every bound."""

    def to_internal_value(self, data: Any) -> float:
        value: float = super().to_internal_value(data)
        if not math.isfinite(value):
            raise serializers.ValidationError("A finite number is required.", "invalid")
        return value


class Moment(serializers.DateTimeField):
    """A moment. Without an offset it would be read as ours, which is the sender's only by luck."""

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise serializers.ValidationError("Say the offset, as in 2026-03-11T04:09:00Z or …+01:00.", "naive")
        return super().enforce_timezone(value)


class Codes(serializers.ListField):
    """Codes, each once: one said twice is the same thing said."""

    child = serializers.CharField(max_length=40)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        return list(dict.fromkeys(super().to_internal_value(data)))


class Gates(Strict):
    """The gates a declaration speaks about."""

    ambulances = said(gates.AMBULANCES, required=False)
    smur_destination = said(gates.SMUR_DESTINATION, required=False)
    smur_base = said(gates.SMUR_BASE, required=False)
    walk_ins = said(gates.WALK_INS, required=False)


class DeclareForm(Strict):
    cause = Choice(choices=causes.CAUSES)
    state = Choice(choices=states.DIVERSION_DECLARED, default="active")
    gates = Gates(default=dict)
    closed_capabilities = Codes(default=list)
    services = Services(default=dict)
    comment = Text(allow_blank=True, default="")
    authoriser = Text(max_length=120, allow_null=True, default=None)
    called_by = Text(max_length=120, allow_null=True, default=None)
    said_at = Moment(allow_null=True, default=None)
    expected_end = Moment(allow_null=True, default=None)


class AmendForm(Strict):
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    cause = Choice(choices=causes.CAUSES, required=False)
    state = Choice(choices=states.DIVERSION_RUNNING, required=False)
    gates = Gates(required=False)
    closed_capabilities = Codes(required=False)
    services = Services(required=False)
    comment = Text(allow_blank=True, required=False)
    expected_end = Moment(allow_null=True, required=False)


class LiftForm(Strict):
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    comment = Text(allow_blank=True, default="")


class ReasonForm(Strict):
    reason = Text()


class PatientForm(Strict):
    urgency = Choice(choices=URGENCIES)
    needs = Codes(default=list)
    age_band = Choice(choices=AGE_BANDS, default="unknown")
    sex = Choice(choices=SEXES, default="unknown")
    physician_on_board = serializers.BooleanField(default=False)


class OpenTransportForm(PatientForm):
    vehicle = serializers.UUIDField()
    destination = serializers.CharField(max_length=60)
    state = Choice(choices=states.TRANSPORT_LIVE, default="under_way")
    eta_at = Moment(allow_null=True, default=None)
    ref = Text(max_length=60, allow_null=True, default=None)


class UpdateTransportForm(Strict):
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    urgency = Choice(choices=URGENCIES, required=False)
    needs = Codes(required=False)
    physician_on_board = serializers.BooleanField(required=False)
    state = Choice(choices=states.TRANSPORT_LIVE, required=False)
    eta_at = Moment(allow_null=True, required=False)


class FinishForm(Strict):
    outcome = Choice(choices=states.TRANSPORT_ENDED)


class RedirectForm(Strict):
    to = serializers.CharField(max_length=60)
    reason = Text(allow_blank=True, default="")
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True)


class RedirectItem(RedirectForm):
    transport = serializers.UUIDField()


class RedirectsForm(Strict):
    items = RedirectItem(many=True, allow_empty=False)


class KeepForm(Strict):
    reason = Text()
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True)


class CrewForm(Strict):
    channel = Choice(choices=CHANNELS)
    by = Text(max_length=120, allow_null=True, default=None)


class BeatForm(Strict):
    screen = serializers.CharField(max_length=60)
    visible = serializers.BooleanField()
    sound_armed = serializers.BooleanField()


class BaseForm(Strict):
    name = Text(max_length=120)
    site = serializers.CharField(max_length=60, allow_null=True, default=None)
    lat = Finite(min_value=-90, max_value=90)
    lon = Finite(min_value=-180, max_value=180)


class VehicleItem(Strict):
    ref = Text(max_length=60)
    call_sign = Text(max_length=40)
    kind = Choice(choices=VEHICLE_KINDS)
    operator = Text(max_length=120, allow_null=True, required=False)
    base = BaseForm(allow_null=True, required=False)
    status = Text(max_length=30, required=False)
    active = serializers.BooleanField(required=False)


class PositionItem(Strict):
    vehicle = Text(max_length=60)
    lat = Finite(min_value=-90, max_value=90)
    lon = Finite(min_value=-180, max_value=180)
    at = Moment()
    heading = Finite(min_value=0, max_value=360, allow_null=True, default=None)
    speed_mps = Finite(min_value=0, max_value=100, allow_null=True, default=None)


class TransportItem(PatientForm):
    """What is left out is not said: a report that does not mention the needs must not clear what a person entered."""

    needs = Codes(required=False)
    age_band = Choice(choices=AGE_BANDS, required=False)
    sex = Choice(choices=SEXES, required=False)
    physician_on_board = serializers.BooleanField(required=False)
    ref = Text(max_length=60)
    vehicle = Text(max_length=60)
    destination = serializers.CharField(max_length=60)
    state = Choice(choices=list(states.TRANSPORT))
    eta_at = Moment(allow_null=True, required=False)


class VehiclesForm(serializers.Serializer[Any]):
    vehicles = serializers.ListField(child=VehicleItem(), max_length=BATCH_LIMIT)


class PositionsForm(serializers.Serializer[Any]):
    positions = serializers.ListField(child=PositionItem(), max_length=BATCH_LIMIT)


class TransportsForm(serializers.Serializer[Any]):
    transports = serializers.ListField(child=TransportItem(), max_length=BATCH_LIMIT)
