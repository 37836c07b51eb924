"""Every page under /accounts/ is ours: our layout, the reader's language, nothing of allauth's own, no signing up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from diversion.accounts import urls
from tests.accounts.doors import GOOD, card, invite, sign_in, with_password
from tests.accounts.test_logins import with_code_app
from tests.world import REGION, World

LANGUAGES = ("fr", "nl", "en")
MEMBERS_ONLY = (
    "account_change_password", "account_logout", "account_reauthenticate", "mfa_index", "mfa_reauthenticate",
    "mfa_deactivate_totp", "mfa_activate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "account_set_password",
)  # fmt: skip
ANYBODYS = ("account_login", "card_login", "account_inactive", "account_reset_password")
#: Not pages: they answer a script's question and take its answer.
NO_PAGE = ("mfa_login_webauthn", "prove")
IN_BETWEEN = ("mfa_authenticate",)


def paths() -> dict[str, str]:
    return {str(one.name): f"/accounts/{one.pattern}" for one in urls.urlpatterns}


def browser_of(language: str) -> Client:
    browser = Client(HTTP_ACCEPT_LANGUAGE=language)
    browser.cookies["django_language"] = language
    return browser


def is_ours(answer: Any, language: str) -> None:
    text = answer.content.decode()
    assert answer.status_code in (200, 403, 404, 410, 422), (answer.status_code, answer.get("Location"))
    assert f'<html lang="{language}" class="page">' in text
    assert 'class="product"' in text
    assert 'id="content"' in text
    assert "<style" not in text
    inline = [one for one in re.findall(r"<script([^>]*)>", text) if "src=" not in one and "json" not in one]
    assert inline == [], "a script inside the page, which the content policy refuses"
    if language != "en":
        english = re.findall(r">\s*[^<]*\b(the|your|password|please|with|and)\b[^<]*<", text, re.IGNORECASE)
        assert english == []


@pytest.fixture
def member(world: World) -> Callable[[str], Client]:
    """Somebody who has everything, freshly proven."""
    ruth = with_password(world.users["ruth"])
    card(world, "ruth")

    def enter(language: str) -> Client:
        browser = browser_of(language)
        sign_in(browser, "ruth")
        browser.post("/accounts/reauthenticate/", {"password": GOOD})
        with_code_app(ruth) if not Authenticator.objects.filter(user=ruth).exists() else None
        if not Authenticator.objects.filter(user=ruth, type="recovery_codes").exists():
            RecoveryCodes.activate(ruth)
        return browser

    return enter


def test_every_address_is_looked_at_here():
    assert sorted(paths()) == sorted((*MEMBERS_ONLY, *ANYBODYS, *NO_PAGE, *IN_BETWEEN))


def test_what_makes_no_sense_here_does_not_exist(world: World):
    for path in (
        "signup/",
        "email/",
        "confirm-email/",
        "3rdparty/",
        "social/login/cancelled/",
        "login/code/",
        "sessions/",
    ):
        assert Client().get(f"/accounts/{path}").status_code == 404
    assert "signup" not in str(get_resolver().reverse_dict.keys())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ANYBODYS)
def test_a_page_before_the_login_is_ours(world: World, name: str, language: str):
    is_ours(browser_of(language).get(paths()[name]), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MEMBERS_ONLY)
def test_a_page_behind_the_login_is_ours_and_closed_to_others(
    member: Callable[[str], Client], world: World, name: str, language: str
):
    browser = member(language)
    if name == "mfa_activate_totp":
        Authenticator.objects.filter(type="totp").delete()
    if name == "account_set_password":
        browser, _ = unset(world, language)
    key = Authenticator.objects.create(user=world.users["ruth"], type="webauthn", data={"name": "phone"})
    path = paths()[name].replace("<int:pk>", str(key.pk))
    if name not in KEYS_READ:
        is_ours(browser.get(path), language)
    if name != "account_logout":
        assert Client().get(path).status_code in (302, 403)


#: These read a credential of a real device: the browser tests open them.
KEYS_READ = ("mfa_add_webauthn", "mfa_reauthenticate_webauthn")


def unset(world: World, language: str) -> tuple[Client, User]:
    """Logged in by a card, with no password."""
    printed = card(world, "ines")
    browser = browser_of(language)
    browser.post("/accounts/card/", {"username": "ines", "code": printed.codes[0]})
    return browser, world.users["ines"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_in_between_is_ours_and_so_is_its_refusal(world: World, language: str):
    with_code_app(with_password(world.users["ruth"]))
    browser = browser_of(language)
    sign_in(browser, "ruth")
    is_ours(browser.get("/accounts/2fa/authenticate/"), language)
    refused = browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    is_ours(refused, language)
    assert b"errorlist" in refused.content


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_login_is_told_in_the_readers_language(world: World, language: str):
    with_password(world.users["ruth"])
    refused = browser_of(language)
    is_ours(sign_in(refused, "ruth", "wrong"), language)
    said = {"fr": "n’est pas correct", "nl": "klopt niet", "en": "not correct"}[language]
    assert said in sign_in(refused, "ruth", "wrong").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_enrolment_account_and_people_are_ours(world: World, language: str):
    secret = invite(world)
    is_ours(browser_of(language).get(f"/enrol/{secret}/"), language)
    is_ours(browser_of(language).get("/enrol/nothing/"), language)
    ada = browser_of(language)
    ada.force_login(world.users["ada"], backend="allauth.account.auth_backends.AuthenticationBackend")
    card(world)
    for path in ("/me/", f"/people/{REGION}/"):
        is_ours(ada.get(path), language)


def test_a_page_too_many_is_ours(world: World):
    browser = browser_of("fr")
    for _ in range(31):
        answer = browser.post("/enrol/guess/", {})
    assert answer.status_code == 429
    assert 'class="product"' in answer.content.decode()


# ---------------------------------------------------------------- the administrator's page


@pytest.mark.parametrize("who", ["dina", "sofie", "clara", "ruth", "ines", "sam"])
def test_only_an_administrator_sees_the_people(world: World, login, who: str):
    browser = login(who)
    assert browser.get(f"/people/{REGION}/").status_code == 403
    said = {"username": "nadia", "role": "inspector"}
    assert browser.post(f"/people/{REGION}/invite/", said).status_code == 403
    pressed = browser.post(f"/people/{REGION}/{world.users['dina'].pk}/", {"act": "card"})
    assert pressed.status_code == 403
    assert not User.objects.filter(username="nadia").exists()


def test_an_administrator_invites_and_sees_the_link_once(world: World, login):
    browser = login("ada")
    said = {
        "username": "nadia",
        "role": "coordinator",
        "site": "saint-jean",
        "key": "4b8a3f1e-54f5-4a3c-9a39-3f3d1b1d8c11",
    }
    answer = browser.post(f"/people/{REGION}/invite/", said)
    link = re.search(r"http://testserver(/enrol/[\w-]+/)", answer.content.decode())
    assert link is not None
    assert (answer["Referrer-Policy"], "no-store" in answer["Cache-Control"]) == ("strict-origin", True)
    assert Client().get(link.group(1)).status_code == 200
    assert link.group(1) not in browser.get(f"/people/{REGION}/").content.decode()
    # The form sent twice makes one account, and does not show the link again.
    again = browser.post(f"/people/{REGION}/invite/", said)
    assert again.status_code == 409
    assert "/enrol/" not in again.content.decode()


@pytest.mark.parametrize(
    "said",
    [
        {"username": "nadia", "role": "coordinator"},
        {"username": "nadia", "role": "dispatcher", "site": "saint-jean"},
        {"username": "dina", "role": "dispatcher"},
        {"username": "", "role": "dispatcher"},
        {"username": "nadia", "role": "emperor"},
    ],
)
def test_an_invitation_that_cannot_be_is_refused_with_its_reason(world: World, login, said: dict[str, str]):
    answer = login("ada").post(f"/people/{REGION}/invite/", said)
    assert answer.status_code in (409, 422)
    assert b"errorlist" in answer.content


def test_a_card_is_shown_once_in_two_languages_and_its_use_is_seen_by_the_administrator(world: World, login):
    browser, clara = login("ada"), world.users["clara"]
    answer = browser.post(f"/people/{REGION}/{clara.pk}/", {"act": "card"})
    page = answer.content.decode()
    codes = re.findall(r"<li>(\w{4} \w{4} \w{4})</li>", page)
    assert len(codes) == 10
    assert "Carte scellée" in page
    assert "Verzegelde kaart" in page
    Client().post("/accounts/card/", {"username": "clara", "code": codes[0]})
    listed = browser.get(f"/people/{REGION}/").content.decode()
    assert "9 codes left" in listed
    assert codes[1] not in listed
    assert timezone.now().strftime("%Y") in listed


def test_links_and_cards_are_ended_from_the_page(world: World, login):
    browser, clara = login("ada"), world.users["clara"]
    browser.post(f"/people/{REGION}/{clara.pk}/", {"act": "card"})
    browser.post(f"/people/{REGION}/{clara.pk}/", {"act": "end_card"})
    assert not clara.cards.filter(revoked_at=None).exists()
    browser.post(f"/people/{REGION}/{clara.pk}/", {"act": "renew", "without_factors": "yes"})
    assert clara.invitations.get().without_factors
    browser.post(f"/people/{REGION}/{clara.pk}/", {"act": "withdraw"})
    assert not clara.invitations.filter(revoked_at=None).exists()


def test_a_press_that_means_nothing_or_nobody_finds_nothing(world: World, login):
    browser = login("ada")
    assert browser.post(f"/people/{REGION}/{world.users['clara'].pk}/", {"act": "promote"}).status_code == 404
    assert browser.post(f"/people/{REGION}/{world.users['sam'].pk}/", {"act": "card"}).status_code == 404
    assert browser.get("/people/nowhere/").status_code == 404


def test_the_people_cost_the_same_few_questions_however_many_they_are(
    world: World, login, django_assert_max_num_queries
):
    browser = login("ada")
    browser.get(f"/people/{REGION}/")
    for number in range(5):
        invite(world, f"nadia{number}")
    with django_assert_max_num_queries(14):
        browser.get(f"/people/{REGION}/")


# ---------------------------------------------------------------- opening without a network


def test_the_worker_is_served_at_the_root_and_never_kept_by_a_browser(db: None):
    answer = Client().get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-store" in answer["Cache-Control"]
    assert b"/api/" not in answer.content


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_opens_the_hospital_page_and_speaks_the_readers_language(db: None, language: str):
    answer = browser_of(language).get("/app.webmanifest")
    told = answer.json()
    assert (told["start_url"], told["lang"], told["scope"]) == ("/site/", language, "/")
    assert answer["Content-Type"] == "application/manifest+json"
    for icon in told["icons"]:
        assert Client().get(icon["src"]).status_code == 200


def test_both_can_only_be_read(db: None):
    assert Client().post("/sw.js").status_code == 405
    assert Client().post("/app.webmanifest").status_code == 405
