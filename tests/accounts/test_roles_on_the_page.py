"""Roles are given and taken away on the administrator's page, each press a command with the administrator's name."""

from __future__ import annotations

from django.test import Client

from diversion.models import Event, Membership
from tests.world import REGION, World

PAGE = f"/people/{REGION}/"


def press(world: World, who: str, about: str, **said: str):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(world.users[who])
    return browser.post(f"{PAGE}{world.users[about].pk}/", said)


def roles(world: World, who: str) -> set[tuple[str, str | None]]:
    return set(Membership.objects.filter(user=world.users[who]).values_list("role", "site_id"))


def test_a_role_is_given_and_taken_away(world: World):
    press(world, "ada", "clara", act="grant", role="receiver", site="saint-luc")
    assert roles(world, "clara") == {("coordinator", "saint-pierre"), ("receiver", "saint-luc")}
    assert Event.objects.latest("seq").actor["name"] == "Ada"
    press(world, "ada", "clara", act="revoke", role="receiver", site="saint-luc")
    assert roles(world, "clara") == {("coordinator", "saint-pierre")}


def test_a_role_without_its_site_is_refused_in_plain_words(world: World):
    answer = press(world, "ada", "clara", act="grant", role="receiver")
    assert (answer.status_code, "choose the site" in answer.text) == (409, True)


def test_an_account_is_shut_out_at_once(world: World):
    browser = Client()
    browser.force_login(world.users["clara"])
    press(world, "ada", "clara", act="shut_out")
    assert browser.get("/api/me").status_code == 401


def test_nobody_else_gives_roles(world: World):
    for who in ("dina", "sofie", "clara", "sam"):
        assert press(world, who, "clara", act="grant", role="administrator").status_code == 403
    assert roles(world, "clara") == {("coordinator", "saint-pierre")}
