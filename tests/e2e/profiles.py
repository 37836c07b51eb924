"""Browser profiles that are used again: nothing that a visit left behind is there for the next one.

A new profile costs two seconds of processor time before it shows anything (three processes, every script compiled
anew), more than most tests take. One that is given back is emptied of cookies, storage, caches and workers; what was
downloaded stays, as it does for somebody who opens the page every day. A test that is about a first opening, a
network that fails or scripts of its own asks for a profile of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from tests.e2e.brussels import REGION

#: A page of the server without a script. While it is open the process that drew the others stays.
RESTING = f"/bulletin/en/{REGION}/"


@dataclass
class Profile:
    """One profile, with the page that rests in it between visits."""

    context: BrowserContext
    home: str
    resting: Page
    tools: CDPSession

    def empty(self) -> None:
        for page in self.context.pages:
            if page is not self.resting:
                page.close()
        self.tools.send("Storage.clearDataForOrigin", {"origin": self.home, "storageTypes": "all"})
        self.context.clear_cookies()


@dataclass
class Profiles:
    """Those nobody uses now, by the options they were made with. ``home`` is the server's address."""

    browser: Browser
    home: str
    _free: dict[str, list[Profile]] = field(default_factory=dict)
    _lent: dict[BrowserContext, tuple[str, Profile]] = field(default_factory=dict)

    def lend(self, options: dict[str, Any]) -> BrowserContext:
        kind = json.dumps(options, sort_keys=True)
        free = self._free.setdefault(kind, [])
        profile = free.pop() if free else self._made(options)
        self._lent[profile.context] = kind, profile
        return profile.context

    def take_back(self, context: BrowserContext) -> bool:
        """Whether it was one of ours, and is ready for the next."""
        if context not in self._lent:
            return False
        kind, profile = self._lent.pop(context)
        profile.empty()
        self._free[kind].append(profile)
        return True

    def is_resting(self, page: Page) -> bool:
        _, profile = self._lent.get(page.context, (None, None))
        return profile is not None and profile.resting is page

    def _made(self, options: dict[str, Any]) -> Profile:
        context = self.browser.new_context(**options)
        resting = context.new_page()
        resting.goto(f"{self.home}{RESTING}")
        return Profile(context, self.home, resting, context.new_cdp_session(resting))
