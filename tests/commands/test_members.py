"""Rights are granted and taken by an administrator, on the record, and a token's secret is told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from diversion import access
from diversion.commands import members
from diversion.errors import Denied, Invalid, NotFound
from diversion.identity import digest, token_actor, user_actor
from diversion.log import CommandKey
from diversion.models import ApiToken, Event, Membership
from tests.world import REGION, World


def grant(world: World, who: str, role: str, site: str | None = None, actor: str = "ada"):
    return members.grant_role(
        actor=getattr(world, actor),
        key=CommandKey.new(),
        user_id=world.users[who].pk,
        role=role,
        region_id=REGION,
        site_id=site,
    )


def revoke(world: World, who: str, role: str, site: str | None = None, actor: str = "ada"):
    return members.revoke_role(
        actor=getattr(world, actor),
        key=CommandKey.new(),
        user_id=world.users[who].pk,
        role=role,
        region_id=REGION,
        site_id=site,
    )


def issue(world: World, scopes: list[str], actor: str = "ada", **more):
    return members.issue_token(
        actor=getattr(world, actor), key=CommandKey.new(), region_id=REGION, name="door", scopes=scopes, **more
    )[1]


def test_a_key_that_would_open_nothing_is_not_made(world: World):
    """Vehicles and transports are the region's: bound to a site, cad:write opens no door."""
    with pytest.raises(Invalid, match="without a site") as refused:
        issue(world, ["feed:read", "cad:write"], site_id="saint-pierre")
    assert (refused.value.code, refused.value.field) == ("scope_needs_region", "scopes")


def test_a_role_works_from_the_moment_it_is_granted(world: World):
    assert not access.may(world.sam, "diversion.declare", world.site("saint-jean"))
    grant(world, "sam", "coordinator", "saint-jean")
    assert access.may(world.sam, "diversion.declare", world.site("saint-jean"))


def test_granting_what_is_held_is_no_news(world: World):
    assert grant(world, "clara", "coordinator", "saint-pierre").events == ()


def test_a_revoked_role_no_longer_works(world: World):
    revoke(world, "clara", "coordinator", "saint-pierre")
    assert not access.may(world.clara, "diversion.declare", world.site("saint-pierre"))


def test_revoking_what_is_not_held_is_no_news(world: World):
    assert revoke(world, "sam", "dispatcher").events == ()


def test_who_changed_whose_rights_is_on_record(world: World):
    grant(world, "sam", "dispatcher")
    event = Event.objects.latest("seq")
    assert (event.kind, event.actor["name"]) == ("member.changed", "Ada")
    assert event.fact == {"user": world.users["sam"].pk, "granted": "dispatcher", "site": None}


def test_a_person_may_hold_several_sites(world: World):
    grant(world, "clara", "coordinator", "saint-jean")
    assert access.may(world.clara, "diversion.declare", world.site("saint-jean"))
    assert access.may(world.clara, "diversion.declare", world.site("saint-pierre"))


@pytest.mark.parametrize(
    ("role", "site", "code"),
    [
        ("king", None, "unknown_role"),
        ("dispatcher", "saint-jean", "site_mismatch"),
        ("coordinator", None, "site_mismatch"),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(world: World, role: str, site: str | None, code: str):
    with pytest.raises(Invalid) as refused:
        grant(world, "sam", role, site)
    assert refused.value.code == code


def test_a_role_is_granted_to_somebody_at_a_site_that_exists(world: World):
    with pytest.raises(NotFound):
        grant(world, "sam", "receiver", "nowhere")
    with pytest.raises(NotFound):
        members.grant_role(actor=world.ada, key=CommandKey.new(), user_id=0, role="dispatcher", region_id=REGION)


def test_a_deactivated_account_may_nothing_anywhere(world: World):
    members.deactivate_user(actor=world.ada, key=CommandKey.new(), user_id=world.users["dina"].pk, region_id=REGION)
    assert not access.may(world.dina, "console.open", world.region)
    assert not User.objects.get(username="dina").is_active


@pytest.mark.parametrize("who", ["dina", "sofie", "clara", "ruth", "ines", "sam", "cad"])
def test_only_an_administrator_changes_rights(world: World, who: str):
    with pytest.raises(Denied):
        grant(world, "sam", "dispatcher", actor=who)
    with pytest.raises(Denied):
        revoke(world, "dina", "dispatcher", actor=who)
    with pytest.raises(Denied):
        issue(world, ["feed:read"], actor=who)
    with pytest.raises(Denied):
        members.deactivate_user(
            actor=getattr(world, who), key=CommandKey.new(), user_id=world.users["dina"].pk, region_id=REGION
        )


def test_the_database_ties_hospital_roles_to_a_site(world: World):
    for role, site in (("coordinator", None), ("dispatcher", "saint-jean")):
        with pytest.raises(IntegrityError, match="membership_site_matches_role"), transaction.atomic():
            Membership.objects.create(user=world.users["sam"], role=role, region=world.region, site_id=site)


def test_the_database_knows_each_membership_once_also_without_a_site(world: World):
    with pytest.raises(IntegrityError, match="membership_once"), transaction.atomic():
        Membership.objects.create(user=world.users["dina"], role="dispatcher", region=world.region)


# ------------------------------------------------------------------ tokens


def test_a_token_is_kept_as_its_hash(world: World):
    secret = issue(world, ["feed:read"])
    assert ApiToken.objects.filter(digest=digest(secret)).exists()
    assert not ApiToken.objects.filter(digest=secret).exists()


def test_the_record_of_a_token_does_not_give_it_away(world: World):
    secret = issue(world, ["feed:read"])
    assert secret not in str(Event.objects.latest("seq").fact)
    assert digest(secret) not in str(Event.objects.latest("seq").fact)


def test_a_token_acts_under_its_name(world: World):
    actor = token_actor(issue(world, ["feed:read"]))
    assert actor is not None
    assert (actor.kind, actor.name) == ("token", "door")


@pytest.mark.parametrize("secret", ["", None, "made-up"])
def test_an_unknown_token_is_nobody(world: World, secret: str | None):
    assert token_actor(secret) is None


def test_an_expired_token_is_nobody(world: World, time_machine):
    secret = issue(world, ["feed:read"], expires_at=timezone.now() + timedelta(hours=1))
    assert token_actor(secret) is not None
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert token_actor(secret) is None


def test_a_revoked_token_is_nobody(world: World):
    secret = issue(world, ["feed:read"])
    token = ApiToken.objects.get(digest=digest(secret))
    members.revoke_token(actor=world.ada, key=CommandKey.new(), region_id=REGION, token_id=token.pk)
    assert token_actor(secret) is None


def test_a_scope_nobody_knows_is_refused(world: World):
    with pytest.raises(Invalid) as refused:
        issue(world, ["everything"])
    assert refused.value.code == "unknown_scope"


def test_a_token_for_a_site_that_does_not_exist_is_refused(world: World):
    with pytest.raises(NotFound):
        issue(world, ["screens:beat"], site_id="nowhere")


def test_a_person_is_called_by_the_full_name_or_else_the_account(world: World):
    assert user_actor(User(username="x1", first_name="Ana", last_name="Lima")).name == "Ana Lima"
    assert user_actor(User(username="x1")).name == "x1"
