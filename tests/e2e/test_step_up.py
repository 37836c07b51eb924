"""Is it you? Asked in place before an override or a quarantine, answered by keys alone, and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from diversion.accounts.sessions import SessionStore
from diversion.identity import LOGIN_AT, PROVEN_AT
from diversion.models import LoginSession
from hospitals.models import Site
from tests.e2e.city import City
from tests.e2e.faces import Console
from tests.e2e.test_accessible import violations
from tests.e2e.test_sizes import are_large_enough, fits_the_width
from tests.e2e.test_ways_in import chooses_a_password, home, is_at_work, phone, press
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words

__all__ = ["home", "phone"]


def long_ago(who: str) -> None:
    """All logins of this person, and what they proved since, lie at the beginning of the night."""
    for row in LoginSession.objects.filter(user__username=who):
        session: SessionBase = SessionStore(row.session_key)
        session[LOGIN_AT] = (timezone.now() - timedelta(hours=6)).isoformat()
        session.pop(PROVEN_AT, None)
        session.save()


def asked(page: Page, say: Words) -> Locator:
    return page.get_by_role("dialog", name=say("common:proof.title"), exact=True)


def overrides(console: Console, sign: str, say: Words) -> None:
    """With keys: other destination, the only closed hospital, a reason, and off."""
    console.row(sign).focus()
    console.page.keyboard.press("o")
    dialog = console.dialog
    dialog.get_by_role("radio").and_(dialog.get_by_label("Saint-Luc", exact=False)).check()
    dialog.get_by_role("textbox", name=say.like("common:reason")).fill("surgeon waits there")
    console.page.keyboard.press("Control+Enter")


def quarantines(page: Page, say: Words) -> None:
    page.get_by_text(say("site:more.title"), exact=True).click()
    page.get_by_role("button", name=say("site:more.quarantine")).click()
    page.get_by_label(say("site:quarantine.reason")).fill("ransom note on a screen")
    page.get_by_role("button", name=say("site:reopen.next"), exact=True).click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=say("site:quarantine.commit"), exact=True).click()


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_an_override_is_proven_in_place_and_goes_on_with_what_was_typed(visit: Visits, city: City, language: str):
    say = Words(language)
    city.under_way("AMB 11")
    city.declare()
    city.declare("saint-luc", who="lucas")
    password = city.password("dina")
    console = Console(visit("dina", Console.path, language), say)
    visit.watch.expect(r"40[13]|422")
    expect(console.options("AMB 11")).to_have_count(3)
    long_ago("dina")

    overrides(console, "AMB 11", say)
    question = asked(console.page, say)
    field = question.get_by_label(say("common:proof.field.password", x="dina"))
    expect(field).to_be_focused()
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
