"""The doorbell carries no facts: a command is as good without it, and hardly slower."""

from __future__ import annotations

import time
import uuid

import pytest
import redis

from diversion import doorbell
from diversion.models import Event
from tests.world import REGION, World


@pytest.fixture
def nobody() -> str:
    """Where no broker is, and none was looked for before."""
    return f"unix:///nonexistent/{uuid.uuid4()}.sock"


def test_a_command_succeeds_without_a_broker(real_world: World, nobody: str, settings):
    settings.REDIS_URL = nobody
    diversion = real_world.declare()
    assert Event.objects.filter(fact__diversion=str(diversion.pk)).exists()


def test_a_dead_broker_delays_a_command_by_less_than_half_a_second(real_world: World, nobody: str, settings):
    settings.REDIS_URL = nobody
    begun = time.monotonic()
    real_world.declare()
    assert time.monotonic() - begun < 0.5


def test_a_broker_that_hangs_delays_a_command_by_less_than_a_second(real_world: World, settings, hanging):
    settings.REDIS_URL = hanging
    begun = time.monotonic()
    real_world.declare()
    assert time.monotonic() - begun < 1.0


def test_after_a_failure_the_broker_is_left_alone_for_a_moment(settings, hanging):
    settings.REDIS_URL = hanging
    doorbell.ring(REGION, 1)
    begun = time.monotonic()
    doorbell.ring(REGION, 2)
    assert time.monotonic() - begun < 0.05


def test_the_bell_says_which_region_and_how_far(real_world: World, settings):
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(doorbell.EVENTS.format(region=REGION))
        heard.get_message(timeout=5)
        real_world.declare()
        message = heard.get_message(timeout=5)
    assert message is not None
    assert int(message["data"]) == Event.objects.latest("seq").seq
