"""Fixtures of the browser tests: one server and one browser for all, a fresh city and fresh contexts for each.

Nothing may go wrong unnoticed: a message of the page's console, an exception in a script, a refused request or a
broken content policy fails the test, unless it provoked it and said so.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Response,
    WebError,
    expect,
    sync_playwright,
)

from diversion import clock
from tests.e2e.brussels import REGION
from tests.e2e.city import City
from tests.e2e.founding import build
from tests.e2e.profiles import Profiles
from tests.e2e.words import Words
from tests.emptying import empty_tables
from tests.server import ROOT, Server, eventually

# Playwright's synchronous interface runs an event loop in this very thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

#: How long a page may take to show what has happened, on a busy machine (milliseconds).
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)

#: What the browser does not do here. The first two draw what the address bar would unfold, anew for every profile: a
#: second and a half of processor time. The others are Playwright's own list, since only the last list counts.
WITHOUT = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "TcpPortRandomizationWin,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)
FLAGS = [
    f"--disable-features={WITHOUT}",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
#: What the browser remarks about the machine, or about a sound that waits for a press: no fault of a page.
MACHINE = ("GL Driver Message", "The AudioContext was not allowed to start")
#: A browser that speaks another language and lives by another clock than the region it looks at; and whose owner
#: wants nothing to move: an edge that blinks is drawn sixty times a second, by the processor where there is no other.
ELSEWHERE = {"locale": "en-GB", "timezone_id": "America/New_York", "reduced_motion": "reduce"}
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 780}


@pytest.fixture
def quick_passwords() -> None:
    """Not here: the server, another process, knows only the real hasher."""


@pytest.fixture(scope="session")
def map_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server looks for a street map: empty until a test builds one, and emptied by it."""
    return tmp_path_factory.mktemp("map")


@pytest.fixture(scope="session")
def server(django_db_setup: None, map_folder: Path) -> Iterator[Server]:
    built = ROOT / "frontend" / "dist" / "manifest.json"
    assert built.is_file(), "The pages are not built: ./check builds them; by hand, `vite build` in frontend/."
    server = Server(env={"MAP_FOLDER": str(map_folder)}).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without WebGL, as on many a desk: in a check it is drawn by the processor, two seconds a console."""
    browser = launch(playwright, "--disable-3d-apis")
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def painting_browser(playwright: Playwright) -> Iterator[Browser]:
    """One that has it: for what is marked ``webgl``."""
    browser = launch(playwright, "--enable-unsafe-swiftshader")
    yield browser
    browser.close()


def launch(playwright: Playwright, *more: str) -> Browser:
    """Chromium, wherever this machine has it."""
    named = os.environ.get("CHROMIUM") or "chromium"
    found = shutil.which(named)
    assert found, f"There is no {named}: install Chromium, or say where it is in CHROMIUM."
    # As root Chromium refuses to start inside its sandbox; as anybody else it keeps it.
    rooted = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=found, args=[*FLAGS, *rooted, *more])


@pytest.fixture
def policy() -> dict[str, int]:
    """The region's numbers that differ in this test; a module may give its own."""
    return {}


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As for the other tests, when the server no longer works at a command."""
    with django_db_blocker.unblock():
        yield
        eventually(server_rests, 10, lambda: "the server is still busy with commands after everybody has left")
        empty_tables()


@pytest.fixture
def city(transactional_db: None, server: Server, policy: dict[str, int]) -> Iterator[City]:
    """Brussels, empty of vehicles, with the product's clock running."""
    begun_before = server.said("log_has_another_past")
    city = build(server.url, policy)
    # The region itself, with a query or without: an exercise of it has a feed of its own.
    if server.said(f'/feed/{REGION}"') or server.said(f"/feed/{REGION}?"):
        # The log has begun anew under a running hub; what it still remembers of the old one must be gone.
        server.wait_to_say("log_has_another_past", begun_before + 1)
    with running_clock():
        yield city


def server_rests() -> bool:
    """No command is under way: it would hold tables that are about to be emptied, and wait for others of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid() and state <> 'idle'"
        )
        return bool(cursor.fetchone()[0] == 0)


class running_clock:  # noqa: N801  # read as a phrase: with running_clock()
    """The product's clock, one turn a second, which can be stopped before the tables are emptied."""

    def __enter__(self) -> None:
        self._stop = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run)
        clock.tick()
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._stop.wait(1.0):
                clock.tick()
        except Exception as failure:  # noqa: BLE001  # raised again in the test's own thread
            self._failure = failure
        finally:
            connections.close_all()


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
            self.troubles.append(f"response {response.status}: {response.request.method} {response.url}")

    def _failed(self, request: Any) -> None:
        # A page that is left takes its open requests with it.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.troubles.append(f"request failed: {request.failure} {request.method} {request.url}")


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


@pytest.fixture(scope="session")
def profiles(browser: Browser, server: Server) -> Profiles:
    return Profiles(browser, server.url)


@pytest.fixture(scope="session")
def painting_profiles(painting_browser: Browser, server: Server) -> Profiles:
    return Profiles(painting_browser, server.url)


@pytest.fixture
def visit(city: City, request: pytest.FixtureRequest) -> Iterator[Visits]:
    painting = request.node.get_closest_marker("webgl") is not None
    visits = Visits(city, request.getfixturevalue("painting_profiles" if painting else "profiles"))
    yield visits
    keep_picture(visits, request.node)
    visits.close()
    assert visits.watch.left() == []


def keep_picture(visits: Visits, node: Any) -> None:
    """What every desk showed when a test failed, where E2E_PICTURES says; nothing is written without it."""
    folder = os.environ.get("E2E_PICTURES")
    if not folder or not getattr(node, "failed_call", False):
        return
    name = re.sub(r"[^\w-]+", "-", node.name)
    for number, page in enumerate(visits.pages()):
        page.screenshot(path=Path(folder) / f"{name}-{number}.png", timeout=10_000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call":
        item.failed_call = report.failed  # type: ignore[attr-defined]
    return report


@pytest.fixture
def say() -> Words:
    """English, in which the tests read what the screens say."""
    return Words("en")
