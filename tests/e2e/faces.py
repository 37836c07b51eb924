"""The faces as their users find them: by region, role and words. No test reaches into a script's state."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.brussels import REGION
from tests.e2e.words import Words

EN = Words("en")
#: Keeps hold of the browser's own audio contexts, so that a test can suspend one as a lost device does.
HOLD_AUDIO = """
window.audioContexts = [];
window.AudioContext = class extends window.AudioContext {
  constructor(...given) { super(...given); window.audioContexts.push(this); }
};
"""


class Face:
    """What all live pages share: a badge that says how fresh the picture is."""

    def __init__(self, page: Page, say: Words = EN) -> None:
        self.page = page
        self.say = say

    def is_live(self) -> None:
        self.shows_freshness("live")

    def shows_freshness(self, state: str) -> None:
        """The badge is the only thing that pairs this word with its glyph."""
        glyph = {"live": "●", "delayed": "◐", "offline": "✕"}[state]
        badge = self.page.get_by_text(re.compile(rf"^{glyph} {re.escape(self.say(f'common:freshness.{state}'))}$"))
        expect(badge.first).to_be_visible()

    def button(self, key: str, within: Locator | None = None, **values: object) -> Locator:
        return (within or self.page).get_by_role("button", name=self.say.like(key, **values))


class Console(Face):
    """The dispatch console, by its regions A to E."""

    path = f"/console/{REGION}/"

    def region(self, letter: str) -> Locator:
        return self.page.locator(f"[data-region={letter}]")

    @property
    def list(self) -> Locator:
        return self.region("B")

    @property
    def hospitals(self) -> Locator:
        return self.region("D")

    def row(self, sign: str) -> Locator:
        """The affected vehicle of this call sign."""
        return self.list.get_by_role("article", name=sign, exact=True)

    def options(self, sign: str) -> Locator:
        return self.row(sign).get_by_role("button", name=self.say.like("console:option.redirect"))

    def hospital(self, name: str) -> Locator:
        """A hospital's row in the table."""
        return self.hospitals.get_by_role("row").filter(has=self.page.get_by_role("button", name=name, exact=True))

    def log(self) -> list[str]:
        """The log's lines, newest first, as read."""
        return self.region("E").get_by_role("listitem").all_inner_texts()

    def logged(self, key: str, **values: object) -> Locator:
        return self.region("E").get_by_role("listitem").filter(has_text=self.say.like(key, **values))

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def strip(self) -> Locator:
        """The bar and the line under it: the alarm that waits for this desk, with what answers it."""
        return self.page.get_by_role("banner").first

    def open_hospital(self, name: str) -> Locator:
        """A hospital's sheet, from the table."""
        self.hospital(name).get_by_role("button", name=name, exact=True).click()
        expect(self.dialog).to_be_visible()
        return self.dialog


class SitePage(Face):
    """The hospital page of a coordinator."""

    @staticmethod
    def path(site: str) -> str:
        return f"/site/{site}/"

    def declare_button(self) -> Locator:
        return self.button("site:bar.declare")

    def commit_button(self, intake: str = "closed") -> Locator:
        return self.button(f"site:declare.commit.{intake}")


class Screen(Face):
    """The screen of an emergency department."""

    @staticmethod
    def path(site: str) -> str:
        return f"/screen/{site}/"

    def start(self) -> None:
        self.button("screen:gate.start").click()
        self.is_live()

    def card(self, sign: str) -> Locator:
        return self.page.get_by_role("article").filter(has_text=sign)

    def acknowledge(self, sign: str) -> Locator:
        return self.card(sign).get_by_role("button", name=self.say("common:action.acknowledge"), exact=True)
