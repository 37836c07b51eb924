"""Every channel is tried every day by the clock, and sooner while it fails or nobody sends."""

from __future__ import annotations

import pytest
from django.utils import timezone

from diversion import clock
from diversion.actors import CLOCK
from diversion.commands import reaching
from diversion.errors import Denied
from diversion.log import CommandKey
from diversion.models import Channel, ClockBeat, Event
from tests.reaching.channels import try_all
from tests.reaching.sinks import Gateway
from tests.world import World


def fail(channel: Channel, times: int) -> Channel:
    for _ in range(times):
        try_all()
    channel.refresh_from_db()
    return channel


def alive() -> None:
    ClockBeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})


def test_every_channel_is_tested_every_day(world: World, tested, later, gateway: Gateway):
    made = tested()
    later(3600 * 23)
    alive()
    assert clock.test_channels() == 0
    later(3600 * 2)
    alive()
    assert (clock.test_channels(), clock.test_channels()) == (1, 0)
    try_all()
    made.refresh_from_db()
    assert made.last_test_at == timezone.now()


def test_one_that_fails_is_tested_again_sooner(world: World, tested, later, gateway: Gateway):
    made = tested()
    gateway.status = 500
    world.declare()
    fail(made, len(reaching.BACKOFF) + 1)
    later(901)
    alive()
    assert clock.test_channels() == 1
    gateway.status = 200
    try_all()
    made.refresh_from_db()
    assert made.failing_since is None


def test_without_a_worker_every_channel_counts_as_failing(world: World, tested, later):
    made = tested()
    reaching.note_worker()
    later(30)
    assert clock.record_silent_worker() == 0
    later(31)
    assert (clock.record_silent_worker(), clock.record_silent_worker()) == (1, 0)
    made.refresh_from_db()
    assert (made.last_error, made.failing_since) == ("worker_silent", timezone.now())


def test_when_the_worker_is_back_the_channel_has_to_prove_itself(world: World, tested, later, gateway: Gateway):
    made = tested()
    later(61)
    clock.tick()
    made.refresh_from_db()
    assert made.last_error == "worker_silent"
    reaching.note_worker()
    later(1)
    clock.tick()
    made.refresh_from_db()
    assert made.failing_since is not None
    try_all()
    made.refresh_from_db()
    assert made.failing_since is None


def test_the_clock_does_no_harm_twice(world: World, tested, later):
    tested()
    world.declare()
    world.transport("a1", "saint-jean")
    later(121)
    clock.tick()
    head = Event.objects.count()
    clock.tick()
    assert Event.objects.count() == head


def test_nobody_but_the_clock_takes_the_second_step(world: World):
    from diversion.commands import escalation

    notice = world.notice(world.transport("a1", "saint-jean"))
    diversion = world.declare()
    for who in ("dina", "sofie", "ada"):
        common = {"actor": getattr(world, who), "key": CommandKey.new()}
        with pytest.raises(Denied):
            escalation.escalate_to_supervisor(notice_id=notice.pk, **common)
        with pytest.raises(Denied):
            escalation.report_unseen(diversion_id=diversion.pk, **common)
    assert escalation.report_unseen(actor=CLOCK, key=CommandKey.new(), diversion_id=diversion.pk).events
