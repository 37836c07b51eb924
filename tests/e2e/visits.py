"""Visits: people at desks and phones of their own, each in a browser profile; what goes wrong there is noticed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError, expect

from tests.e2e.city import City
from tests.e2e.profiles import Profiles

#: How long a page may take to show what has happened, on a busy machine (milliseconds).
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
#: What the browser remarks about the machine, or about a sound that waits for a press: no fault of a page.
MACHINE = ("GL Driver Message", "The AudioContext was not allowed to start")
#: A browser that speaks another language and lives by another clock than the region it looks at; and whose owner
#: wants nothing to move: an edge that blinks is drawn sixty times a second, by the processor where there is no other.
ELSEWHERE = {"locale": "en-GB", "timezone_id": "America/New_York", "reduced_motion": "reduce"}
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 780}


@dataclass
class Watch:
    """What went wrong in a context, and what a test has announced it will provoke."""

    troubles: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """From now on, and for what was noticed already, this is no trouble."""
        self.expected.append(re.compile(pattern))

    def left(self) -> list[str]:
        return [one for one in self.troubles if not any(known.search(one) for known in self.expected)]

    def over(self, context: BrowserContext) -> None:
        for event, noted in self._noted().items():
            context.on(event, noted)

    def leave(self, context: BrowserContext) -> None:
        for event, noted in self._noted().items():
            context.remove_listener(event, noted)

    def _noted(self) -> dict[Any, Callable[..., None]]:
        return {
            "console": self._console,
            "weberror": self._exception,
            "response": self._response,
            "requestfailed": self._failed,
        }

    def _exception(self, error: WebError) -> None:
        self.troubles.append(f"exception: {error.error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(known in message.text for known in MACHINE):
            self.troubles.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            told = f"response {response.status}: {response.request.method} {response.url} {_asked_by(response.request)}"
            self.troubles.append(told)

    def _failed(self, request: Any) -> None:
        # A page that is left takes its open requests with it.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.troubles.append(f"request failed: {request.failure} {request.method} {request.url}")


def _asked_by(request: Request) -> str:
    """So that what a page of a former visit asked is known for what it is."""
    if request.service_worker:
        return f"(asked by the worker {request.service_worker.url})"
    page = request.frame.page
    return f"(asked by {page.url}{', which is closed' if page.is_closed() else ''})"


class Visits:
    """Opens pages, each in a browser profile of its own, as people at different desks would."""

    def __init__(self, city: City, profiles: Profiles) -> None:
        self._city = city
        self._profiles = profiles
        self.contexts: list[BrowserContext] = []
        self.watch = Watch()

    def context(self, who: str | None, language: str = "en", **options: Any) -> BrowserContext:
        """A profile never used before, in which somebody is logged in, or nobody."""
        return self._at_work(
            self._profiles.browser.new_context(**{"viewport": DESK, **ELSEWHERE, **options}), who, language
        )

    def __call__(
        self, who: str | None, path: str, language: str = "en", *, url: str | None = None, **options: Any
    ) -> Page:
        """A page, in a profile where nobody was before as far as any page can tell."""
        size = options.pop("viewport", DESK)
        page = self._at_work(self._profiles.lend({**ELSEWHERE, **options}), who, language).new_page()
        page.set_viewport_size(size)
        page.goto(f"{url or self._city.url}{path}")
        return page

    def _at_work(self, context: BrowserContext, who: str | None, language: str) -> BrowserContext:
        context.set_default_timeout(PATIENCE)
        self.watch.over(context)
        cookies = {"django_language": language, **(self._city.session(who) if who else {})}
        context.add_cookies([{"name": name, "value": value, "url": self._city.url} for name, value in cookies.items()])
        self.contexts.append(context)
        return context

    def leave(self, page: Page) -> None:
        """Switch a desk off."""
        self._end(page.context)

    def close(self) -> None:
        for context in list(self.contexts):
            self._end(context)

    def pages(self) -> list[Page]:
        """What the desks show."""
        return [page for one in self.contexts for page in one.pages if not self._profiles.is_resting(page)]

    def _end(self, context: BrowserContext) -> None:
        self.contexts.remove(context)
        self.watch.leave(context)
        if not self._profiles.take_back(context):
            context.close()
