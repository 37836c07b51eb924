"""Who reads what: dispatch everything, a site's staff what concerns their sites, a stranger nothing."""

from __future__ import annotations

import pytest

from diversion.commands import members
from diversion.errors import Denied, Invalid
from diversion.log import CommandKey
from diversion.wire.audiences import Audience, audience_of
from tests.access.actors import token
from tests.world import REGION, World


@pytest.mark.parametrize("who", ["dina", "sofie", "ines", "ada", "cad"])
def test_dispatch_and_those_who_oversee_it_read_everything(world: World, who: str):
    assert audience_of(getattr(world, who), REGION).name == "dispatch"


@pytest.mark.parametrize(("who", "site"), [("clara", "saint-pierre"), ("ruth", "saint-jean")])
def test_a_sites_staff_read_what_concerns_their_site(world: World, who: str, site: str):
    assert audience_of(getattr(world, who), REGION).name == f"sites:{site}"


def test_who_holds_several_sites_reads_them_together(world: World):
    members.grant_role(
        actor=world.ada, key=CommandKey.new(), user_id=world.users["lucas"].pk, role="receiver",
        region_id=REGION, site_id="saint-jean",
    )  # fmt: skip
    assert audience_of(world.lucas, REGION).name == "sites:saint-jean,saint-luc"


def test_who_also_dispatches_reads_everything(world: World):
    members.grant_role(
        actor=world.ada, key=CommandKey.new(), user_id=world.users["clara"].pk, role="dispatcher", region_id=REGION
    )
    assert audience_of(world.clara, REGION).name == "dispatch"


@pytest.mark.parametrize("who", ["sam"])
def test_a_stranger_reads_nothing(world: World, who: str):
    with pytest.raises(Denied):
        audience_of(getattr(world, who), REGION)


@pytest.mark.parametrize("who", ["dina", "clara", "ada", "cad"])
def test_nobody_reads_a_region_without_a_role_there(world: World, who: str):
    with pytest.raises(Denied):
        audience_of(getattr(world, who), "elsewhere")


def test_a_token_without_the_scope_reads_nothing(world: World):
    with pytest.raises(Denied):
        audience_of(token(world, "cad:write", "diversions:write"), REGION)


def test_a_token_of_a_site_reads_that_site(world: World):
    assert audience_of(token(world, "feed:read", site="saint-luc"), REGION).name == "sites:saint-luc"


def test_dispatch_may_look_through_a_sites_eyes(world: World):
    assert audience_of(world.dina, REGION, "sites:saint-pierre").sites == {"saint-pierre"}


def test_asking_for_what_one_reads_anyway_changes_nothing(world: World):
    assert audience_of(world.dina, REGION, "dispatch").name == "dispatch"
    assert audience_of(world.clara, REGION, "sites:saint-pierre").name == "sites:saint-pierre"


@pytest.mark.parametrize("wish", ["sites:saint-luc", "sites:saint-pierre,saint-luc"])
def test_a_site_does_not_look_through_anothers_eyes(world: World, wish: str):
    with pytest.raises(Denied):
        audience_of(world.clara, REGION, wish)


def test_a_site_does_not_read_as_dispatch(world: World):
    with pytest.raises(Denied):
        audience_of(world.clara, REGION, "dispatch")


def test_a_token_of_a_site_does_not_read_as_dispatch(world: World):
    with pytest.raises(Denied):
        audience_of(token(world, "feed:read", site="saint-luc"), REGION, "dispatch")


def test_a_site_nobody_knows_is_named_instead_of_showing_an_empty_picture(world: World):
    with pytest.raises(Invalid, match="'nowhere'") as refused:
        audience_of(world.cad, REGION, "sites:saint-pierre,nowhere")
    assert (refused.value.code, refused.value.field) == ("unknown_site", "audience")


@pytest.mark.parametrize("wish", ["sites:", "sites:,", "everything", "sites:saint-luc,"])
def test_a_wish_nobody_understands_is_refused(world: World, wish: str):
    with pytest.raises(Invalid):
        audience_of(world.dina, REGION, wish)


@pytest.mark.parametrize(
    ("sites", "scope", "sees"),
    [
        (None, None, True),
        (None, [], True),
        (None, ["a"], True),
        ({"a"}, None, True),
        ({"a"}, [], False),
        ({"a"}, ["a"], True),
        ({"a"}, ["b"], False),
        ({"a", "b"}, ["b", "c"], True),
    ],
)
def test_a_change_is_seen_by_whom_its_scope_names(sites: set | None, scope: list | None, sees: bool):
    assert Audience(REGION, None if sites is None else frozenset(sites)).sees(scope) is sees
