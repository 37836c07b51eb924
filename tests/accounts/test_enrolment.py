"""An administrator invites, the person enrols: once, in time, and nobody else's account with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from diversion.commands import invitations
from diversion.errors import Conflict, Denied, Invalid, NotFound
from diversion.identity import digest, user_actor
from diversion.log import CommandKey
from diversion.models import Event, Invitation, Membership
from hospitals.models import Region
from tests.accounts.doors import GOOD, enrol, invite, renew, sign_in, stranger, with_password, words
from tests.threads import both
from tests.world import REGION, World


def test_an_invitation_makes_an_account_with_its_roles_that_nobody_can_log_in_to(world: World):
    invite(world, first_name="Nadia")
    nadia = User.objects.get(username="nadia")
    assert not nadia.has_usable_password()
    assert [(one.role, one.site_id) for one in nadia.memberships.all()] == [("coordinator", "saint-jean")]
    assert sign_in(stranger(), "nadia", "").status_code == 200


def test_of_the_link_only_a_digest_is_kept_and_the_log_tells_nothing_of_it(world: World):
    secret = invite(world)
    assert Invitation.objects.get().digest == digest(secret)
    assert secret not in str(list(Invitation.objects.values()))
    events = Event.objects.filter(region_id=REGION, actor__name="Ada")
    assert [event.kind for event in events] == ["member.changed", "member.changed"]
    assert secret not in str(list(events.values_list("fact", flat=True)))


def test_the_page_says_for_whom_it_is_and_looking_uses_nothing(world: World):
    secret = invite(world, first_name="Nadia")
    for _ in range(2):
        page = stranger().get(f"/enrol/{secret}/")
        assert page.status_code == 200
        assert "for Nadia , from Ada" in words(page)
    assert page["Referrer-Policy"] == "strict-origin"
    assert 'name="referrer"' not in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_a_person_chooses_a_password_and_is_led_to_the_second_factor_without_being_asked_again(world: World):
    browser = stranger()
    answer = enrol(browser, invite(world))
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    assert browser.get("/accounts/2fa/webauthn/add/").status_code == 200
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 200
    assert User.objects.get(username="nadia").check_password(GOOD)
    assert Event.objects.latest("seq").fact["invitation"] == "used"


def test_a_link_works_once(world: World):
    secret = invite(world)
    enrol(stranger(), secret)
    for answer in (stranger().get(f"/enrol/{secret}/"), enrol(stranger(), secret, "another long password")):
        assert answer.status_code == 410
        assert "already been used" in words(answer)
        assert "Ask whoever sent it" in words(answer)
    assert User.objects.get(username="nadia").check_password(GOOD)


def test_a_link_expires_after_three_days(world: World):
    secret = invite(world)
    with time_machine.travel(timezone.now() + timedelta(hours=71, minutes=59), tick=False):
        assert stranger().get(f"/enrol/{secret}/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=72, seconds=1), tick=False):
        answer = enrol(stranger(), secret)
        assert answer.status_code == 410
        assert "has expired" in words(answer)
    assert not User.objects.get(username="nadia").has_usable_password()


def test_a_link_can_be_withdrawn(world: World):
    secret = invite(world)
    nadia = User.objects.get(username="nadia")
    ended = invitations.revoke_invitation(actor=world.ada, key=CommandKey.new(), region_id=REGION, user_id=nadia.pk)
    assert ended.events[0].fact["invitation"] == "revoked"
    assert "withdrawn" in words(enrol(stranger(), secret))
    again = invitations.revoke_invitation(actor=world.ada, key=CommandKey.new(), region_id=REGION, user_id=nadia.pk)
    assert again.events == ()


def test_a_new_link_ends_the_one_before(world: World):
    first = invite(world)
    second = renew(world, User.objects.get(username="nadia"))
    assert stranger().get(f"/enrol/{first}/").status_code == 410
    assert stranger().get(f"/enrol/{second}/").status_code == 200


def test_two_open_links_for_one_person_cannot_be_written(world: World):
    invite(world)
    one = Invitation.objects.get()
    one.pk, one.digest = None, "another"
    with pytest.raises(IntegrityError, match="invitation_one_open_per_person"), transaction.atomic():
        one.save(force_insert=True)


def test_a_link_nobody_made_opens_nothing_and_says_whom_to_ask(world: World):
    answer = stranger().get("/enrol/not-a-secret/")
    assert answer.status_code == 404
    assert "opens nothing" in words(answer)
    assert "Ask the administrator" in words(answer)


def test_somebody_shut_out_meanwhile_does_not_get_in(world: World):
    secret = invite(world)
    User.objects.filter(username="nadia").update(is_active=False)
    assert enrol(stranger(), secret).status_code == 410
    assert not User.objects.get(username="nadia").has_usable_password()


@pytest.mark.parametrize(("password", "again"), [("short", "short"), (GOOD, "something else entirely"), ("", "")])
def test_a_bad_password_uses_nothing_up(world: World, password: str, again: str):
    secret = invite(world)
    answer = enrol(stranger(), secret, password, again)
    assert answer.status_code == 200
    assert b"errorlist" in answer.content
    assert Invitation.objects.get().used_at is None


def test_a_link_opened_in_somebody_elses_browser_signs_that_person_out_first(world: World, login):
    browser = login("dina")
    secret = invite(world)
    assert "You are signed in as dina" in words(browser.get(f"/enrol/{secret}/"))
    enrol(browser, secret)
    assert browser.session["_auth_user_id"] == str(User.objects.get(username="nadia").pk)


def test_guessing_links_is_limited(world: World):
    browser = stranger()
    answers = [enrol(browser, f"guess-{number}").status_code for number in range(31)]
    assert answers[:30] == [404] * 30
    assert answers[30] == 429
    assert stranger(REMOTE_ADDR="192.0.2.7").post("/enrol/other/", {}).status_code == 404


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("who", ["dina", "sofie", "clara", "ines", "sam"])
def test_only_an_administrator_invites(world: World, who: str):
    with pytest.raises(Denied):
        invite(world, actor=who)
    assert not User.objects.filter(username="nadia").exists()


@pytest.mark.parametrize(
    ("username", "code"), [("Dina", "username_taken"), ("a b", "username_invalid"), ("", "username_invalid")]
)
def test_a_user_name_is_whole_and_nobody_elses(world: World, username: str, code: str):
    with pytest.raises(Invalid) as refused:
        invite(world, username)
    assert refused.value.code == code


def test_a_role_that_cannot_be_makes_no_account(world: World):
    with pytest.raises(Invalid):
        invite(world, roles=[("coordinator", None)])
    with pytest.raises(NotFound):
        invite(world, roles=[("coordinator", "nowhere")])
    assert not User.objects.filter(username="nadia").exists()


def test_a_way_in_takes_the_right_over_everything_the_person_may_do(world: World):
    """Else the administrator of one region could become the dispatcher of another."""
    elsewhere = Region.objects.create(id="elsewhere", name={"fr": "x", "nl": "x", "en": "x"}, boundary=[])
    Membership.objects.create(user=world.users["clara"], role="dispatcher", region=elsewhere)
    with pytest.raises(Denied):
        renew(world, world.users["clara"])


def test_an_account_of_the_servers_administration_takes_one_of_the_same(world: World):
    User.objects.filter(username="dina").update(is_superuser=True)
    with pytest.raises(Denied):
        renew(world, world.users["dina"])
    User.objects.filter(username="ada").update(is_superuser=True)
    renew(world, world.users["dina"])


def test_only_the_person_invited_accepts(world: World):
    secret = invite(world)
    with pytest.raises(Denied):
        invitations.accept_invitation(actor=world.clara, key=CommandKey.new(), secret=secret, password=GOOD)
    with pytest.raises(NotFound):
        invitations.accept_invitation(actor=world.clara, key=CommandKey.new(), secret="none", password=GOOD)


# ---------------------------------------------------------------- getting back in


def test_a_forgotten_password_is_replaced_and_the_second_factor_stays(world: World):
    clara = with_password(world.users["clara"], "the forgotten password")
    Authenticator.objects.create(user=clara, type="totp", data={"secret": "x"})
    browser = stranger()
    assert enrol(browser, renew(world, clara))["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in browser.session
    assert Authenticator.objects.filter(user=clara).exists()
    assert sign_in(stranger(), "clara")["Location"] == "/accounts/2fa/authenticate/"


def test_who_has_lost_everything_begins_anew(world: World):
    clara = with_password(world.users["clara"], "the forgotten password")
    Authenticator.objects.create(user=clara, type="totp", data={"secret": "x"})
    browser = stranger()
    enrol(browser, renew(world, clara, without_factors=True))
    assert not Authenticator.objects.filter(user=clara).exists()
    assert browser.session["_auth_user_id"] == str(clara.pk)


def test_a_link_not_used_takes_nothing_away(world: World):
    clara = with_password(world.users["clara"])
    Authenticator.objects.create(user=clara, type="totp", data={"secret": "x"})
    renew(world, clara, without_factors=True)
    assert sign_in(stranger(), "clara")["Location"] == "/accounts/2fa/authenticate/"


def test_two_presses_at_once_use_a_link_once(real_world: World):
    secret = invite(real_world)
    nadia = user_actor(User.objects.get(username="nadia"))

    def accept(password: str) -> str:
        try:
            invitations.accept_invitation(actor=nadia, key=CommandKey.new(), secret=secret, password=password)
        except Conflict as refused:
            return refused.code
        return "accepted"

    results = both(lambda: accept("the first long password"), lambda: accept("the second long password"))
    assert sorted(results) == ["accepted", "invitation_used"]
