"""Declaring a diversion: it takes effect at once, says only what was said, and refuses what cannot be meant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from diversion.errors import Denied, Invalid, NotFound
from diversion.models import Diversion, Event
from hospitals.gates import effective
from tests.world import REGION, World


def gates(world: World, site: str = "saint-pierre") -> dict[str, str]:
    said = effective(one.said() for one in Diversion.objects.running().filter(site_id=site))
    return {name: gate.value for name, gate in said.gates.items()}


def told_site() -> dict:
    event = Event.objects.latest("seq")
    return next(one["state"] for one in event.changes if one["kind"] == "site")


def test_a_declaration_takes_effect_at_once(world: World):
    world.declare()
    assert gates(world)["ambulances"] == "closed"


def test_a_gate_nobody_spoke_of_stays_as_it_was(world: World):
    world.declare(gates={"ambulances": "closed", "walk_ins": None})
    assert gates(world) == {
        "ambulances": "closed",
        "smur_destination": "open",
        "smur_base": "available",
        "walk_ins": "open",
    }


def test_of_several_declarations_the_strictest_wins(world: World):
    world.declare(gates={"ambulances": "life_threatening"})
    world.declare(cause="power", gates={"ambulances": "closed"})
    world.declare(cause="staffing", gates={"ambulances": "open"})
    assert gates(world)["ambulances"] == "closed"


def test_the_site_names_the_declarations_that_close_it(world: World):
    world.declare(gates={"ambulances": "life_threatening"})
    strict = world.declare(cause="power", gates={"ambulances": "closed"})
    told = told_site()["gates"]["ambulances"]
    assert (told["value"], told["because"]) == ("closed", [str(strict.pk)])
    assert told["since"] == strict.gates_since["ambulances"]


def test_of_two_that_close_it_the_earlier_tells_since_when(world: World):
    first = world.declare(gates={"ambulances": "closed"})
    world.declare(cause="power", gates={"ambulances": "closed"})
    assert told_site()["gates"]["ambulances"]["since"] == first.gates_since["ambulances"]


def test_the_author_and_his_role_are_on_record(world: World):
    diversion = world.declare()
    assert (diversion.declared_by["name"], diversion.declared_by["role"]) == ("Clara", "coordinator")


def test_dispatch_may_declare_for_a_site_saying_who_called(world: World):
    diversion = world.declare(actor=world.dina, called_by="the head nurse", authoriser="the director on duty")
    assert (diversion.called_by, diversion.authoriser) == ("the head nurse", "the director on duty")
    assert diversion.declared_by["role"] == "dispatcher"


def test_a_suspicion_restricts_nothing_and_shows_as_suspected(world: World):
    world.declare(state="suspected", cause="cyber_suspected", gates={})
    assert told_site()["condition"] == "suspected"
    assert gates(world)["ambulances"] == "open"


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ({"gates": {"ambulances": "closed"}}, "diverted"),
        ({"gates": {"ambulances": "life_threatening"}}, "limited"),
        ({"gates": {"walk_ins": "closed"}}, "limited"),
        ({"gates": {}, "closed_capabilities": ["ct"]}, "limited"),
    ],
)
def test_the_condition_of_a_site_follows_from_what_is_said(world: World, said: dict, condition: str):
    world.declare(**said)
    assert told_site()["condition"] == condition


def test_a_closed_capability_names_its_declaration(world: World):
    diversion = world.declare(gates={}, closed_capabilities=["stroke", "ct", "stroke"])
    assert diversion.closed_capabilities == ["ct", "stroke"]
    assert told_site()["closed_capabilities"] == {"ct": [str(diversion.pk)], "stroke": [str(diversion.pk)]}


def test_a_declaration_is_to_be_looked_at_again_within_the_hour(world: World):
    diversion = world.declare()
    assert diversion.review_at - diversion.declared_at == timedelta(minutes=60)


def test_the_region_decides_when_it_is_looked_at_again(world: World):
    world.region.policy = {"review_minutes": 15}
    world.region.save()
    diversion = world.declare()
    assert diversion.review_at - diversion.declared_at == timedelta(minutes=15)


def test_the_site_and_the_declaration_travel_in_one_event(world: World):
    world.declare()
    event = Event.objects.latest("seq")
    assert {one["kind"] for one in event.changes} == {"site", "diversion"}
    assert event.fact["gates"]["ambulances"] == "closed"


def test_a_comment_is_part_of_what_is_told(world: World):
    world.declare(comment="Paper only since 14:00")
    assert Event.objects.latest("seq").fact["comment"] == "Paper only since 14:00"


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"cause": "bad_weather"}, "unknown_cause", "cause"),
        ({"gates": {"ambulance": "closed"}}, "unknown_gate", "gates.ambulance"),
        ({"gates": {"ambulances": "shut"}}, "unknown_gate", "gates.ambulances"),
        ({"gates": {"walk_ins": "life_threatening"}}, "unknown_gate", "gates.walk_ins"),
        ({"closed_capabilities": ["helipad"]}, "unknown_capability", "closed_capabilities"),
        ({"services": {"coffee": {"level": "down"}}}, "unknown_service", "services.coffee"),
        ({"services": {"records": {"level": "broken"}}}, "unknown_service", "services.records"),
        ({"state": "recovering"}, "wrong_state", "state"),
        ({"state": "lifted"}, "wrong_state", "state"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_field(world: World, said: dict, code: str, field: str):
    with pytest.raises(Invalid) as refused:
        world.declare(**said)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Diversion.objects.exists()


def test_nobody_declares_at_a_site_that_does_not_exist(world: World):
    with pytest.raises(NotFound):
        world.declare("saint-nowhere")


@pytest.mark.parametrize("who", ["lucas", "ruth", "ines", "ada", "sam", "cad"])
def test_who_may_not_declare_is_told_who_may(world: World, who: str):
    with pytest.raises(Denied) as refused:
        world.declare(actor=getattr(world, who))
    assert refused.value.data["needs"] == "coordinator or dispatcher or supervisor or a token with diversions:write"
    assert not Event.objects.filter(region_id=REGION, kind="diversion.declared").exists()
