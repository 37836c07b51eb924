"""Gateways, push services, channels to them, and time that passes for a delivery."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from diversion.commands import devices
from diversion.log import CommandKey
from diversion.models import Channel
from tests.api.conftest import say  # noqa: F401  # a fixture
from tests.reaching.browsers import Browser, PushService
from tests.reaching.channels import Enrol, Make, add, try_all
from tests.reaching.sinks import Gateway, Mailbox
from tests.world import REGION, World


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    found = Gateway().start()
    yield found
    found.stop()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    found = Mailbox()
    yield found
    found.stop()


@pytest.fixture
def channel(world: World, gateway: Gateway) -> Callable[..., Channel]:
    """``channel("Night", hears=…)``: a channel to the gateway, added by Ada."""

    def make(name: str = "Night desk", **more) -> Channel:
        return add(world, gateway.address, name, **more)

    return make


@pytest.fixture
def talkative() -> Iterator[None]:
    """Whatever a line's level, it is written."""
    root = logging.getLogger()
    former = root.level
    root.setLevel(logging.DEBUG)
    yield
    root.setLevel(former)


@pytest.fixture
def tested(channel: Make, gateway: Gateway) -> Callable[..., Channel]:
    """A channel whose first test has arrived."""

    def make(name: str = "Night desk", **more) -> Channel:
        made = channel(name, **more)
        try_all()
        gateway.got.clear()
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def later(time_machine) -> Callable[[float], None]:
    def move(seconds: float) -> None:
        time_machine.move_to(timezone.now() + timedelta(seconds=seconds), tick=False)

    return move


@pytest.fixture
def service(settings) -> Iterator[PushService]:
    """A centre's own push service, which its environment names."""
    found = PushService()
    settings.PUSH_SERVICES = [found.origin]
    yield found
    found.stop()


@pytest.fixture
def phone(service: PushService) -> Browser:
    return Browser(service.origin)


@pytest.fixture
def enrol(world: World) -> Enrol:
    """``enrol("clara", phone)``: at Saint-Pierre; ``site=None`` for the region."""

    def make(who: str, browser: Browser, name: str = "Duty phone", site: str | None = "saint-pierre") -> Channel:
        said = devices.Device(name=name, subscription=browser.subscription)
        common = {"actor": getattr(world, who), "key": CommandKey.new(), "device": said}
        if site:
            devices.enrol_at_site(site_id=site, **common)
        else:
            devices.enrol_for_region(region_id=REGION, **common)
        return Channel.objects.get(name=name, active=True)

    return make
