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
from diversion.wire.positions import instant
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


def levels(diversion: Diversion) -> dict[str, str]:
    return {code: one["level"] for code, one in diversion.services.items()}


def test_what_is_not_mentioned_stays(world: World):
    diversion = world.declare(services={"records": {"level": "down"}}, comment="paper", closed_capabilities=["ct"])
    amend(world, diversion, gates={"walk_ins": "closed"})
    assert diversion.gates_said() == {
        "ambulances": "closed",
        "smur_destination": None,
        "smur_base": None,
        "walk_ins": "closed",
    }
    assert (levels(diversion), diversion.comment, diversion.closed_capabilities) == (
        {"records": "down"},
        "paper",
        ["ct"],
    )


def test_a_gate_can_be_taken_back_by_saying_nothing_about_it(world: World):
    diversion = amend(world, world.declare(), who="dina", gates={"ambulances": None})
    assert diversion.ambulances is None


def test_a_suspicion_becomes_certain_without_a_new_episode(world: World):
    diversion = world.declare(cause="cyber_suspected", state="suspected", gates={})
    amend(world, diversion, cause="cyber_confirmed", state="active", gates={"ambulances": "closed"})
    assert (diversion.cause, diversion.state) == ("cyber_confirmed", "active")
    assert Diversion.objects.count() == 1


def test_services_recover_one_by_one(world: World):
    diversion = world.declare(services={"records": {"level": "down"}, "laboratory": {"level": "down"}})
    amend(world, diversion, services={"laboratory": {"level": "manual"}})
    assert levels(diversion) == {"records": "down", "laboratory": "manual"}


def test_a_service_keeps_the_moment_since_when_it_is_at_its_level(world: World, time_machine):
    begun = timezone.now()
    time_machine.move_to(begun, tick=False)
    diversion = world.declare(services={"records": {"level": "down"}})
    back = begun + timedelta(hours=5)
    time_machine.move_to(begun + timedelta(hours=1), tick=False)
    amend(world, diversion, services={"records": {"level": "down", "expected_at": back, "note": "server 2"}})
    assert diversion.services["records"] == {
        "level": "down",
        "since": instant(begun),
        "expected_at": instant(back),
        "note": "server 2",
    }
    amend(world, diversion, services={"records": {"level": "manual"}})
    assert diversion.services["records"]["since"] == instant(begun + timedelta(hours=1))


def test_a_gate_keeps_the_moment_since_when_it_is_so(world: World, time_machine):
    begun = timezone.now()
    time_machine.move_to(begun, tick=False)
    diversion = world.declare(state="suspected", gates={})
    time_machine.move_to(begun + timedelta(hours=3), tick=False)
    amend(world, diversion, state="active", gates={"ambulances": "closed"})
    time_machine.move_to(begun + timedelta(hours=4), tick=False)
    amend(world, diversion, comment="still closed", gates={"ambulances": "closed", "walk_ins": "open"})
    assert diversion.gates_since == {
        "ambulances": instant(begun + timedelta(hours=3)),
        "walk_ins": instant(begun + timedelta(hours=4)),
    }


def test_what_was_said_at_another_time_counts_from_then(world: World):
    diversion = world.declare(gates={})
    said = timezone.now() - timedelta(minutes=20)
    amend(world, diversion, gates={"ambulances": "closed"}, said_at=said)
    assert diversion.gates_since["ambulances"] == instant(said)
    assert Event.objects.latest("seq").said_at == said


def test_a_hospital_closes_by_itself_and_asks_to_open(world: World):
    diversion = world.declare(gates={"ambulances": "life_threatening"})
    assert amend(world, diversion, gates={"ambulances": "closed"}).ambulances == "closed"
    for loosening in (
        {"gates": {"ambulances": "life_threatening"}},
        {"gates": {"ambulances": None}},
        {"accepts": ["stroke"]},
    ):
        with pytest.raises(Conflict) as refused:
            amend(world, diversion, **loosening)
        assert (refused.value.code, refused.value.row.ambulances) == ("needs_reopening", "closed")


def test_a_closed_capability_is_not_reopened_by_the_hospital_alone(world: World):
    diversion = world.declare(closed_capabilities=["ct", "stroke"])
    with pytest.raises(Conflict, match="checklist"):
        amend(world, diversion, closed_capabilities=["ct"])
    assert amend(world, diversion, who="dina", closed_capabilities=["ct"]).closed_capabilities == ["ct"]


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
    diversion = amend(world, world.declare(), who="dina", state="recovering", gates={"ambulances": "open"})
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
    diversions.lift_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    with pytest.raises(Conflict) as refused:
        amend(world, diversion, comment="late")
    assert (refused.value.code, refused.value.data["now"]) == ("wrong_state", "lifted")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cause": "weather"}, "unknown_cause"),
        ({"gates": {"smur_base": "closed"}}, "unknown_gate"),
        ({"closed_capabilities": ["helipad"]}, "unknown_capability"),
        ({"services": {"records": {"level": "gone"}}}, "unknown_service"),
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


# ---------------------------------------------------------------- what dispatch has to see again


def see(world: World, diversion: Diversion) -> Diversion:
    diversions.see_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    diversion.refresh_from_db()
    return diversion


NOTHING: dict[str, None] = dict.fromkeys(("ambulances", "smur_destination", "smur_base", "walk_ins"))
CONTRADICTION = [{"gate": "walk_ins", "reports": [{"by": "a", "value": "open"}, {"by": "b", "value": "closed"}]}]


@pytest.mark.parametrize(
    ("was", "changes"),
    [
        ({"state": "suspected", "gates": NOTHING}, {"state": "active", "gates": {"ambulances": "closed"}}),
        ({"state": "suspected", "gates": NOTHING}, {"state": "active"}),
        ({"gates": {"ambulances": "life_threatening"}}, {"gates": {"ambulances": "closed"}}),
        ({}, {"gates": {"smur_base": "withdrawn"}}),
        ({}, {"closed_capabilities": ["ct"]}),
        ({}, {"disputes": CONTRADICTION}),
        ({"accepts": ["stroke"]}, {"accepts": []}),
    ],
    ids=["certain and closed", "certain", "stricter", "another gate", "a capability", "contradictory", "no exception"],
)
def test_what_restricts_more_than_was_seen_is_to_be_seen_again(world: World, was: dict, changes: dict, time_machine):
    diversion = see(world, world.declare(**was))
    first_seen = diversion.first_seen_at
    time_machine.move_to(timezone.now() + timedelta(minutes=3), tick=False)
    amend(world, diversion, **changes)
    assert (diversion.seen_at, diversion.seen_by, diversion.unseen_at) == (None, None, None)
    assert diversion.news_at == diversion.attested_at > diversion.declared_at
    time_machine.move_to(timezone.now() + timedelta(minutes=1), tick=False)
    see(world, diversion)
    assert diversion.seen_at > diversion.news_at > first_seen
    assert diversion.first_seen_at == first_seen
    assert Event.objects.filter(kind="diversion.seen").count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"comment": "on paper"},
        {"cause": "power"},
        {"services": {"records": {"level": "down"}}},
        {"state": "recovering"},
        {"gates": {"ambulances": "closed"}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_restricts_nobody_more_stays_seen(world: World, changes: dict):
    diversion = see(world, world.declare())
    amend(world, diversion, **changes)
    assert diversion.seen_by == "Dina"
    assert diversion.news_at == diversion.declared_at
