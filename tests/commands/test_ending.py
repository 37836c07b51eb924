"""Ending a diversion: lifted by somebody who says so, withdrawn as an error by its author at once or a supervisor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from diversion.commands import diversions
from diversion.errors import Conflict, Denied
from diversion.log import CommandKey
from diversion.models import Diversion, Event, Transport
from tests.world import World


def lift(world: World, diversion: Diversion, who: str = "dina", **more):
    diversions.lift_diversion(actor=getattr(world, who), key=CommandKey.new(), diversion_id=diversion.pk, **more)
    diversion.refresh_from_db()
    return diversion


def withdraw(world: World, diversion: Diversion, who: str = "clara"):
    diversions.withdraw_diversion(
        actor=getattr(world, who), key=CommandKey.new(), diversion_id=diversion.pk, reason="wrong campus"
    )
    diversion.refresh_from_db()
    return diversion


def condition() -> str:
    return next(one["state"]["condition"] for one in Event.objects.latest("seq").changes if one["kind"] == "site")


def test_lifting_opens_the_gates(world: World):
    diversion = lift(world, world.declare(), comment="checklist done")
    assert (diversion.state, condition()) == ("lifted", "open")
    assert Event.objects.latest("seq").fact["comment"] == "checklist done"
    assert diversion.ended_at is not None


def test_an_ended_episode_leaves_the_live_set(world: World):
    diversion = lift(world, world.declare())
    told = next(one for one in Event.objects.latest("seq").changes if one["id"] == str(diversion.pk))
    assert told["state"] is None


def test_lifting_one_of_two_leaves_what_the_other_says(world: World):
    first = world.declare()
    world.declare(cause="power", gates={"ambulances": "life_threatening"})
    lift(world, first)
    assert condition() == "limited"


def test_lifting_frees_the_transports_it_had_affected(world: World):
    transport = world.transport("a1")
    diversion = world.declare()
    lift(world, diversion)
    transport.refresh_from_db()
    assert transport.affected_since is None
    assert any(one["kind"] == "transport" for one in Event.objects.latest("seq").changes)


def test_lifting_twice_is_refused(world: World):
    diversion = lift(world, world.declare())
    with pytest.raises(Conflict, match="is lifted"):
        lift(world, diversion)


def test_lifting_on_an_old_picture_is_refused(world: World):
    diversion = world.declare()
    with pytest.raises(Conflict) as refused:
        lift(world, diversion, version=diversion.version + 1)
    assert refused.value.code == "stale_version"


@pytest.mark.parametrize("who", ["lucas", "ruth", "ines", "ada", "sam", "cad"])
def test_who_may_not_lift_is_refused(world: World, who: str):
    diversion = world.declare()
    with pytest.raises(Denied):
        lift(world, diversion, who=who)


def test_a_hospital_does_not_end_alone_what_restricts(world: World):
    diversion = world.declare()
    with pytest.raises(Conflict) as refused:
        lift(world, diversion, who="clara")
    assert refused.value.code == "needs_reopening"
    diversion.refresh_from_db()
    assert diversion.state == "active"


def test_a_hospital_ends_a_suspicion_that_restricted_nothing(world: World):
    assert lift(world, world.declare(state="suspected", gates={}), who="clara").state == "lifted"


def test_nothing_reopens_by_itself(world: World, time_machine):
    from diversion import clock

    now = timezone.now()
    time_machine.move_to(now, tick=False)
    diversion = world.declare(cause="saturation", expected_end=now + timedelta(minutes=10))
    time_machine.move_to(now + timedelta(hours=20), tick=False)
    clock.tick()
    diversion.refresh_from_db()
    assert diversion.state == "active"


def test_its_author_takes_a_slip_back_at_once(world: World):
    diversion = withdraw(world, world.declare())
    assert (diversion.state, condition()) == ("withdrawn", "open")
    assert Event.objects.latest("seq").fact["reason"] == "wrong campus"


def test_after_half_a_minute_its_author_no_longer_can(world: World, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    diversion = world.declare()
    time_machine.move_to(now + timedelta(seconds=31), tick=False)
    with pytest.raises(Denied) as refused:
        withdraw(world, diversion)
    assert refused.value.data["needs"] == "supervisor"


def test_at_half_a_minute_its_author_still_can(world: World, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    diversion = world.declare()
    time_machine.move_to(now + timedelta(seconds=30), tick=False)
    assert withdraw(world, diversion).state == "withdrawn"


def test_a_supervisor_withdraws_an_error_whenever_it_is_found(world: World, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    diversion = world.declare()
    time_machine.move_to(now + timedelta(days=2), tick=False)
    assert withdraw(world, diversion, "sofie").state == "withdrawn"


@pytest.mark.parametrize("who", ["dina", "lucas", "ruth", "ines", "ada", "sam", "cad"])
def test_nobody_else_takes_it_back_not_even_at_once(world: World, who: str):
    diversion = world.declare()
    with pytest.raises(Denied):
        withdraw(world, diversion, who)
    diversion.refresh_from_db()
    assert diversion.state == "active"


def test_an_author_who_has_lost_the_role_no_longer_can(world: World):
    diversion = world.declare()
    world.users["clara"].memberships.all().delete()
    with pytest.raises(Denied):
        withdraw(world, diversion)


def test_withdrawing_twice_is_refused(world: World):
    diversion = withdraw(world, world.declare())
    with pytest.raises(Conflict, match="is withdrawn"):
        withdraw(world, diversion, "sofie")


def test_taking_it_back_frees_the_transports_in_the_same_event(world: World):
    transport = world.transport("a1")
    withdraw(world, world.declare())
    assert Transport.objects.get(pk=transport.pk).affected_since is None
    event = Event.objects.latest("seq")
    assert {one["kind"] for one in event.changes} == {"diversion", "site", "transport"}


def test_an_ended_episode_has_an_end_and_a_running_one_has_none(world: World):
    diversion = world.declare()
    with pytest.raises(IntegrityError, match="diversion_end_matches_state"), transaction.atomic():
        Diversion.objects.filter(pk=diversion.pk).update(state="lifted")
    with pytest.raises(IntegrityError, match="diversion_end_matches_state"), transaction.atomic():
        Diversion.objects.filter(pk=diversion.pk).update(ended_at=timezone.now())
