"""Channels as an administrator adds them, and their deliveries as a worker makes them, but in this process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from diversion import tasks
from diversion.commands import channels
from diversion.log import CommandKey
from diversion.models import Channel, Delivery
from diversion.models.channels import SUBJECTS
from tests.world import REGION, World

#: Makes a channel, in ways that a fixture knows.
Make = Callable[..., Channel]
#: Enrols somebody's browser as a device.
Enrol = Callable[..., Channel]


def add(world: World, address: str, name: str = "Night desk", *, hears=SUBJECTS, site: str | None = None) -> Channel:
    said = channels.NewChannel(name=name, address=address, hears=hears, site_id=site)
    channels.add_channel(actor=world.ada, key=CommandKey.new(), region_id=REGION, channel=said)
    return Channel.objects.get(region_id=REGION, name=name, active=True)


def deliveries(hears: str | None = None) -> list[Delivery]:
    found = Delivery.objects.order_by("created_at", "pk")
    return list(found.filter(hears=hears) if hears else found)


def pass_time() -> None:
    """As if the next try of everything that waits had come."""
    Delivery.objects.waiting().update(next_at=timezone.now() - timedelta(minutes=1))


def try_all() -> None:
    """Every waiting delivery, once, as a worker would."""
    pass_time()
    for one in Delivery.objects.waiting().order_by("created_at", "pk"):
        tasks.deliver(str(one.pk))
