"""Gateways, channels to them, and time that passes for a delivery."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest

from diversion.models import Channel
from tests.api.conftest import say  # noqa: F401  # a fixture
from tests.reaching.channels import add
from tests.reaching.sinks import Gateway, Mailbox
from tests.world import World


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
