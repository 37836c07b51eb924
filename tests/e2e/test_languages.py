"""French, Dutch, English: changed in place, complete, and never a key where a word should stand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.city import City, everything_said
from tests.e2e.faces import Console, Screen, SitePage
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import LANGUAGES, Words

NAMES = {"fr": "Français", "nl": "Nederlands", "en": "English"}
#: Every text a person can see or hear: what is written, and what controls and pictures are called.
SEEN_AND_HEARD = """() => {
  const named = [...document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')].flatMap((element) =>
    ['aria-label', 'title', 'placeholder', 'alt'].map((name) => element.getAttribute(name) ?? ''));
  return [document.body.innerText, document.title, ...named].join('\\n');
}"""
#: A key of the catalogue, a slot nobody filled, a value that is none.
UNTRANSLATED = re.compile(
    r"\b[a-z][a-z_]+(?::[a-z_]{2,})?\.[a-z_]{2,}(?:\.[a-z_]+)*\b|{{|}}|\bundefined\b|\bNaN\b|\[object |\bnull\b"
)


def reads_well(page: Page) -> None:
    text = page.evaluate(SEEN_AND_HEARD)
    assert sorted(set(UNTRANSLATED.findall(text))) == []


def switch(page: Page, language: str) -> None:
    page.get_by_role("button", name=re.compile(NAMES[language])).first.click()
    expect(page.locator("html")).to_have_attribute("lang", language)


class Stays:
    """The page keeps its document and its socket: changing the language costs nobody the picture."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sockets = 0
        self.navigations = 0
        page.on("websocket", self._opened)
        page.on("framenavigated", self._navigated)

    def _opened(self, _: object) -> None:
        self.sockets += 1

    def _navigated(self, _: object) -> None:
        self.navigations += 1

    def check(self) -> None:
        assert (self.sockets, self.navigations) == (0, 0)


def test_the_console_changes_its_language_and_keeps_its_work(visit: Visits, city: City):
    city.under_way("AMB 11", "AMB 12", "SMUR 31", needs=["ct"])
    city.declare(comment="Panne générale", services={"records": {"level": "down"}, "phones": {"level": "degraded"}})
    page = visit("dina", Console.path, "fr")
    console = Console(page, Words("fr"))
    console.is_live()
    expect(console.options("AMB 11")).to_have_count(3)
    console.row("AMB 11").get_by_role("checkbox").check()
    stays = Stays(page)
    for language in ("nl", "en", "fr"):
        switch(page, language)
        console.say = Words(language)
        expect(console.list.get_by_role("heading", name=console.say("console:list.title"))).to_be_visible()
        expect(console.options("AMB 11")).to_have_count(3)
        expect(console.row("AMB 11").get_by_role("checkbox")).to_be_checked()
        console.is_live()
        reads_well(page)
    stays.check()


