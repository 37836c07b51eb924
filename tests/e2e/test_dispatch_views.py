"""What dispatch and hospitals tell each other, by keys alone, for everybody, in every language and at every size."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.desks import desk, press, waits
from tests.e2e.faces import Console
from tests.e2e.test_accessible import LANGUAGES, is_accessible
from tests.e2e.test_sizes import fits_the_width
from tests.e2e.visits import PHONE, Visits


def test_declaring_and_answering_a_reopening_take_no_pointer(visit: Visits, city: City):
    dina = desk(visit)
    page, say = dina.page, dina.say
    page.keyboard.press("Control+k")
    page.keyboard.type("porte de hal")
    page.keyboard.press("Enter")
    reach(dina, say("console:site.declare"))
    page.keyboard.press("Enter")
    reach(dina, say("console:declare.called_by"), "textbox")
    page.keyboard.type("head nurse")
    page.keyboard.press("Control+Enter")
    expect(dina.dialog).to_have_count(0)
    (episode,) = city.rows("diversion")
    assert episode["called_by"] == "head nurse"
    assert episode["seen_by"] == "Dina"

    city.ask_to_reopen(episode["id"])
    waits(dina, "reopening_asked")
    page.keyboard.press("F8")
    reach(dina, say("desk:reopening.acknowledge"))
    page.keyboard.press("Enter")
    reach(dina, say("desk:reopening.acknowledge_commit"))
    page.keyboard.press("Enter")
    expect(dina.dialog).to_contain_text(say("console:site.no_declaration"))


def reach(console: Console, name: str, role: str = "button") -> None:
    """Tab, as often as it takes, to the control of this name in the dialog."""
    goal = console.dialog.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    expect(goal).to_be_enabled()
    for _ in range(60):
        if goal.evaluate("control => control === document.activeElement"):
            return
        console.page.keyboard.press("Tab")
    raise AssertionError(f"{name!r} is not reached by Tab")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_new_view_is_accessible(visit: Visits, city: City, language: str):
    everything_at_once(city)
    console = desk(visit, "sofie", language)
    say, page = console.say, console.page
    expect(console.hospitals).to_contain_text(say("desk:reopening.asks"))
    is_accessible(page, language)
    sheet = console.open_hospital("Sint-Pieter" if language == "nl" else "Saint-Pierre")
    press(console, "desk:reopening.acknowledge", sheet)
    sheet.get_by_text(say("timeline:title"), exact=True).first.click()
    expect(sheet.get_by_role("list", name=say("timeline:title"))).to_be_visible()
    is_accessible(page, language)
    press(console, "console:site.declare", sheet)
    console.dialog.get_by_role("radio", name=say("desk:scope.network")).check()
    is_accessible(page, language)
    for key in ("desk:ask.open", "desk:question.title", "desk:policy.open"):
        page.keyboard.press("Escape")
        expect(console.dialog).to_have_count(0)
        console.hospitals.get_by_role("button", name=say(key)).click()
        expect(console.dialog).to_be_visible()
        is_accessible(page, language)


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_every_new_dialog_fits_a_phone(visit: Visits, city: City, language: str):
    everything_at_once(city)
    console = desk(visit, "sofie", language, viewport=PHONE)
    say, page = console.say, console.page
    sheet = console.open_hospital("Sint-Pieter" if language == "nl" else "Saint-Pierre")
    dialog_fits(console)
    press(console, "console:site.declare", sheet)
    console.dialog.get_by_role("radio", name=say("desk:scope.network")).check()
    dialog_fits(console)
    for key in ("desk:ask.open", "desk:question.title", "desk:policy.open"):
        page.keyboard.press("Escape")
        console.hospitals.get_by_role("button", name=say(key)).click()
        dialog_fits(console)


#: What sticks out of the side of a dialog, where the dialog has to be scrolled to see it.
TOO_WIDE = """body => body.scrollWidth <= body.clientWidth + 1 ? [] : [...body.querySelectorAll('*')]
  .filter((part) => part.getBoundingClientRect().right > body.getBoundingClientRect().right + 1)
  .map((part) => part.outerHTML.slice(0, 160))"""


def dialog_fits(console: Console) -> None:
    expect(console.dialog).to_be_visible()
    fits_the_width(console.page)
    assert console.dialog.locator(".body").evaluate(TOO_WIDE) == []


def everything_at_once(city: City) -> None:
    """One of each thing a hospital can tell."""
    city.under_way("AMB 11")
    reports = [{"by": "hospital", "value": "closed"}, {"by": "press", "value": "open", "text": None}]
    said: dict[str, Any] = {
        "contact": "+32 2 535 40 00",
        "cause_embargoed": True,
        "emergency_plan": True,
        "accepts": ["maternity"],
    }
    services = {"records": {"level": "down"}, "laboratory": {"level": "manual"}}
    episode = city.declare(disputes=[{"gate": "walk_ins", "reports": reports}], services=services, **said)
    city.declare_together("his-ixelles", "his-moliere")
    city.ask_to_reopen(episode, extent="partial", gates={"ambulances": "life_threatening"})
    question = city.ask(text="?")
    city.answer(question, "saint-luc", "lucas", "strained")
    city.question_is_late(question)
