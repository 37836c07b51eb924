"""Reopening: the site asks with its checklist, dispatch acknowledges, and only then is anybody admitted again."""

from __future__ import annotations

import pytest

from diversion.commands import attesting, diversions, reopening
from diversion.errors import Conflict, Denied, Invalid
from diversion.log import CommandKey
from diversion.models import Diversion, Event, Transport
from hospitals.services import CHECKLIST
from tests.access.actors import token
from tests.world import World

ALL_WORKS = dict.fromkeys(CHECKLIST, "works")
PARTLY = {**ALL_WORKS, "laboratory": "not_yet"}


def ask(world: World, diversion: Diversion, who: str = "clara", version: int | None = None, **wish) -> Diversion:
    wish = {"extent": "full", "checklist": ALL_WORKS, **wish}
    reopening.ask_reopening(
        actor=getattr(world, who),
        key=CommandKey.new(),
        diversion_id=diversion.pk,
        version=version,
        wish=reopening.Wish(**wish),
    )
    diversion.refresh_from_db()
    return diversion


def acknowledge(world: World, diversion: Diversion, who: str = "dina") -> Diversion:
    reopening.acknowledge_reopening(actor=getattr(world, who), key=CommandKey.new(), diversion_id=diversion.pk)
    diversion.refresh_from_db()
    return diversion


def site_now() -> dict:
    """The site as the last event tells it."""
    return next(one["state"] for one in Event.objects.latest("seq").changes if one["kind"] == "site")


def decline(world: World, diversion: Diversion, who: str = "dina", reason: str = "two more on their way") -> Diversion:
    reopening.decline_reopening(
        actor=getattr(world, who), key=CommandKey.new(), diversion_id=diversion.pk, reason=reason
    )
    diversion.refresh_from_db()
    return diversion


def test_asking_opens_nothing(world: World):
    transport = world.transport("a1")
    diversion = ask(world, world.declare())
    assert (diversion.state, diversion.ambulances) == ("active", "closed")
    assert diversion.reopening["asked_by"] == "Clara"
    assert Transport.objects.get(pk=transport.pk).affected_since is not None


def test_dispatch_acknowledges_and_the_episode_ends(world: World):
    transport = world.transport("a1")
    diversion = acknowledge(world, ask(world, world.declare()))
    assert (diversion.state, diversion.reopening) == ("lifted", None)
    assert Transport.objects.get(pk=transport.pk).affected_since is None
    event = Event.objects.latest("seq")
    assert (event.kind, event.actor["name"], event.fact["reopening"]["asked_by"]) == (
        "diversion.lifted",
        "Dina",
        "Clara",
    )


def test_a_limited_site_that_asks_does_not_yet_read_as_reopening(world: World):
    ask(world, world.declare(gates={"ambulances": "life_threatening"}))
    assert site_now()["condition"] == "limited"


def test_a_part_reopens_as_far_as_was_asked(world: World):
    diversion = world.declare(
        gates={"ambulances": "closed", "walk_ins": "closed"}, closed_capabilities=["ct", "stroke"]
    )
    wish = {"gates": {"ambulances": "life_threatening"}, "closed_capabilities": ["ct"], "accepts": ["stroke"]}
    ask(world, diversion, extent="partial", checklist=PARTLY, **wish)
    assert diversion.ambulances == "closed"
    acknowledge(world, diversion)
    assert (diversion.state, diversion.ambulances, diversion.walk_ins) == ("recovering", "life_threatening", "closed")
    assert (diversion.closed_capabilities, diversion.accepts) == (["ct"], ["stroke"])
    # However far recovery has come: somebody is still not taken.
    assert site_now()["condition"] == "limited"


def test_what_was_remarked_of_the_closed_gates_is_not_said_of_the_open_ones(world: World):
    diversion = world.declare(comment="still diverted")
    wish = {"gates": {"ambulances": "open"}, "comment": "records still on paper"}
    ask(world, diversion, extent="partial", checklist=PARTLY, **wish)
    assert diversion.comment == "still diverted"
    acknowledge(world, diversion)
    assert diversion.comment == "records still on paper"
    assert site_now()["condition"] == "reopening"


