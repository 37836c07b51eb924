"""What dispatch and its systems say over HTTP. Forms check shape and words; rules about the world are the commands'."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from diversion import states
from diversion.api.fields import BATCH_LIMIT, Codes, Finite, Moment, Strict, Text
from diversion.models.transports import AGE_BANDS, CHANNELS, OBJECTIONS, SEXES, URGENCIES, VEHICLE_KINDS
from diversion.wire.choices import Choice


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
    mass_casualty = serializers.UUIDField(allow_null=True, default=None, source="mass_casualty_id")


class UpdateTransportForm(Strict):
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    urgency = Choice(choices=URGENCIES, required=False)
    needs = Codes(required=False)
    physician_on_board = serializers.BooleanField(required=False)
    state = Choice(choices=states.TRANSPORT_LIVE, required=False)
    eta_at = Moment(allow_null=True, required=False)
    mass_casualty = serializers.UUIDField(allow_null=True, required=False, source="mass_casualty_id")


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


class ObjectionForm(Strict):
    reason = Choice(choices=OBJECTIONS)
    comment = Text(allow_blank=True, default="", max_length=300)


class ClaimsForm(Strict):
    desk = serializers.UUIDField()
    transports = serializers.ListField(child=serializers.UUIDField(), max_length=BATCH_LIMIT)


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
    mass_casualty = serializers.UUIDField(allow_null=True, required=False, source="mass_casualty_id")


class VehiclesForm(serializers.Serializer[Any]):
    vehicles = serializers.ListField(child=VehicleItem(), max_length=BATCH_LIMIT)


class PositionsForm(serializers.Serializer[Any]):
    positions = serializers.ListField(child=PositionItem(), max_length=BATCH_LIMIT)


class TransportsForm(serializers.Serializer[Any]):
    transports = serializers.ListField(child=TransportItem(), max_length=BATCH_LIMIT)
