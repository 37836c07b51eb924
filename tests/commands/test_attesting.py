"""Attesting: what nobody has said again in time is unconfirmed, and stays as it was."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from diversion import clock
from diversion.commands import attesting, diversions, policies
from diversion.errors import Conflict, Denied
from diversion.log import CommandKey
from diversion.models import Diversion, Event
from tests.world import REGION, World


def attest(world: World, diversion: Diversion, who: str = "clara", **more) -> Diversion:
    attesting.attest_diversion(actor=getattr(world, who), key=CommandKey.new(), diversion_id=diversion.pk, **more)
    diversion.refresh_from_db()
    return diversion


def confirm(world: World, diversion: Diversion, who: str = "clara") -> Diversion:
    attesting.confirm_diversion(actor=getattr(world, who), key=CommandKey.new(), diversion_id=diversion.pk)
    diversion.refresh_from_db()
    return diversion


@pytest.fixture
def now(time_machine) -> datetime:
    begun = timezone.now()
    time_machine.move_to(begun, tick=False)
    return begun


def test_one_tap_says_that_it_is_still_so(world: World, now: datetime, time_machine):
    diversion = world.declare()
    time_machine.move_to(now + timedelta(minutes=50), tick=False)
    attest(world, diversion)
    assert (diversion.attested_at, diversion.attested_by) == (now + timedelta(minutes=50), "Clara")
    assert diversion.review_at == now + timedelta(minutes=110)


def test_what_is_not_attested_in_time_is_told_once_as_unconfirmed(world: World, now: datetime, time_machine):
    diversion = world.declare()
    time_machine.move_to(now + timedelta(minutes=61), tick=False)
    clock.tick()
    clock.tick()
    diversion.refresh_from_db()
    assert (diversion.state, diversion.ambulances) == ("active", "closed")
    assert diversion.unconfirmed_since == now + timedelta(minutes=60)
    assert Event.objects.filter(kind="diversion.unconfirmed").count() == 1


def test_nothing_is_unconfirmed_before_its_time(world: World, now: datetime, time_machine):
    diversion = world.declare()
    time_machine.move_to(now + timedelta(minutes=59), tick=False)
    clock.tick()
    diversion.refresh_from_db()
    assert diversion.unconfirmed_since is None


def test_attesting_ends_being_unconfirmed(world: World, now: datetime, time_machine):
    diversion = world.declare()
    time_machine.move_to(now + timedelta(minutes=70), tick=False)
    clock.tick()
    assert attest(world, diversion).unconfirmed_since is None


def test_each_cause_has_its_own_interval_where_the_region_says_so(world: World, now: datetime):
    policies.change_policy(
        actor=world.sofie, key=CommandKey.new(), region_id=REGION, changes={"review_minutes_saturation": 30}
    )
    assert world.declare(cause="saturation").review_at == now + timedelta(minutes=30)
    assert world.declare(cause="power").review_at == now + timedelta(minutes=60)


def test_dispatch_attests_after_a_call_and_says_who_called(world: World):
    attest(world, world.declare(), who="dina", called_by="the head nurse")
    assert Event.objects.latest("seq").fact["called_by"] == "the head nurse"


@pytest.mark.parametrize("who", ["lucas", "ruth", "ines", "ada", "sam", "cad"])
def test_who_may_not_attest_is_refused(world: World, who: str):
    diversion = world.declare()
    with pytest.raises(Denied):
        attest(world, diversion, who=who)


def test_attesting_on_an_old_picture_is_refused(world: World):
    diversion = world.declare()
    with pytest.raises(Conflict) as refused:
        attest(world, diversion, version=diversion.version + 1)
    assert refused.value.code == "stale_version"


def test_what_has_ended_is_not_attested(world: World):
    diversion = world.declare()
    diversions.lift_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    with pytest.raises(Conflict, match="is lifted"):
        attest(world, diversion)


def test_the_hospital_confirms_what_dispatch_said_for_it(world: World):
    diversion = confirm(world, world.declare(actor=world.dina, called_by="the head nurse"))
    assert diversion.confirmed_by == "Clara"
    assert Event.objects.latest("seq").kind == "diversion.confirmed"


def test_there_is_nothing_to_confirm_in_what_the_hospital_said_itself(world: World):
    with pytest.raises(Conflict) as refused:
        confirm(world, world.declare())
    assert refused.value.code == "nothing_to_confirm"


def test_it_is_confirmed_once(world: World):
    diversion = confirm(world, world.declare(actor=world.dina))
    with pytest.raises(Conflict, match="has confirmed it"):
        confirm(world, diversion)


@pytest.mark.parametrize("who", ["dina", "sofie", "lucas", "ruth", "ines", "ada", "sam", "cad"])
def test_nobody_but_the_hospital_confirms(world: World, who: str):
    diversion = world.declare(actor=world.dina)
    with pytest.raises(Denied):
        confirm(world, diversion, who=who)


@pytest.mark.parametrize("who", ["dina", "clara", "sofie", "cad"])
def test_nobody_but_the_clock_says_that_it_is_unconfirmed(world: World, who: str):
    diversion = world.declare()
    with pytest.raises(Denied):
        attesting.mark_unconfirmed(actor=getattr(world, who), key=CommandKey.new(), diversion_id=diversion.pk)
