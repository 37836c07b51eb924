"""Fixtures of the browser tests: one server and one browser for all, a fresh city and fresh contexts for each.

Nothing may go wrong unnoticed: a message of the page's console, an exception in a script, a refused request or a
broken content policy fails the test, unless it provoked it and said so.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from diversion import clock
from tests.e2e.brussels import REGION
from tests.e2e.chromium import launch
from tests.e2e.city import City
from tests.e2e.founding import build
from tests.e2e.profiles import Profiles
from tests.e2e.visits import Visits
from tests.e2e.words import Words
from tests.emptying import empty_tables
from tests.server import ROOT, Server, eventually


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
    # Inside its loop Django finds none of the connections made outside, and the other way round: whoever leaves one
    # behind has the test database waited for in the end.
    connections.close_all()
    with sync_playwright() as playwright:
        yield playwright
        connections.close_all()


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


@pytest.fixture(scope="session")
def profiles(browser: Browser, server: Server) -> Profiles:
    return Profiles(browser, server.url)


@pytest.fixture(scope="session")
def painting_profiles(painting_browser: Browser, server: Server) -> Profiles:
    return Profiles(painting_browser, server.url)


@pytest.fixture
def visit(city: City, server: Server, request: pytest.FixtureRequest) -> Iterator[Visits]:
    painting = request.node.get_closest_marker("webgl") is not None
    visits = Visits(city, request.getfixturevalue("painting_profiles" if painting else "profiles"))
    yield visits
    keep_picture(visits, request.node)
    visits.close()
    left = visits.watch.left()
    assert left == [], f"What the server said:\n{server.output()}"


def keep_picture(visits: Visits, node: Any) -> None:
    """What every desk showed when a test failed: its words in the report, a picture where E2E_PICTURES says."""
    if not getattr(node, "failed_call", False):
        return
    node.add_report_section("teardown", "from the desks", "\n\n".join(map(words_on, visits.pages())))
    folder = os.environ.get("E2E_PICTURES")
    if not folder:
        return
    name = re.sub(r"[^\w-]+", "-", node.name)
    for number, page in enumerate(visits.pages()):
        page.screenshot(path=Path(folder) / f"{name}-{number}.png", timeout=10_000)


def words_on(page: Page) -> str:
    try:
        shown = page.locator("body").inner_text(timeout=5_000)
    except PlaywrightError as error:
        shown = f"cannot be read: {error}"
    return f"{page.url}\n{shown}"


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
