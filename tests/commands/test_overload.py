"""Overload: the only declarations a region's policy may end by time or suspend; what is broken never is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from diversion import clock
from diversion.commands import overload, policies
from diversion.errors import Denied
from diversion.log import CommandKey
from diversion.models import Diversion, Event, Transport
from tests.world import REGION, World

SITES = ("saint-pierre", "saint-luc", "saint-jean")


@pytest.fixture
def now(time_machine) -> datetime:
    begun = timezone.now()
    time_machine.move_to(begun, tick=False)
    return begun


def policy(world: World, **changes: int) -> None:
    policies.change_policy(actor=world.sofie, key=CommandKey.new(), region_id=REGION, changes=changes)


def full(world: World, *sites: str) -> list[Diversion]:
    return [world.declare(site, actor=world.dina, cause="saturation") for site in sites]


def suspended() -> set[str]:
    return set(Diversion.objects.filter(suspended_until__isnull=False).values_list("site_id", flat=True))


def test_overload_ends_when_its_time_is_up_where_the_region_says_so(world: World, now: datetime, time_machine):
    policy(world, overload_limit_minutes=120)
    [diversion] = full(world, "saint-pierre")
    broken = world.declare()
    time_machine.move_to(now + timedelta(minutes=120), tick=False)
    clock.tick()
    diversion.refresh_from_db()
    broken.refresh_from_db()
    assert (diversion.state, broken.state) == ("lifted", "active")
    event = Event.objects.get(kind="diversion.lifted")
    assert (event.actor["kind"], event.fact["reason"]) == ("clock", "overload_limit")


def test_without_such_a_policy_overload_does_not_end_either(world: World, now: datetime, time_machine):
    [diversion] = full(world, "saint-pierre")
    time_machine.move_to(now + timedelta(days=2), tick=False)
    clock.tick()
    diversion.refresh_from_db()
    assert diversion.state == "active"


def test_when_too_many_divert_for_overload_none_may(world: World, now: datetime):
    policy(world, suspend_at_sites=2, suspension_minutes=240)
    transport = world.transport("a1")
    full(world, "saint-pierre", "saint-luc")
    clock.tick()
    assert suspended() == {"saint-pierre", "saint-luc"}
    assert Transport.objects.get(pk=transport.pk).affected_since is None
    assert Diversion.objects.first().suspended_until == now + timedelta(minutes=240)


def test_one_fewer_is_left_alone(world: World):
    policy(world, suspend_at_sites=3)
    full(world, "saint-pierre", "saint-luc")
    clock.tick()
    assert suspended() == set()


def test_what_is_broken_is_never_suspended_nor_counted(world: World):
    policy(world, suspend_at_sites=2)
    full(world, "saint-pierre")
    world.declare("saint-luc", actor=world.dina)
    world.declare("saint-pierre", actor=world.dina, cause="power")
    clock.tick()
    assert suspended() == set()


def test_a_later_declaration_is_suspended_as_long_as_the_others(world: World, now: datetime, time_machine):
    policy(world, suspend_at_sites=2, suspension_minutes=240)
    full(world, "saint-pierre", "saint-luc")
    clock.tick()
    time_machine.move_to(now + timedelta(minutes=100), tick=False)
    full(world, "saint-jean")
    clock.tick()
    assert set(Diversion.objects.values_list("suspended_until", flat=True)) == {now + timedelta(minutes=240)}


def test_afterwards_they_count_again(world: World, now: datetime, time_machine):
    policy(world, suspend_at_sites=2, suspension_minutes=240)
    first, second = full(world, "saint-pierre", "saint-luc")
    clock.tick()
    from diversion.commands.diversions import lift_diversion

    lift_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=second.pk)
    time_machine.move_to(now + timedelta(minutes=240), tick=False)
    clock.tick()
    first.refresh_from_db()
    assert first.suspended_until is None
    assert Event.objects.filter(kind="diversion.resumed").count() == 1


def test_where_there_are_still_too_many_it_goes_on(world: World, now: datetime, time_machine):
    policy(world, suspend_at_sites=2, suspension_minutes=60)
    full(world, "saint-pierre", "saint-luc")
    clock.tick()
    time_machine.move_to(now + timedelta(minutes=61), tick=False)
    clock.tick()
    assert suspended() == {"saint-pierre", "saint-luc"}
    assert not Event.objects.filter(kind="diversion.resumed").exists()


def test_the_clock_settles_once_and_then_rests(world: World):
    policy(world, suspend_at_sites=2)
    full(world, "saint-pierre", "saint-luc")
    clock.tick()
    head = Event.objects.latest("seq").seq
    clock.tick()
    assert Event.objects.latest("seq").seq == head


@pytest.mark.parametrize("who", ["dina", "sofie", "clara", "ada", "cad"])
def test_only_the_clock_suspends_and_ends(world: World, who: str):
    [diversion] = full(world, "saint-pierre")
    with pytest.raises(Denied):
        overload.judge_overload(actor=getattr(world, who), key=CommandKey.new(), region_id=REGION)
    with pytest.raises(Denied):
        overload.expire_overload(actor=getattr(world, who), key=CommandKey.new(), diversion_id=diversion.pk)
