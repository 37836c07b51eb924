"""Getting in from a phone with no hospital login: link, passkey, code app, recovery code, sealed card.

The phone's authenticator is Chromium's own virtual one. A passkey belongs to a name, not to a number: these pages are
opened as localhost.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect

from diversion.actors import SYSTEM
from diversion.commands import cards, invitations
from diversion.commands.registry import import_registry
from diversion.log import CommandKey
from diversion.models import SealedCard
from tests.e2e.brussels import REGION, registry
from tests.e2e.city import City
from tests.e2e.faces import SitePage
from tests.e2e.test_accessible import THEMES, violations
from tests.e2e.visits import DESK, PHONE, Visits
from tests.server import Server

PASSWORD = "a password for the night"


@pytest.fixture(autouse=True)
def a_real_region(city: City) -> None:
    """Where second factors are asked for; and nobody has tried anything yet."""
    import_registry(actor=SYSTEM, key=CommandKey.new(), registry=registry(), simulated=False)
    cache.clear()


@pytest.fixture
def home(server: Server) -> str:
    return f"http://localhost:{server.port}"


@pytest.fixture
def phone(visit: Visits, home: str) -> Page:
    return with_authenticator(visit.context(None, viewport=PHONE), home)


def with_authenticator(context: BrowserContext, home: str) -> Page:
    """A phone that can hold passkeys and whose owner's finger is on it."""
    context.add_cookies([{"name": "django_language", "value": "en", "url": home}])
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def invited(username: str = "nadia", role: str = "coordinator", site: str | None = "saint-pierre") -> str:
    _, secret = invitations.invite_person(
        actor=SYSTEM,
        key=CommandKey.new(),
        region_id=REGION,
        username=username,
        first_name="Nadia",
        roles=[(role, site)],
    )
    return f"/enrol/{secret}/"


def press(page: Page, name: str, role: Any = "button") -> None:
    page.get_by_role(role, name=name, exact=True).click()


def chooses_a_password(page: Page, home: str) -> None:
    page.goto(f"{home}{invited()}")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    press(page, "Keep this password and go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")