DIALOGS = {
    "bulk": "Shift+Enter",
    "keep": "m",
    "other": "o",
    "help": "?",
    "palette": "Control+k",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dialog_of_the_console_speaks_the_language(visit: Visits, city: City, language: str):
    city.under_way("AMB 11", "AMB 12")
    city.under_way("AMB 13", urgency="vital")
    city.declare()
    page = visit("dina", Console.path, language)
    console = Console(page, Words(language))
    console.is_live()
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(console.options("AMB 11")).to_have_count(3)
    for name, keys in DIALOGS.items():
        console.row("AMB 11").focus()
        page.keyboard.press(keys)
        expect(console.dialog).to_be_visible()
        if name == "bulk":
            expect(console.dialog.get_by_role("row").first).to_be_visible()
        reads_well(page)
        page.keyboard.press("Escape")
        expect(console.dialog).to_have_count(0)
    console.region("A").get_by_role("button", name=console.say.like("console:bar.p1")).click()
    expect(console.dialog).to_be_visible()
    reads_well(page)
    page.keyboard.press("Escape")
    console.hospital("Saint-Luc").get_by_role("button", name="Saint-Luc", exact=True).click()
    expect(console.dialog).to_contain_text(console.say("console:site.no_declaration"))
    reads_well(page)
    console.dialog.get_by_role("button", name=console.say("console:site.declare")).click()
    expect(console.dialog).to_contain_text(console.say("console:declare.called_by"))
    reads_well(page)


def test_the_hospital_page_changes_its_language_in_the_middle_of_a_declaration(visit: Visits, city: City):
    page = visit("clara", SitePage.path("saint-pierre"), "nl")
    clara = SitePage(page, Words("nl"))
    clara.is_live()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sint-Pieter")
    reads_well(page)
    clara.declare_button().click()
    page.get_by_role("textbox", name=clara.say("site:field.comment")).fill("Alles plat")
    stays = Stays(page)
    for language in ("fr", "en", "nl"):
        switch(page, language)
        clara.say = Words(language)
        expect(page.get_by_role("heading", name=clara.say("site:declare.title"))).to_be_visible()
        expect(page.get_by_role("textbox", name=clara.say("site:field.comment"))).to_have_value("Alles plat")
        reads_well(page)
    stays.check()
    clara.commit_button().click()
    expect(page.get_by_text(clara.say("site:receipt.declare"))).to_be_visible()
    for language in LANGUAGES:
        switch(page, language)
        reads_well(page)
    clara.say = Words("en")
    clara.page.get_by_role("button", name=Words("en")("site:receipt.done")).or_(
        page.get_by_role("button", name=Words("fr")("site:receipt.done"))
    ).first.click()
    expect(clara.button("site:episode.reopen")).to_be_visible()
    reads_well(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hospital_page_with_everything_said_speaks_the_language(visit: Visits, city: City, language: str):
    say = Words(language)
    diversion = everything_said(city)
    page = visit("clara", SitePage.path("saint-pierre"), language, viewport=PHONE)
    clara = SitePage(page, say)
    clara.is_live()
    expect(page.get_by_role("article")).to_contain_text(say("site:for_you.title"))
    page.get_by_role("region", name=say("site:others.title")).locator("summary").first.click()
    reads_well(page)
    city.ask_to_reopen(diversion)
    expect(page.get_by_role("article")).to_contain_text(say("site:reopening.waiting"))
    city.decline(diversion, "Pas encore")
    expect(page.get_by_role("article")).to_contain_text(say("site:reopening.declined"))
    reads_well(page)
    clara.button("site:episode.history").click()
    expect(page.get_by_role("list", name=say("timeline:title"))).to_be_visible()
    reads_well(page)
    clara.button("site:history.back").click()
    page.get_by_text(say("site:more.title"), exact=True).click()
    clara.button("site:more.history").click()
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)
    reads_well(page)
    clara.button("site:history.back").click()
    page.get_by_text(say("site:more.title"), exact=True).click()
    clara.button("site:more.quarantine").click()
    expect(page.get_by_role("textbox")).to_be_visible()
    reads_well(page)


def test_the_screen_changes_its_language(visit: Visits, city: City):
    city.under_way("AMB 11", to="saint-jean", needs=["ct"], physician_on_board=True)
    page = visit("ruth", Screen.path("saint-jean"), "fr")
    ruth = Screen(page, Words("fr"))
    for language in ("nl", "en", "fr"):
        switch(page, language)
        expect(page.get_by_role("button", name=Words(language)("screen:gate.start"))).to_be_visible()
        reads_well(page)
    ruth.start()
    stays = Stays(page)
    page.get_by_text(ruth.say("screen:strip.settings"), exact=True).click()
    for language in ("nl", "en", "fr"):
        switch(page, language)
        ruth.say = Words(language)
        expect(ruth.acknowledge("AMB 11")).to_be_visible()
        ruth.is_live()
        reads_well(page)
    stays.check()


#: Pages drawn by the server, each with a person who may open it.
DRAWN = [("noor", "/"), ("noor", "/site/"), ("sam", "/"), ("clara", "/site/saint-luc/"), (None, "/accounts/login/")]


def test_pages_drawn_by_the_server_change_their_language(visit: Visits, city: City):
    visit.watch.expect(r"403.*/site/saint-luc/")
    for who, path in DRAWN:
        page = visit(who, path, "fr")
        headings = set()
        for language in ("nl", "en", "fr"):
            page.get_by_role("button", name=re.compile(NAMES[language])).click()
            expect(page.locator("html")).to_have_attribute("lang", language)
            headings.add(page.get_by_role("heading", level=1).inner_text())
            reads_well(page)
        assert len(headings) == 3, (path, headings)
