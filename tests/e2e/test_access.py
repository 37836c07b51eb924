"""Who opens what: refused in words, with the picture closed at once when the right to it ends."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.e2e.city import City
from tests.e2e.faces import Console, SitePage
from tests.e2e.visits import Visits
from tests.e2e.words import Words

FACES = ("/console/brussels/", "/site/saint-pierre/", "/screen/saint-pierre/")
NOT_THEIRS = [
    *(("sam", path) for path in FACES),
    ("clara", "/site/saint-luc/"),
    ("clara", "/screen/saint-luc/"),
    ("clara", "/console/brussels/"),
    ("ruth", "/site/saint-luc/"),
    ("ruth", "/screen/saint-pierre/"),
    ("ines", "/screen/saint-pierre/"),
]


def test_nobody_is_led_to_the_login_and_back(visit: Visits, city: City):
    for path in FACES:
        page = visit(None, path)
        expect(page).to_have_url(re.compile(rf"/accounts/login/\?next={path}$"))
        expect(page.get_by_label("Password")).to_be_visible()


def test_the_passkey_of_the_login_cannot_be_asked_for_before_its_script_is_there(visit: Visits, city: City):
    """Pressed early it sent an empty answer, which was refused, and whither somebody was going was forgotten."""
    context = visit.context(None)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    context.route("**/mfa/js/webauthn*.js", hold)
    page = context.new_page()
    page.goto(f"{city.url}{FACES[0]}", wait_until="commit")
    button = page.get_by_role("button", name="Sign in with a passkey")
    expect(button).to_be_disabled()
    for one in held:
        one.continue_()
    expect(button).to_be_enabled()


def test_a_face_that_is_not_theirs_shows_no_picture_and_whom_to_phone(visit: Visits, city: City):
    """A stranger with an account, a coordinator at another hospital, a department at another's screen."""
    visit.watch.expect(r"403")
    for who, path in NOT_THEIRS:
        page = visit(who, path)
        expect(page.get_by_role("heading", level=1), f"{who} at {path}").to_have_text("Access denied")
        expect(page.get_by_role("link", name="Call 112 centre")).to_have_attribute("href", "tel:112")
        expect(page.locator("#app")).to_have_count(0)
        visit.leave(page)


def test_an_inspector_reads_everything_and_can_press_nothing(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11")
    city.declare()
    ines = Console(visit("ines", Console.path))
    ines.is_live()
    expect(ines.page.get_by_text(say("console:readonly"))).to_be_visible()
    expect(ines.options("AMB 11")).to_have_count(3)
    for option in ines.options("AMB 11").all():
        expect(option).to_be_disabled()
    expect(ines.row("AMB 11").get_by_role("button", name=say("console:act.keep"))).to_be_disabled()
    expect(ines.hospital("Saint-Pierre").get_by_role("button", name=say("console:act.seen"))).to_be_disabled()


def test_logging_out_elsewhere_ends_the_picture_at_once(visit: Visits, city: City, say: Words):
    visit.watch.expect(r"WebSocket connection to|401")
    city.under_way("AMB 11")
    city.declare()
    dina = Console(visit("dina", Console.path))
    dina.is_live()
    expect(dina.options("AMB 11").first).to_be_enabled()

    other = dina.page.context.new_page()
    other.goto(f"{city.url}/accounts/logout/")
    other.get_by_role("main").get_by_role("button").click()
    other.wait_for_url("**/accounts/login/**")

    expect(dina.page.get_by_text(say("common:session.expired")).first).to_be_visible()
    expect(dina.options("AMB 11").first).to_be_disabled()
    # What was known stays readable: it says that it is no longer updated.
    expect(dina.page.get_by_text(say("common:session.expired_text"))).to_be_visible()
    expect(dina.row("AMB 11")).to_be_visible()


def test_a_role_that_is_taken_away_closes_the_page_it_opened(visit: Visits, city: City, say: Words):
    visit.watch.expect(r"WebSocket connection to|40[13]")
    clara = SitePage(visit("clara", SitePage.path("saint-pierre")))
    clara.is_live()
    city.revoke("clara", "coordinator", "saint-pierre")
    expect(clara.page.get_by_role("heading", name=say("site:denied.title"))).to_be_visible()
    expect(clara.declare_button()).to_have_count(0)


def test_one_workplace_opens_by_itself_and_several_are_offered(visit: Visits, city: City):
    page = visit("dina", "/")
    page.wait_for_url(f"**{Console.path}")
    choice = visit("noor", "/")
    expect(choice.get_by_role("main").get_by_role("link")).to_have_count(4)
