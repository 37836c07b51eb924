"""Each action is allowed to exactly whom the table below says, and refused to everybody else, one by one.

The table is written out, not derived from the rules, so that a change of the rules has to be said twice.
"""

from __future__ import annotations

from typing import Any

import pytest

from diversion import access
from diversion.actors import CLOCK, SYSTEM, Actor
from diversion.commands import crews
from diversion.errors import Denied
from diversion.log import CommandKey
from diversion.models import ApiToken, Channel, Notice, Redirect, SitePresence, Transport, Vehicle
from hospitals.models import Region, Site
from tests.access.actors import token
from tests.world import CAST, World

DISPATCH = {"dina", "dirk", "sofie"}
READING = DISPATCH | {"ines", "ada"}

#: action: (what it is asked about, who of the cast may, which token scope may). Subjects are of Saint-Pierre.
ALLOWED: dict[str, tuple[str, set[str], str | None]] = {
    "registry.import": ("region", {"ada"}, None),
    "member.change": ("region", {"ada"}, None),
    "log.restore": ("region", set(), None),
    "operations.read": ("region", {"ada"}, None),
    "diversion.declare": ("site", DISPATCH | {"clara"}, "diversions:write"),
    "diversion.amend": ("diversion", DISPATCH | {"clara"}, "diversions:write"),
    "diversion.attest": ("diversion", DISPATCH | {"clara"}, "diversions:write"),
    "diversion.confirm": ("diversion", {"clara"}, None),
    "diversion.loosen": ("diversion", DISPATCH, None),
    "diversion.lift": ("diversion", DISPATCH, None),
    "reopening.ask": ("diversion", {"clara"}, "diversions:write"),
    "reopening.answer": ("diversion", DISPATCH, None),
    "question.ask": ("region", DISPATCH, None),
    "question.answer": ("site", DISPATCH | {"clara", "rita"}, None),
    "question.fall_due": ("region", set(), None),
    "mass_casualty.change": ("region", DISPATCH, None),
    "capacity.offer": ("site", DISPATCH | {"clara", "rita"}, "notices:write"),
    "capacity.fall_due": ("region", set(), None),
    "site.quarantine": ("site", {"sofie", "ada", "clara"}, None),
    "site.release": ("site", {"sofie", "ada"}, None),
    "policy.change": ("region", {"sofie", "ada"}, None),
    "exercise.change": ("region", {"sofie", "ada"}, None),
    "diversion.undo": ("diversion", DISPATCH | {"clara"}, "diversions:write"),
    "diversion.withdraw": ("diversion", {"sofie"}, None),
    "diversion.see": ("diversion", DISPATCH, None),
    "vehicle.change": ("region", set(), "cad:write"),
    "position.report": ("region", set(), "cad:write"),
    "transport.change": ("transport", DISPATCH, "cad:write"),
    "transport.read": ("transport", READING, "feed:read"),
    "redirect.order": ("transport", DISPATCH, None),
    "redirect.acknowledge": ("redirect", DISPATCH | {"carl"}, "cad:write"),
    "claim.hold": ("region", DISPATCH, None),
    "redirect.object": ("redirect", {"carl"}, None),
    "crew.open": ("region", {"carl"}, None),
    "crew.board": ("vehicle", {"carl"}, None),
    "notice.send": ("transport", DISPATCH, "cad:write"),
    "notice.answer": ("notice", DISPATCH | {"clara", "rita"}, "notices:write"),
    "notice.escalate": ("notice", set(), None),
    "screen.beat": ("site", {"clara", "rita"}, "screens:beat"),
    "presence.record": ("presence", {"clara", "rita"}, "screens:beat"),
    "console.open": ("region", READING, None),
    "page.open": ("site", DISPATCH | {"clara", "rita"}, None),
    "screen.open": ("site", {"clara", "rita"}, None),
    "diversion.fall_due": ("diversion", set(), None),
    "channel.change": ("channel", {"ada"}, None),
    "channel.enrol": ("site", {"clara"}, None),
    "channel.enrol_region": ("region", DISPATCH, None),
    "channel.retire": ("channel", {"ada", "clara"}, None),
    "channel.test": ("channel", {"ada", "sofie", "clara"}, None),
    "channel.report": ("channel", set(), None),
    "delivery.read": ("region", READING, None),
}
CLOCKWORK = {
    "log.restore",
    "notice.escalate",
    "presence.record",
    "diversion.fall_due",
    "question.fall_due",
    "capacity.fall_due",
    "channel.test",
    "channel.report",
}
SCOPES = ("feed:read", "cad:write", "diversions:write", "notices:write", "screens:beat")

#: The cast, and two more: Sam, and Rita, who receives at Saint-Pierre. Carl is on the vehicle.
PEOPLE = (*CAST, "sam", "rita")


@pytest.fixture
def subjects(world: World, more: None) -> dict[str, Any]:
    transport = world.transport("a1")
    redirect = world.order(transport, "saint-luc")
    crews.board_vehicle(actor=world.carl, key=CommandKey.new(), vehicle_id=transport.vehicle_id)
    return {
        "region": world.region,
        "site": world.site("saint-pierre"),
        "diversion": world.declare(),
        "transport": transport,
        "redirect": redirect,
        "vehicle": transport.vehicle,
        "notice": world.notice(transport),
        "presence": SitePresence.objects.get(pk="saint-pierre"),
        "channel": Channel(region=world.region, site=world.site("saint-pierre")),
    }