def signs_out(page: Page, home: str) -> None:
    page.goto(f"{home}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def signs_in(page: Page, home: str, username: str = "nadia") -> None:
    page.goto(f"{home}/accounts/login/?next=/site/saint-pierre/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def is_at_work(page: Page) -> None:
    expect(page).to_have_url(re.compile(r"/site/saint-pierre/$"))
    SitePage(page).is_live()
    # Left sooner, the parts it still fetches through its worker would count as failed requests.
    page.wait_for_load_state("networkidle")


def sets_up_a_code_app(page: Page) -> str:
    """The app's secret."""
    press(page, "Set up a code app", "link")
    secret = page.locator("code.secret").inner_text()
    types_the_code(page, secret, "Authenticator code", "Confirm", "Recovery codes")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    return secret


def types_the_code(page: Page, secret: str, field: str, button: str, then: str) -> None:
    """What the app shows; once more if the half-minute ended between reading and pressing, as a person would."""
    heading = page.get_by_role("heading", level=1)
    for _ in range(2):
        page.get_by_label(re.compile(f"^{field}")).fill(shown(secret))
        press(page, button)
        expect(heading.filter(has_text=then).or_(page.locator(".errorlist")).first).to_be_visible()
        if not page.locator(".errorlist").count():
            return


def shown(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


# ---------------------------------------------------------------- the ways


def test_from_the_link_to_a_passkey_and_back_with_one_press(phone: Page, home: str):
    chooses_a_password(phone, home)
    # Nothing else opens before the second factor is there.
    phone.goto(f"{home}/site/saint-pierre/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Second factor")
    press(phone, "Add a passkey", "link")
    press(phone, "Add a passkey")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    expect(phone.get_by_label("Codes")).to_have_value(re.compile(r"^(\w+\n){9}\w+$"))
    phone.goto(f"{home}/site/saint-pierre/")
    is_at_work(phone)

    signs_out(phone, home)
    phone.goto(f"{home}/accounts/login/?next=/site/saint-pierre/")
    press(phone, "Sign in with a passkey")
    is_at_work(phone)


def test_a_password_and_a_code_app(phone: Page, home: str):
    chooses_a_password(phone, home)
    secret = sets_up_a_code_app(phone)
    signs_out(phone, home)
    signs_in(phone, home)
    phone.get_by_label(re.compile("^Code")).fill("000000")
    press(phone, "Sign in")
    expect(phone.get_by_text("Incorrect code.")).to_be_visible()
    types_the_code(phone, secret, "Code", "Sign in", "Saint-Pierre")
    is_at_work(phone)


def test_a_password_and_a_recovery_code_which_is_then_gone(phone: Page, home: str):
    chooses_a_password(phone, home)
    sets_up_a_code_app(phone)
    codes = phone.get_by_label("Codes").input_value().split()
    for number in range(2):
        signs_out(phone, home)
        signs_in(phone, home)
        phone.get_by_label(re.compile("^Code")).fill(codes[0])
        press(phone, "Sign in")
        if number == 0:
            is_at_work(phone)
    expect(phone.get_by_text("Incorrect code.")).to_be_visible()


def test_a_sealed_card_opens_on_a_new_phone_and_a_declaration_goes_out(
    visit: Visits, phone: Page, home: str, city: City
):
    visit.watch.expect(r"403.*/accounts/card/")
    _, printed = cards.issue_card(actor=SYSTEM, key=CommandKey.new(), region_id=REGION, user_id=city.users["clara"].pk)
    phone.goto(f"{home}/accounts/login/")
    press(phone, "I have a sealed card", "link")
    phone.get_by_label("User name").fill("clara")
    phone.get_by_label("Next code of the card").fill("0000 0000 0000")
    press(phone, "Sign in")
    expect(phone.get_by_text("User name or code is not right")).to_be_visible()
    phone.get_by_label("Next code of the card").fill(printed.codes[0].lower())
    press(phone, "Sign in")
    phone.goto(f"{home}/site/saint-pierre/")
    is_at_work(phone)
    clara = SitePage(phone)
    clara.declare_button().click()
    clara.commit_button().click()
    expect(phone.get_by_role("heading", name=clara.say.like("site:receipt.recorded"))).to_be_visible()
    assert len(city.rows("diversion")) == 1
    assert SealedCard.objects.get().left == 9


def test_a_device_without_a_passkey_is_told_so_in_words(visit: Visits, home: str):
    context = visit.context(None, viewport=PHONE)
    context.add_cookies([{"name": "django_language", "value": "fr", "url": home}])
    page = context.new_page()
    # A phone whose owner closes the question, which no virtual authenticator does.
    page.add_init_script(
        "navigator.credentials.get = () => Promise.reject(new DOMException('cancelled', 'NotAllowedError'))"
    )
    page.goto(f"{home}/accounts/login/")
    page.get_by_role("button", name="clé d’accès").click()
    expect(page.get_by_role("alert")).to_contain_text("Aucune clé d’accès n’a été utilisée")


def test_an_administrator_invites_prints_a_card_and_the_person_sees_it(visit: Visits, city: City):
    from diversion.commands.members import grant_role

    ada = city.users["sam"]
    grant_role(actor=SYSTEM, key=CommandKey.new(), user_id=ada.pk, role="administrator", region_id=REGION)
    desk = visit("sam", f"/people/{REGION}/")
    desk.get_by_text("Invite somebody").click()
    desk.get_by_label("User name").fill("nadia")
    desk.get_by_label("Role:", exact=True).select_option("coordinator")
    desk.get_by_label("Hospital site").select_option("saint-pierre")
    press(desk, "Make the account and its link")
    link = desk.get_by_label("Link").input_value()
    assert re.search(r"/enrol/[\w-]{43}/$", link)
    press(desk, "Back to the people", "link")
    desk.get_by_text("Ways in for clara").click()
    desk.get_by_role("listitem").filter(has_text="Ways in for clara").get_by_role("button", name="Sealed card").click()
    expect(desk.locator(".sealed-codes li")).to_have_count(10)

    clara = visit("clara", "/me/", viewport=PHONE)
    expect(clara.get_by_text("10 codes left")).to_be_visible()
    expect(clara.get_by_text("Coordinator of the hospital")).to_be_visible()


def test_a_session_ended_from_another_device_closes_its_page_at_once(visit: Visits, city: City):
    visit.watch.expect(r"401|WebSocket connection to")
    at_work = SitePage(visit("clara", SitePage.path("saint-pierre")))
    at_work.is_live()
    account = visit("clara", "/me/", viewport=PHONE)
    other = account.get_by_role("listitem").filter(has_text="Another device or browser")
    other.get_by_role("button", name="End this session").click()
    expect(other).to_have_count(0)
    expect(at_work.page.get_by_text(at_work.say.like("common:action.log_in")).first).to_be_visible()


# ---------------------------------------------------------------- to look at


@pytest.mark.parametrize(("language", "size"), [("fr", PHONE), ("nl", DESK)], ids=["phone", "desk"])
def test_every_new_page_is_accessible_and_fits(
    visit: Visits, city: City, home: str, language: str, size: dict[str, int]
):
    """In both themes; nothing is wider than the screen."""
    visit.watch.expect(r"(404|410).*/enrol/")
    grant(city, "sam", "administrator")
    used = invited("noel")
    User.objects.filter(username="noel").update(is_active=False)
    link = invited()
    nobody = with_authenticator(visit.context(None, language, viewport=size), home)
    nobody.context.add_cookies([{"name": "django_language", "value": language, "url": home}])
    for path in ("/accounts/login/", "/accounts/card/", "/accounts/password/reset/", link, used, "/enrol/nothing/"):
        nobody.goto(f"{home}{path}")
        looks_right(nobody, f"{path.split('/')[2][:9]}-{language}-{size['width']}")
    nobody.goto(f"{home}{link}")
    nobody.locator("input[name=password1]").fill(PASSWORD)
    nobody.locator("input[name=password2]").fill(PASSWORD)
    with nobody.expect_navigation():
        nobody.locator("main button.prominent").click()
    looks_right(nobody, f"second-factor-{language}-{size['width']}")
    for path in ("2fa/totp/activate/", "2fa/webauthn/add/"):
        nobody.goto(f"{home}/accounts/{path}")
        looks_right(nobody, f"{path.replace('/', '-')}{language}-{size['width']}")
    nobody.locator("#mfa_webauthn_add").click()
    expect(nobody.locator("#recovery_codes")).to_be_visible()
    looks_right(nobody, f"recovery-{language}-{size['width']}")
    for path in ("2fa/", "2fa/webauthn/", "2fa/recovery-codes/generate/", "password/change/", "logout/"):
        nobody.goto(f"{home}/accounts/{path}")
        looks_right(nobody, f"{path.replace('/', '-')}{language}-{size['width']}")
    nobody.goto(f"{home}/me/")
    looks_right(nobody, f"me-{language}-{size['width']}")

    desk = visit("sam", f"/people/{REGION}/", language, viewport=size)
    for summary in desk.locator("summary").all()[:2]:
        summary.click()
    looks_right(desk, f"people-{language}-{size['width']}")
    with desk.expect_navigation():
        desk.locator("button[value=card]").first.click()
    looks_right(desk, f"card-{language}-{size['width']}")


def grant(city: City, who: str, role: str) -> None:
    from diversion.commands.members import grant_role

    grant_role(actor=SYSTEM, key=CommandKey.new(), user_id=city.users[who].pk, role=role, region_id=REGION)


def looks_right(page: Page, name: str) -> None:
    import os

    for theme in THEMES["fr"]:
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        assert violations(page) == [], (page.url, theme)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (page.url, wide)
        if folder := os.environ.get("E2E_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{theme}.png", full_page=True)
