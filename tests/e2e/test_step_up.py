"""Is it you? Asked in place before an override or a quarantine, answered by keys alone, and nothing typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from hospitals.models import Site
from tests.e2e.city import City
from tests.e2e.faces import Console
from tests.e2e.proofs import asked, asks_for_her_password, long_ago, nobody_admits, overrides, quarantines
from tests.e2e.test_accessible import violations
from tests.e2e.test_sizes import are_large_enough, fits_the_width
from tests.e2e.test_ways_in import chooses_a_password, home, is_at_work, phone, press
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words

__all__ = ["home", "phone"]


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_an_override_is_proven_in_place_and_goes_on_with_what_was_typed(visit: Visits, city: City, language: str):
    say = Words(language)
    password = city.password("dina")
    visit.watch.expect(r"40[13]|422")
    console = nobody_admits(visit, city, say, language)

    overrides(console, "AMB 11", say)
    question = asked(console.page, say)
    field = asks_for_her_password(question, say)
    # Behind the question nothing is said to be on its way.
    expect(console.dialog.filter(has=console.page.get_by_role("radio"))).to_contain_text(say("common:write.unproven"))
    fits_the_width(console.page)
    assert violations(console.page) == []

    # Escape goes back to what was typed, says that nothing was recorded, and the same press asks again.
    console.page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    other = console.dialog
    expect(other.get_by_role("textbox", name=say.like("common:reason"))).to_have_value("surgeon waits there")
    expect(other).to_contain_text(say("common:problem.reauthentication_required"))
    console.page.keyboard.press("Control+Enter")

    expect(field).to_be_focused()
    console.page.keyboard.type("not it")
    console.page.keyboard.press("Enter")
    expect(question.get_by_role("alert")).to_contain_text(say("common:proof.wrong.password"))
    expect(field).to_be_focused()
    console.page.keyboard.type(password)
    console.page.keyboard.press("Enter")

    expect(console.page.get_by_role("dialog")).to_have_count(0)
    expect(console.row("AMB 11")).to_contain_text(say("console:stage.ordered"))
    assert [one["reason"] for one in city.rows("redirect")] == ["surgeon waits there"]


def test_an_ordinary_redirect_never_asks(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11")
    city.declare()
    console = Console(visit("dina", Console.path))
    expect(console.options("AMB 11")).to_have_count(3)
    long_ago("dina")
    console.options("AMB 11").first.click()
    expect(console.row("AMB 11")).to_contain_text(say("console:stage.ordered"))


def test_a_hospital_on_a_phone_proves_it_before_it_shuts_its_machines_out(visit: Visits, city: City, say: Words):
    password = city.password("clara")
    page = visit("clara", "/site/saint-pierre/", viewport=PHONE)
    visit.watch.expect(r"40[13]")
    expect(page.get_by_role("main")).to_be_visible()
    long_ago("clara")
    quarantines(page, say)
    question = asked(page, say)
    expect(question).to_be_visible()
    fits_the_width(page)
    are_large_enough(page, 44)
    question.get_by_label(say("common:proof.field.password", x="clara")).fill(password)
    question.get_by_role("button", name=say.like("common:proof.commit")).click()
    expect(page.get_by_role("status").filter(has_text=say("site:quarantine.done"))).to_be_visible()
    assert Site.objects.get(pk="saint-pierre").quarantined_at is not None


def test_a_passkey_proves_it_with_one_press(visit: Visits, phone: Page, home: str, city: City, say: Words):
    visit.watch.expect(r"40[13]")
    chooses_a_password(phone, home)
    press(phone, "Add a passkey", "link")
    press(phone, "Add a passkey")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    phone.goto(f"{home}/site/saint-pierre/")
    is_at_work(phone)
    long_ago("nadia")
    quarantines(phone, say)
    button = asked(phone, say).get_by_role("button", name=say("common:proof.passkey"), exact=True)
    expect(button).to_be_focused()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status").filter(has_text=say("site:quarantine.done"))).to_be_visible()


def test_a_passkey_cannot_be_asked_for_before_its_script_is_there(visit: Visits, phone: Page, home: str, city: City):
    chooses_a_password(phone, home)
    held: list[Route] = []
    slow = True

    def answer(route: Route) -> None:
        held.append(route) if slow else route.continue_()

    phone.route("**/mfa/js/webauthn*.js", answer)
    phone.get_by_role("link", name="Add a passkey", exact=True).click(no_wait_after=True)
    button = phone.get_by_role("button", name="Add a passkey", exact=True)
    expect(button).to_be_disabled()
    slow = False
    for one in held:
        one.continue_()
    button.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Recovery codes")
