"""Accounts, roles and keys, as an administrator at the server's command line handles them."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from diversion.identity import token_actor
from diversion.models import ApiToken, Event, Membership
from tests.world import REGION, World


def told(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_a_role_that_is_granted_is_held_and_on_record(world: World) -> None:
    told("member", "grant", "sam", "--region", REGION, "--role", "receiver", "--site", "huderf")
    assert Membership.objects.filter(user=world.users["sam"], role="receiver", site_id="huderf").exists()
    assert Event.objects.filter(region=world.region, kind="member.changed", fact__granted="receiver").exists()


def test_granting_what_is_held_changes_nothing(world: World) -> None:
    assert told("member", "grant", "dina", "--region", REGION, "--role", "dispatcher") == "Nothing had to change."


def test_a_role_that_is_revoked_is_gone(world: World) -> None:
    told("member", "revoke", "dina", "--region", REGION, "--role", "dispatcher")
    assert not Membership.objects.filter(user=world.users["dina"]).exists()


def test_a_site_role_without_a_site_is_refused(world: World) -> None:
    with pytest.raises(CommandError, match="held at a site"):
        told("member", "grant", "sam", "--region", REGION, "--role", "coordinator")


def test_an_account_that_does_not_exist_is_named(world: World) -> None:
    with pytest.raises(CommandError, match="nobody"):
        told("member", "grant", "nobody", "--region", REGION, "--role", "dispatcher")


def test_the_list_says_who_holds_what_and_who_is_shut_out(world: World) -> None:
    told("member", "deactivate", "dina", "--region", REGION)
    listed = told("member", "list", "--region", REGION)
    assert "clara" in listed
    assert "saint-pierre" in listed
    assert "(shut out)" in next(line for line in listed.splitlines() if line.startswith("dina"))


def test_a_key_is_shown_once_and_only_its_hash_is_kept(world: World) -> None:
    secret = told("token", "issue", "--region", REGION, "--name", "Second CAD", "--scope", "cad:write")
    actor = token_actor(secret)
    assert actor is not None
    assert actor.name == "Second CAD"
    assert not ApiToken.objects.filter(digest=secret).exists()
    assert secret not in str(list(Event.objects.values_list("fact", flat=True)))


def test_a_revoked_key_opens_nothing(world: World) -> None:
    secret = told("token", "issue", "--region", REGION, "--name", "Second CAD", "--scope", "cad:write")
    told("token", "revoke", "--region", REGION, "--id", str(ApiToken.objects.get(name="Second CAD").pk))
    assert token_actor(secret) is None
    assert "revoked" in told("token", "list", "--region", REGION)


def test_passwords_are_kept_by_a_hasher_that_is_slow_on_purpose() -> None:
    import diversion.settings

    assert diversion.settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_nobody_signs_up(db: None) -> None:
    page = Client(HTTP_ACCEPT_LANGUAGE="en").post(
        "/accounts/signup/", {"username": "x", "password1": "long enough 1234", "password2": "long enough 1234"}
    )
    assert page.status_code in (200, 403, 404)
    from django.contrib.auth.models import User

    assert not User.objects.filter(username="x").exists()


def test_a_person_is_invited_from_the_command_line_and_the_link_goes_to_standard_output_alone(world: World) -> None:
    who = ("invite", "nadia", "--region", REGION, "--role", "coordinator", "--site", "saint-jean")
    link = told("member", *who, "--url", "https://diversion.example/")
    assert link.startswith("https://diversion.example/enrol/")
    assert Client().get(link.removeprefix("https://diversion.example")).status_code == 200
    with pytest.raises(CommandError, match="already"):
        told("member", *who)
    with pytest.raises(CommandError, match="--role"):
        told("member", "invite", "noel", "--region", REGION)


def test_links_and_cards_are_made_and_ended_from_the_command_line(world: World) -> None:
    link = told("member", "renew", "clara", "--region", REGION)
    assert Client().get(link).status_code == 200
    assert told("member", "withdraw", "clara", "--region", REGION) == "Ended."
    assert told("member", "withdraw", "clara", "--region", REGION) == "There is none in force."
    codes = told("member", "card", "clara", "--region", REGION).splitlines()
    assert len(codes) == 10
    assert Client().post("/accounts/card/", {"username": "clara", "code": codes[0]}).status_code == 302
    assert told("member", "end-card", "clara", "--region", REGION) == "Ended."
    assert Client().post("/accounts/card/", {"username": "clara", "code": codes[1]}).status_code == 403