def test_what_works_again_is_told_before_anybody_acknowledges(world: World):
    diversion = world.declare(services={"laboratory": {"level": "down"}})
    ask(world, diversion, services={"laboratory": {"level": "normal"}})
    assert diversion.services["laboratory"]["level"] == "normal"


def test_dispatch_may_say_not_yet_and_the_hospital_reads_why(world: World):
    diversion = decline(world, ask(world, world.declare()))
    assert (diversion.state, diversion.ambulances, diversion.reopening) == ("active", "closed", None)
    assert Event.objects.latest("seq").fact["reason"] == "two more on their way"


def test_asking_again_replaces_what_was_asked(world: World):
    diversion = ask(world, ask(world, world.declare()), extent="partial", checklist=PARTLY)
    assert diversion.reopening["extent"] == "partial"


@pytest.mark.parametrize("what", ["amend", "attest"])
def test_who_says_that_it_goes_on_no_longer_asks(world: World, what: str):
    diversion = ask(world, world.declare())
    common = {"actor": world.clara, "key": CommandKey.new(), "diversion_id": diversion.pk}
    if what == "amend":
        diversions.amend_diversion(**common, changes={"comment": "worse again"})
    else:
        attesting.attest_diversion(**common)
    with pytest.raises(Conflict) as refused:
        acknowledge(world, diversion)
    assert refused.value.code == "not_asked"


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        ({"extent": "somewhat"}, "unknown_extent", "extent"),
        ({"checklist": {}}, "checklist_incomplete", "checklist.records"),
        ({"checklist": {**ALL_WORKS, "records": "perhaps"}}, "checklist_incomplete", "checklist.records"),
        ({"checklist": {**ALL_WORKS, "coffee": "works"}}, "checklist_incomplete", "checklist.coffee"),
        ({"checklist": PARTLY}, "not_ready", "checklist.laboratory"),
        ({"gates": {"ambulances": "ajar"}}, "unknown_gate", "gates.ambulances"),
        ({"services": {"records": {"level": "fine"}}}, "unknown_service", "services.records"),
    ],
)
def test_what_is_not_answered_or_cannot_be_meant_is_refused(world: World, wish: dict, code: str, field: str):
    diversion = world.declare()
    with pytest.raises(Invalid) as refused:
        ask(world, diversion, **wish)
    assert (refused.value.code, refused.value.field) == (code, field)
    diversion.refresh_from_db()
    assert (diversion.state, diversion.reopening) == ("active", None)


def test_a_service_that_was_never_affected_counts_as_working(world: World):
    checklist = {**ALL_WORKS, "radiology": "not_affected"}
    assert ask(world, world.declare(), checklist=checklist).reopening["checklist"] == checklist


def test_declining_needs_a_reason(world: World):
    diversion = ask(world, world.declare())
    with pytest.raises(Invalid, match="read why"):
        decline(world, diversion, reason=" ")


@pytest.mark.parametrize("who", ["dina", "lucas", "ruth", "ines", "ada", "sam", "cad"])
def test_only_the_hospital_asks(world: World, who: str):
    diversion = world.declare()
    with pytest.raises(Denied):
        ask(world, diversion, who=who)


def test_the_hospitals_own_system_may_ask(world: World):
    machine = token(world, "diversions:write", site="saint-pierre")
    wish = reopening.Wish(extent="full", checklist=ALL_WORKS)
    diversion = world.declare()
    reopening.ask_reopening(actor=machine, key=CommandKey.new(), diversion_id=diversion.pk, wish=wish)
    with pytest.raises(Denied):
        reopening.acknowledge_reopening(actor=machine, key=CommandKey.new(), diversion_id=diversion.pk)


@pytest.mark.parametrize("answer", [acknowledge, decline])
@pytest.mark.parametrize("who", ["clara", "lucas", "ruth", "ines", "ada", "sam", "cad"])
def test_only_dispatch_answers(world: World, who: str, answer):
    diversion = ask(world, world.declare())
    with pytest.raises(Denied):
        answer(world, diversion, who=who)


def test_two_dispatchers_do_not_both_acknowledge(world: World):
    diversion = acknowledge(world, ask(world, world.declare()))
    with pytest.raises(Conflict, match="is lifted"):
        acknowledge(world, diversion, who="dirk")
