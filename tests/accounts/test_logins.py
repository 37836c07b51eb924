"""Every login says when it was; who needs a second factor has one before anything else opens; sessions can be ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from diversion import access
from diversion.accounts.factors import NEED_ONE, is_due
from diversion.commands.members import revoke_role
from diversion.commands.sessions import end_session, end_sessions, session_name
from diversion.identity import FACTOR_DUE, logged_in_at, session_actor
from diversion.log import CommandKey
from diversion.models import LoginSession, Membership
from hospitals.models import Region
from tests.accounts.doors import GOOD, card, enrol, invite, sign_in, stranger, use, with_password
from tests.world import CAST, REGION, World

NIGHT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def with_code_app(user: User) -> str:
    """An account with a code app; its secret."""
    from diversion.accounts.adapter import FactorAdapter

    secret = totp.generate_totp_secret()
    Authenticator.objects.create(user=user, type="totp", data={"secret": FactorAdapter().encrypt(secret)})
    return secret


def code_now(secret: str) -> str:
    """What the app shows."""
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def logged_in(world: World, who: str, at: datetime) -> Client:
    with_password(world.users[who])
    browser = stranger()
    with time_machine.travel(at, tick=False):
        sign_in(browser, who)
    return browser


# ---------------------------------------------------------------- when


def test_a_login_by_password_says_when_it_was(world: World):
    browser = logged_in(world, "ruth", timezone.now())
    begun = logged_in_at(browser.session)
    assert begun is not None
    assert begun.tzinfo is not None
    row = LoginSession.objects.get(pk=browser.session.session_key)
    assert (row.user, row.login_at) == (world.users["ruth"], begun)


def test_so_do_a_code_app_a_card_and_an_enrolment(world: World, still: None):
    clara = with_password(world.users["clara"])
    secret = with_code_app(clara)
    by_app, by_card, by_link = stranger(), stranger(), stranger()
    assert sign_in(by_app, "clara")["Location"] == "/accounts/2fa/authenticate/"
    assert logged_in_at(by_app.session) is None
    assert by_app.post("/accounts/2fa/authenticate/", {"code": code_now(secret)}).status_code == 302
    use(by_card, "clara", card(world).codes[0])
    enrol(by_link, invite(world))
    for browser in (by_app, by_card, by_link):
        assert logged_in_at(browser.session) is not None


def test_a_login_lasts_a_shift_and_not_longer_whichever_way_it_was_made(world: World):
    by_password, by_card, by_link = logged_in(world, "ruth", timezone.now()), stranger(), stranger()
    use(by_card, "clara", card(world).codes[0])
    enrol(by_link, invite(world))
    for browser in (by_password, by_card, by_link):
        assert browser.session.get_expiry_age() == 13 * 3600
        assert browser.cookies["sessionid"]["max-age"] == 13 * 3600


@pytest.mark.parametrize("said", [None, "", "yesterday", "2026-03-02T03:00:00", 5])
def test_a_session_that_does_not_say_when_is_not_taken_for_a_new_one(said: object):
    assert logged_in_at({"login_at": said}) is None


def test_a_code_of_the_app_works_once(world: World, still: None):
    secret = with_code_app(with_password(world.users["clara"]))
    code = code_now(secret)
    first, second = stranger(), stranger()
    for browser in (first, second):
        sign_in(browser, "clara")
        browser.post("/accounts/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" in first.session
    assert "_auth_user_id" not in second.session


def test_the_apps_secret_is_kept_encrypted(world: World):
    secret = with_code_app(world.users["clara"])
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_a_secret_encrypted_with_a_former_key_is_still_read(world: World, settings):
    from diversion.accounts.adapter import FactorAdapter

    kept = FactorAdapter().encrypt("secret")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key, as long as the former"
    assert FactorAdapter().decrypt(kept) == "secret"


# ---------------------------------------------------------------- the second factor first


@pytest.mark.parametrize("who", [who for who, (role, _) in CAST.items() if role in NEED_ONE])
def test_who_can_change_the_picture_sets_up_a_second_factor_first(world: World, who: str):
    browser = logged_in(world, who, timezone.now())
    for path in ("/", "/me/", f"/console/{REGION}/", "/site/saint-pierre/"):
        assert browser.get(path)["Location"] == "/accounts/2fa/"
    answer = browser.get(f"/api/regions/{REGION}/snapshot")
    assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_due")
    assert session_actor(browser.session.session_key) is None


@pytest.mark.parametrize("who", ["ruth", "ines", "sam"])
def test_who_only_reads_or_answers_for_a_screen_may_do_without(world: World, who: str):
    assert logged_in(world, who, timezone.now()).get("/me/").status_code == 200


def test_in_a_simulated_region_nobody_needs_one(world: World):
    Region.objects.update(simulated=True)
    assert logged_in(world, "clara", timezone.now()).get("/site/saint-pierre/").status_code == 200


def test_the_servers_administrator_needs_one_as_soon_as_a_region_is_real(world: World):
    User.objects.filter(username="sam").update(is_staff=True)
    assert is_due(User.objects.get(username="sam"))
    Region.objects.update(simulated=True)
    assert not is_due(User.objects.get(username="sam"))


def test_everything_opens_once_the_factor_is_there(world: World):
    browser = logged_in(world, "clara", timezone.now())
    assert browser.session[FACTOR_DUE]
    with_code_app(world.users["clara"])
    assert browser.get("/site/saint-pierre/").status_code == 200
    assert FACTOR_DUE not in browser.session
    assert session_actor(browser.session.session_key) is not None


def test_a_role_that_is_gone_asks_for_nothing(world: World):
    browser = logged_in(world, "clara", timezone.now())
    Membership.objects.filter(user=world.users["clara"]).delete()
    assert browser.get("/me/").status_code == 200


def test_the_administration_has_no_door_of_its_own(world: World):
    User.objects.filter(username="sam").update(is_staff=True, is_superuser=True)
    with_password(world.users["sam"])
    browser = stranger()
    assert browser.get("/admin/login/?next=/admin/")["Location"].startswith("/accounts/login/")
    assert browser.post("/admin/login/", {"username": "sam", "password": GOOD})["Location"].startswith("/accounts/")
    assert "_auth_user_id" not in browser.session


# ---------------------------------------------------------------- ending sessions


def test_sessions_from_before_a_moment_are_ended_and_later_ones_are_not(world: World):
    old = logged_in(world, "ruth", timezone.now() - timedelta(hours=2))
    new = stranger()
    sign_in(new, "ruth")
    other = logged_in(world, "ines", timezone.now() - timedelta(hours=2))
    ended = end_sessions([world.users["ruth"].pk], timezone.now() - timedelta(hours=1))
    assert ended == 1
    assert old.get("/me/")["Location"].startswith("/accounts/login/")
    assert new.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 200


def test_a_session_that_does_not_say_when_it_began_is_ended_too(world: World):
    browser = Client(HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(world.users["ruth"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert end_sessions([world.users["ruth"].pk], timezone.now() - timedelta(days=30)) == 1
    assert browser.get("/me/")["Location"].startswith("/accounts/login/")


def test_a_session_that_is_ended_does_not_come_back_with_a_request_under_way(world: World):
    browser = logged_in(world, "ruth", timezone.now())
    session = browser.session
    assert logged_in_at(session)
    end_sessions([world.users["ruth"].pk], timezone.now() + timedelta(minutes=1))
    session["late"] = True
    with pytest.raises(UpdateError), transaction.atomic():
        session.save()
    assert not LoginSession.objects.filter(pk=session.session_key).exists()


def test_expired_sessions_are_swept_by_djangos_own_command(world: World):
    logged_in(world, "ruth", timezone.now())
    LoginSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    call_command("clearsessions")
    assert not LoginSession.objects.exists()


def test_a_session_key_is_never_shown(world: World):
    browser = logged_in(world, "ruth", timezone.now())
    key = browser.session.session_key
    assert key not in browser.get("/me/").content.decode()
    assert session_name(key) in browser.get("/me/").content.decode()


def test_one_ends_ones_own_sessions_and_nobody_elses(world: World):
    here, there = logged_in(world, "ruth", timezone.now()), stranger()
    sign_in(there, "ruth")
    ines = logged_in(world, "ines", timezone.now())
    name = session_name(there.session.session_key)
    assert ines.post(f"/me/sessions/{name}/end/").status_code == 302
    assert there.get("/me/").status_code == 200
    here.post(f"/me/sessions/{name}/end/")
    assert there.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200
    assert end_session(user_id=world.users["ruth"].pk, name="nothing") is False


def test_ending_a_session_needs_a_press(world: World):
    browser = logged_in(world, "ruth", timezone.now())
    assert browser.get(f"/me/sessions/{session_name(browser.session.session_key)}/end/").status_code == 405


def test_a_revoked_role_is_gone_from_the_account_page(world: World):
    browser = logged_in(world, "ruth", timezone.now())
    assert "Emergency department" in browser.get("/me/").content.decode()
    revoke_role(
        actor=world.ada,
        key=CommandKey.new(),
        user_id=world.users["ruth"].pk,
        role="receiver",
        region_id=REGION,
        site_id="saint-jean",
    )
    assert "Emergency department" not in browser.get("/me/").content.decode()
    assert access.memberships(world.ruth) == []


def test_a_session_costs_one_question_to_find(world: World, django_assert_num_queries):
    logged_in(world, "ruth", timezone.now())
    with django_assert_num_queries(1, connection=connection):
        end_sessions([world.users["ines"].pk], timezone.now())