def test_each_person_may_what_the_table_says_and_nothing_else(world: World, subjects: dict[str, Any]):
    may = {
        action: {who for who in PEOPLE if access.may(getattr(world, who), action, subjects[kind])}
        for action, (kind, _, _) in ALLOWED.items()
    }
    assert may == {action: allowed for action, (_, allowed, _) in ALLOWED.items()}


def test_each_token_may_what_its_scope_says_and_nothing_else(world: World, subjects: dict[str, Any]):
    tokens = {scope: token(world, scope) for scope in SCOPES}
    may = {
        action: {scope for scope, one in tokens.items() if access.may(one, action, subjects[kind])}
        for action, (kind, _, _) in ALLOWED.items()
    }
    assert may == {action: {scope} if scope else set() for action, (_, _, scope) in ALLOWED.items()}


def test_the_clock_may_only_what_falls_due(world: World, subjects: dict[str, Any]):
    assert {
        action for action, (kind, _, _) in ALLOWED.items() if access.may(CLOCK, action, subjects[kind])
    } == CLOCKWORK


def test_every_rule_is_in_the_table_and_nothing_else_is():
    assert set(ALLOWED) == set(access.RULES)


def test_the_servers_own_command_line_may_everything(world: World, subjects: dict[str, Any]):
    assert all(access.may(SYSTEM, action, subjects[kind]) for action, (kind, _, _) in ALLOWED.items())


@pytest.mark.parametrize("who", ["dina", "sam"])
def test_an_action_nobody_has_listed_is_a_mistake_of_ours(world: World, who: str):
    with pytest.raises(KeyError):
        access.require(getattr(world, who), "coffee.make", world.region)


def test_a_refusal_names_who_may(world: World):
    with pytest.raises(Denied) as refused:
        access.require(world.clara, "diversion.withdraw", world.region)
    assert refused.value.data == {"action": "diversion.withdraw", "needs": "supervisor"}


def test_what_nobody_may_says_so(world: World):
    with pytest.raises(Denied) as refused:
        access.require(world.dina, "notice.escalate", world.region)
    assert refused.value.data["needs"] == "nobody"


def test_an_unknown_kind_of_actor_may_nothing(world: World, subjects: dict[str, Any]):
    stranger = Actor("device", 1, "toaster")  # type: ignore[arg-type]
    assert not any(access.may(stranger, action, subjects[kind]) for action, (kind, _, _) in ALLOWED.items())


def test_the_role_that_was_used_is_the_one_recorded(world: World):
    assert access.require(world.sofie, "diversion.declare", world.site("saint-luc")) == "supervisor"
    assert access.require(token(world, "cad:write"), "vehicle.change", world.region) == "integration"


# ------------------------------------------------------------------ the same rights elsewhere


def test_a_role_at_one_site_says_nothing_about_another(world: World, subjects: dict[str, Any]):
    of_sites = [(action, subjects[kind]) for action, (kind, _, _) in ALLOWED.items() if kind != "region"]
    elsewhere_at_home = [world.lucas, world.ruth]
    assert [
        action for action, here in of_sites if any(access.may(who, action, here) for who in elsewhere_at_home)
    ] == []


def test_a_role_in_one_region_says_nothing_about_another(world: World, elsewhere: dict[str, Any]):
    everybody = [getattr(world, who) for who in (*CAST, "sam")] + [token(world, scope) for scope in SCOPES]
    may = [
        (action, who.name)
        for action, (kind, _, _) in ALLOWED.items()
        for who in everybody
        if access.may(who, action, elsewhere[kind])
    ]
    assert may == []


@pytest.mark.parametrize("scope", ["diversions:write", "notices:write", "screens:beat"])
def test_a_token_of_a_site_is_good_for_that_site_alone(world: World, subjects: dict[str, Any], scope: str):
    action, kind = {
        "diversions:write": ("diversion.declare", "site"),
        "notices:write": ("notice.answer", "notice"),
        "screens:beat": ("screen.beat", "site"),
    }[scope]
    assert access.may(token(world, scope, site="saint-pierre"), action, subjects[kind])
    assert not access.may(token(world, scope, site="saint-luc"), action, subjects[kind])


@pytest.mark.parametrize(
    ("scope", "action", "kind"),
    [
        ("cad:write", "vehicle.change", "region"),
        ("cad:write", "transport.change", "transport"),
        ("feed:read", "transport.read", "transport"),
    ],
)
def test_a_token_of_a_site_is_no_token_of_the_region(
    world: World, subjects: dict[str, Any], scope: str, action: str, kind: str
):
    bound = token(world, scope)
    # Not issued so: for cad:write that is refused today, but one that was bound long ago must open nothing either.
    ApiToken.objects.filter(pk=bound.id).update(site_id="saint-pierre")
    assert not access.may(bound, action, subjects[kind])


@pytest.fixture
def elsewhere(world: World) -> dict[str, Any]:
    """One of each in a region where nobody of the cast has any role."""
    region = Region(id="elsewhere")
    site = Site(id="far", region=region)
    vehicle = Vehicle(region=region, ref="v")
    transport = Transport(region=region, vehicle=vehicle, destination=site)
    from diversion.models import Diversion

    return {
        "region": region,
        "site": site,
        "diversion": Diversion(region=region, site=site),
        "transport": transport,
        "redirect": Redirect(region=region, transport=transport),
        "vehicle": vehicle,
        "notice": Notice(region=region, site=site, transport=transport),
        "presence": SitePresence(site=site, region=region),
        "channel": Channel(region=region, site=site),
    }
