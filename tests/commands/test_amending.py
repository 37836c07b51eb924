"""Telling a running diversion differently: what is not mentioned stays, every word counts as looking at it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from diversion.commands import diversions
from diversion.errors import Conflict, Denied, Invalid, NotFound
from diversion.log import CommandKey
from diversion.models import Diversion, Event
from tests.world import World


def amend(world: World, diversion: Diversion, who: str = "clara", version: int | None = None, **changes: Any):
    diversions.amend_diversion(
        actor=getattr(world, who),
        key=CommandKey.new(),
        diversion_id=diversion.pk,
        version=version,
        changes=changes,
    )
    diversion.refresh_from_db()
    return diversion


def test_what_is_not_mentioned_stays(world: World):
    diversion = world.declare(services={"records": "down"}, comment="paper", closed_capabilities=["ct"])
    amend(world, diversion, gates={"walk_ins": "closed"})
    assert diversion.gates_said() == {
        "ambulances": "closed",
        "smur_destination": None,
        "smur_base": None,
        "walk_ins": "closed",
    }
    assert (diversion.services, diversion.comment, diversion.closed_capabilities) == (
        {"records": "down"},
        "paper",
        ["ct"],
    )


def test_a_gate_can_be_taken_back_by_saying_nothing_about_it(world: World):
    diversion = amend(world, world.declare(), gates={"ambulances": None})
    assert diversion.ambulances is None


def test_a_suspicion_becomes_certain_without_a_new_episode(world: World):
    diversion = world.declare(cause="cyber_suspected", state="suspected", gates={})
    amend(world, diversion, cause="cyber_confirmed", state="active", gates={"ambulances": "closed"})
    assert (diversion.cause, diversion.state) == ("cyber_confirmed", "active")
    assert Diversion.objects.count() == 1


def test_services_recover_one_by_one(world: World):
    diversion = world.declare(services={"records": "down", "laboratory": "down"})
    amend(world, diversion, services={"laboratory": "manual"})
    assert diversion.services == {"records": "down", "laboratory": "manual"}


def test_amending_counts_as_looking_at_it_again(world: World, time_machine):
    begun = timezone.now()
    time_machine.move_to(begun, tick=False)
    diversion = world.declare()
    time_machine.move_to(begun + timedelta(minutes=50), tick=False)
    amend(world, diversion)
    assert diversion.review_at == begun + timedelta(minutes=110)


def test_the_expected_end_can_be_told_and_taken_back(world: World):
    diversion = world.declare()
    end = timezone.now() + timedelta(hours=3)
    assert amend(world, diversion, expected_end=end).expected_end == end
    assert amend(world, diversion, expected_end=None).expected_end is None


def test_a_recovering_site_whose_gate_is_open_shows_as_reopening(world: World):
    diversion = amend(world, world.declare(), state="recovering", gates={"ambulances": "open"})
    site = next(one["state"] for one in Event.objects.latest("seq").changes if one["kind"] == "site")
    assert (diversion.state, site["condition"]) == ("recovering", "reopening")


def test_a_recovery_that_fails_goes_back_to_active(world: World):
    diversion = amend(world, world.declare(), state="recovering")
    assert amend(world, diversion, state="active").state == "active"


def test_an_active_episode_does_not_become_a_suspicion_again(world: World):
    with pytest.raises(Conflict) as refused:
        amend(world, world.declare(), state="suspected")
    assert refused.value.code == "wrong_state"


@pytest.mark.parametrize("state", ["lifted", "withdrawn"])
def test_amending_does_not_end_an_episode(world: World, state: str):
    with pytest.raises(Invalid, match="lifting or withdrawing"):
        amend(world, world.declare(), state=state)


def test_who_acts_on_an_old_picture_is_shown_the_new_one(world: World):
    diversion = world.declare()
    seen = diversion.version
    amend(world, diversion, version=seen, comment="first")
    with pytest.raises(Conflict) as refused:
        amend(world, diversion, version=seen, comment="second")
    assert refused.value.code == "stale_version"
    assert refused.value.row.comment == "first"


def test_an_ended_episode_is_not_amended(world: World):
    diversion = world.declare()
    diversions.lift_diversion(actor=world.clara, key=CommandKey.new(), diversion_id=diversion.pk)
    with pytest.raises(Conflict) as refused:
        amend(world, diversion, comment="late")
    assert (refused.value.code, refused.value.data["now"]) == ("wrong_state", "lifted")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cause": "weather"}, "unknown_cause"),
        ({"gates": {"smur_base": "closed"}}, "unknown_gate"),
        ({"closed_capabilities": ["helipad"]}, "unknown_capability"),
        ({"services": {"records": "gone"}}, "unknown_service"),
    ],
)
def test_what_cannot_be_meant_is_refused(world: World, changes: dict, code: str):
    diversion = world.declare()
    with pytest.raises(Invalid) as refused:
        amend(world, diversion, **changes)
    assert refused.value.code == code


@pytest.mark.parametrize("who", ["lucas", "ruth", "ines", "ada", "sam", "cad"])
def test_who_may_not_amend_is_refused(world: World, who: str):
    diversion = world.declare()
    with pytest.raises(Denied):
        amend(world, diversion, who=who, comment="no")


def test_an_episode_that_does_not_exist_is_not_found(world: World):
    with pytest.raises(NotFound):
        amend(world, Diversion(), comment="?")
