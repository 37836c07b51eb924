"""axe finds nothing on any face, in any state, in both themes.

What it judges is how a page is built, which no language changes: it is run in French. With THOROUGH=1 it is run in
Dutch and in English as well, which takes some minutes more.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.brussels import REGION
from tests.e2e.city import City, everything_said
from tests.e2e.faces import Console, Face, Screen, SitePage
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words
from tests.server import ROOT

FIND = """() => axe.run(document.querySelector('dialog[open]') ?? document, {
  resultTypes: ['violations'], elementRef: false,
}).then((result) => result.violations)"""
LANGUAGES = ("fr", "nl", "en") if os.environ.get("THOROUGH") else ("fr",)
#: English is the third language: it is looked at in one theme.
THEMES = {"fr": ("light", "dark"), "nl": ("light", "dark"), "en": ("light",)}


@cache
def axe_source() -> str:
    return (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds, said briefly. Behind an open dialog nothing can be reached: then the dialog alone counts."""
    if not page.evaluate("typeof window.axe === 'object'"):
        # Evaluated by the browser's debugger, which no content policy concerns.
        page.evaluate(axe_source())
    found: list[dict[str, Any]] = page.evaluate(FIND)
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]} — {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def is_accessible(page: Page, language: str) -> None:
    """In every theme this language is looked at in; a theme is the page's own, set as its switch sets it."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    for theme in THEMES[language]:
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        assert violations(page) == [], theme
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", THEMES[language][0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_console_empty_and_at_work(visit: Visits, city: City, language: str):
    page = visit("dina", Console.path, language)
    console = Console(page, Words(language))
    console.is_live()
    expect(console.list).to_contain_text(console.say.like("console:list.empty"))
    is_accessible(page, language)

    city.under_way("AMB 11", "AMB 12", "PIT 21", needs=["ct"])
    city.under_way("AMB 13", urgency="vital")
    city.declare(services={"records": {"level": "down"}})
    city.declare("saint-luc", "lucas", gates={"ambulances": "life_threatening"})
    expect(console.options("AMB 11")).to_have_count(3)
    expect(console.options("AMB 13")).to_have_count(3)
    city.order("AMB 12", "saint-jean")
    expect(console.row("AMB 12")).to_contain_text(console.say("console:stage.ordered"))
    is_accessible(page, language)

    console.row("AMB 11").focus()
    page.keyboard.press("Shift+Enter")
    expect(console.dialog.get_by_role("row").filter(has_text="AMB 13")).to_be_visible()
    is_accessible(page, language)
    page.keyboard.press("Escape")

    console.hospital("Saint-Luc").get_by_role("button", name="Saint-Luc", exact=True).click()
    expect(console.dialog).to_be_visible()
    is_accessible(page, language)
    console.dialog.get_by_role("button", name=console.say("console:site.declare")).click()
    expect(console.dialog).to_contain_text(console.say("console:declare.called_by"))
    is_accessible(page, language)
    page.keyboard.press("Escape")

    for keys in ("m", "o", "?", "Control+k"):
        console.row("AMB 11").focus()
        page.keyboard.press(keys)
        expect(console.dialog).to_be_visible()
        assert violations(page) == [], keys
        page.keyboard.press("Escape")
        expect(console.dialog).to_have_count(0)
    console.region("A").get_by_role("button", name=console.say.like("console:bar.p1")).click()
    expect(console.dialog).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hospital_page_from_its_home_to_reopening(visit: Visits, city: City, language: str):
    page = visit("clara", SitePage.path("saint-pierre"), language, viewport=PHONE)
    clara = SitePage(page, Words(language))
    clara.is_live()
    is_accessible(page, language)
    clara.declare_button().click()
    expect(clara.commit_button()).to_be_visible()
    is_accessible(page, language)
    clara.commit_button().click()
    expect(page.get_by_text(clara.say("site:receipt.declare"))).to_be_visible()
    is_accessible(page, language)
    clara.button("site:receipt.done").click()
    is_accessible(page, language)
    clara.button("site:episode.reopen").click()
    for item in ("records", "laboratory", "radiology", "admissions"):
        question = page.get_by_role("group", name=clara.say(f"common:service.{item}"))
        question.get_by_role("radio", name=clara.say("site:reopen.works")).check()
    is_accessible(page, language)
    clara.button("site:reopen.next").click()
    page.get_by_role("radio", name=clara.say("site:reopen.partial")).check()
    is_accessible(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_people_are_reached_working_and_failing(visit: Visits, city: City, language: str):
    city.channel("Night")
    console = Console(visit("sofie", Console.path, language), Words(language))
    console.is_live()
    console.page.get_by_role("button", name=console.say("console:bar.p2")).click()
    console.button("common:reach.title", console.dialog).click()
    entry = console.dialog.get_by_role("listitem").filter(has_text="Night")
    expect(entry).to_contain_text(console.say("common:reach.testing"))
    is_accessible(console.page, language)
    # Nobody works for it, and the clock says so.
    city.without_worker()
    expect(entry).to_contain_text(console.say("common:reach.error.worker_silent"))
    is_accessible(console.page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hospital_page_with_everything_said(visit: Visits, city: City, language: str):
    say = Words(language)
    diversion = everything_said(city)
    page = visit("clara", SitePage.path("saint-pierre"), language, viewport=PHONE)
    clara = SitePage(page, say)
    clara.is_live()
    expect(page.get_by_role("article")).to_contain_text(say("site:for_you.title"))
    page.get_by_text(say("site:more.title"), exact=True).click()
    page.get_by_role("region", name=say("site:others.title")).locator("summary").first.click()
    is_accessible(page, language)
    clara.button("site:episode.amend").click()
    page.get_by_role("group", name=say("site:field.intake")).get_by_role("radio").last.check()
    expect(page.get_by_text(say("site:amend.loosens"))).to_be_visible()
    is_accessible(page, language)
    clara.button("common:action.cancel").click()
    city.ask_to_reopen(diversion)
    city.let_lapse(diversion)
    expect(page.get_by_role("heading", name=say("site:unconfirmed.title"))).to_be_visible()
    is_accessible(page, language)
    clara.button("site:episode.history").click()
    expect(page.get_by_role("list", name=say("timeline:title"))).to_be_visible()
    is_accessible(page, language)
    clara.button("site:history.back").click()
    page.get_by_text(say("site:more.title"), exact=True).click()
    clara.button("site:more.quarantine").click()
    expect(page.get_by_role("textbox")).to_be_visible()
    is_accessible(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_at_its_gate_empty_and_with_patients(visit: Visits, city: City, language: str):
    page = visit("ruth", Screen.path("saint-jean"), language)
    ruth = Screen(page, Words(language))
    expect(ruth.button("screen:gate.start")).to_be_visible()
    is_accessible(page, language)
    ruth.start()
    expect(page.get_by_role("main")).to_contain_text(ruth.say("screen:empty.none"))
    is_accessible(page, language)
    city.under_way("AMB 11", to="saint-jean", needs=["ct"])
    city.under_way("AMB 12", to="saint-jean", urgency="vital", physician_on_board=True)
    city.under_way("AMB 13", to="saint-jean", urgency="routine")
    expect(page.get_by_role("article")).to_have_count(3)
    ruth.acknowledge("AMB 13").click()
    expect(ruth.acknowledge("AMB 13")).to_have_count(0)
    city.tell("AMB 11", "saint-jean", "cancelled")
    expect(ruth.card("AMB 11")).to_contain_text(ruth.say("screen:gone.cancelled"))
    is_accessible(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_crews_page_with_an_order_and_why_it_cannot(visit: Visits, city: City, language: str):
    say = Words(language)
    city.under_way("AMB 11", needs=["ct"])
    city.declare()
    page = visit("carl", f"/crew/{REGION}/", language, viewport=PHONE)
    phone = Face(page, say)
    phone.is_live()
    is_accessible(page, language)
    page.get_by_role("button", name="AMB 11").click()
    city.order("AMB 11", "saint-jean")
    expect(page.get_by_role("region", name=say.like("crew:order.title"))).to_contain_text(say.like("crew:why.closed"))
    is_accessible(page, language)
    phone.button("crew:order.cannot").click()
    expect(page.get_by_role("radio", name=say("crew:cannot.reason.road"))).to_be_visible()
    is_accessible(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_drawn_by_the_server(visit: Visits, city: City, language: str):
    visit.watch.expect(r"403.*/site/saint-luc/")
    anybody = visit(None, "/accounts/login/", language, viewport=PHONE)
    is_accessible(anybody, language)
    noor = visit("noor", "/", language, viewport=PHONE)
    for path in ("/", "/site/", "/site/saint-luc/"):
        noor.goto(f"{city.url}{path}")
        is_accessible(noor, language)
    sam = visit("sam", "/", language)
    is_accessible(sam, language)
