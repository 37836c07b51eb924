"""The doors of the channels: adding, enrolling, changing, testing and retiring them, and what they lately delivered."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from diversion import access
from diversion.actors import Actor
from diversion.api.commanding import actor_of, carry_out
from diversion.api.door import door
from diversion.api.fields import Empty, Strict, Text
from diversion.api.views import ApiView
from diversion.commands import channels, devices
from diversion.commands.rows import region
from diversion.log import CommandKey
from diversion.models import Delivery
from diversion.models.channels import DELIVERY_STATES, SUBJECTS, TEST
from diversion.reaching import push
from diversion.wire.choices import Choice
from diversion.wire.moments import Instant

#: As many of the last deliveries as a person will look through.
LATEST: Final = 100


class AddressField(Text):
    """Taken, never shown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(write_only=True, max_length=1000, **kwargs)


class Subjects(serializers.ListField):
    child = Choice(choices=SUBJECTS)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=len(SUBJECTS), **kwargs)


class AddChannelForm(Strict):
    name = Text(max_length=80)
    address = AddressField(help_text="An apprise URL with its credentials. It is sealed, and never told again.")
    hears = Subjects(allow_empty=False)
    site = serializers.CharField(max_length=60, allow_null=True, default=None)


class ChangeChannelForm(Strict):
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    name = Text(max_length=80, required=False)
    address = AddressField(required=False, help_text="A new address; it is tried at once.")
    hears = Subjects(allow_empty=False, required=False)


class EnrolForm(Strict):
    """A device: what its browser says when it subscribes, and what its user calls it."""

    name = Text(max_length=80)
    endpoint = Text(help_text="Where its push service takes messages; sealed, and never told again.")
    p256dh = Text(max_length=200)
    auth = Text(max_length=100)


def _add(actor: Actor, key: CommandKey, said: dict[str, Any], region: str) -> dict[str, Any]:
    new = channels.NewChannel(name=said["name"], address=said["address"], hears=said["hears"], site_id=said["site"])
    return carry_out(channels.add_channel, actor, key, region_id=region, channel=new)


def _change(actor: Actor, key: CommandKey, said: dict[str, Any], pk: UUID) -> dict[str, Any]:
    version = said.pop("version", None)
    return carry_out(channels.change_channel, actor, key, channel_id=pk, version=version, changes=said)


def _device(said: dict[str, Any]) -> devices.Device:
    told = push.Subscription(said["endpoint"], said["p256dh"], said["auth"])
    return devices.Device(name=said["name"], subscription=told)


add = door("addChannel", AddChannelForm, _add, tag="channels", about="Add a way to reach people, and test it")
change = door("changeChannel", ChangeChannelForm, _change, tag="channels", about="Tell a channel differently")
retire = door(
    "retireChannel",
    Empty,
    lambda actor, key, said, pk: carry_out(channels.retire_channel, actor, key, channel_id=pk),
    tag="channels",
    about="Use a channel no more",
)
enrol_at_site = door(
    "enrolDeviceAtSite",
    EnrolForm,
    lambda actor, key, said, site: carry_out(devices.enrol_at_site, actor, key, site_id=site, device=_device(said)),
    tag="channels",
    about="Have the device in one's hand told what a site has to act on, while its page is closed",
)
enrol_for_region = door(
    "enrolDeviceForRegion",
    EnrolForm,
    lambda actor, key, said, region: carry_out(
        devices.enrol_for_region, actor, key, region_id=region, device=_device(said)
    ),
    tag="channels",
    about="Have the device in one's hand told what dispatch has to act on, while its page is closed",
)
test = door(
    "testChannel",
    Empty,
    lambda actor, key, said, pk: carry_out(channels.test_channel, actor, key, channel_id=pk),
    tag="channels",
    about="Try a channel now",
)


class DeliveryState(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    channel_id = serializers.UUIDField()
    hears = Choice(choices=(*SUBJECTS, TEST))
    subject_kind = serializers.CharField()
    subject_id = serializers.CharField()
    event_seq = serializers.IntegerField(source="event.seq", help_text="The event that caused it")
    title = serializers.DictField(child=serializers.CharField())
    body = serializers.DictField(child=serializers.CharField())
    state = serializers.ChoiceField(choices=DELIVERY_STATES)
    attempts = serializers.IntegerField()
    created_at = Instant()
    next_at = Instant(help_text="When it is tried next, if it is to be tried")
    sent_at = Instant(allow_null=True)
    last_error = serializers.CharField(allow_null=True)


class Deliveries(ApiView):
    """The latest deliveries of a region, newest first: what was told to whom, and whether it arrived."""

    @extend_schema(
        operation_id="deliveries",
        summary="The latest deliveries",
        tags=["channels"],
        responses=DeliveryState(many=True),
    )
    def get(self, request: Request, region_id: str) -> Response:
        here = region(region_id)
        access.require(actor_of(request), "delivery.read", here)
        latest = Delivery.objects.filter(region=here).select_related("event").order_by("-created_at", "pk")
        return Response(DeliveryState(list(latest[:LATEST]), many=True).data)
