"""Without a part of it the product goes on, in the order of what matters, and the desk reads on screen what is missing.

Real services are stopped under a real server; what a browser then shows is read from the very catalogues.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect, sync_playwright

from diversion.embedded.services import Services
from diversion.models import ClockBeat
from tests.access.actors import secret_of
from tests.e2e.chromium import launch
from tests.e2e.faces import Console
from tests.e2e.visits import ELSEWHERE, PATIENCE
from tests.e2e.words import Words
from tests.faults.reader import Reader
from tests.faults.test_broken_services import kill_valkey
from tests.logins import log_in
from tests.reaching.channels import add
from tests.server import Server
from tests.world import REGION, World


def test_the_desk_is_told_that_a_copy_of_the_record_is_missing_and_a_hospital_is_not(
    services: Services, real_world: World
) -> None:
    server = Server(env={"STANDBYS": "1"}).start()
    try:
        own = secret_of(real_world, "feed:read", site="saint-luc")
        for token, parts in ((real_world.cad_secret, ["standby"]), (own, [])):
            reader = Reader(f"ws://127.0.0.1:{server.port}/feed/{REGION}", token)
            reader.connect()
            assert reader.until("tick")["without"] == parts
            reader.close()
    finally:
        server.stop()


# ---------------------------------------------------------------- what a dispatcher reads


@pytest.fixture
def pages() -> Iterator[Browser]:
    # Playwright's loop has connections of its own: what is left behind on either side keeps the test database.
    connection.close()
    with sync_playwright() as playwright:
        browser = launch(playwright, "--disable-3d-apis")
        yield browser
        browser.close()
        connection.close()


def desk(pages: Browser, server: Server, world: World, language: str) -> Console:
    """Dina's console, with the clock alive for as long as the test lasts, so that it is no part of what is missing."""
    ClockBeat.objects.update_or_create(name="clock", defaults={"at": timezone.now() + timedelta(hours=1)})
    browser = log_in(Client(), world.users["dina"])
    context = pages.new_context(viewport={"width": 1440, "height": 900}, **ELSEWHERE)
    context.set_default_timeout(PATIENCE)
    name = settings.SESSION_COOKIE_NAME
    cookies = {"django_language": language, name: browser.cookies[name].value}
    context.add_cookies([{"name": one, "value": value, "url": server.url} for one, value in cookies.items()])
    page: Page = context.new_page()
    page.clock.install()
    page.goto(f"{server.url}/console/{REGION}/")
    console = Console(page, Words(language))
    console.is_live()
    return console


def shows(console: Console, key: str) -> None:
    expect(console.page.get_by_text(console.say(key)).first).to_be_visible()


def shows_no(console: Console, key: str) -> None:
    expect(console.page.get_by_text(console.say(key))).to_have_count(0)


def let_pass(console: Console, seconds: int) -> None:
    console.page.clock.fast_forward(seconds * 1000)


def test_screens_say_in_words_what_is_missing_and_decide_nothing_from_a_picture_that_is_old(
    services: Services, server: Server, real_world: World, pages: Browser
) -> None:
    console = desk(pages, server, real_world, "nl")
    real_world.transport("AMB 1")

    kill_valkey(services)
    shows(console, "console:without.broker.title")
    shows(console, "console:without.broker.text")
    services.start_valkey()
    shows_no(console, "console:without.broker.title")

    add(real_world, "json://127.0.0.1:9/")
    shows(console, "console:without.worker.title")
    shows(console, "console:without.worker.text")
    ClockBeat.objects.create(name="worker", at=timezone.now() + timedelta(hours=1))
    shows_no(console, "console:without.worker.title")

    alive = ClockBeat.objects.filter(name="clock")
    alive.update(at=timezone.now() - timedelta(minutes=1))
    shows(console, "console:alarm.clock_dead")
    alive.update(at=timezone.now() + timedelta(hours=1))
    shows_no(console, "console:alarm.clock_dead")

    services.stop_postgres()
    let_pass(console, 12)
    console.shows_freshness("delayed")
    shows(console, "console:delayed.title")
    let_pass(console, 20)
    console.shows_freshness("offline")
    shows(console, "console:offline.title")
    shows(console, "console:offline.radio")
    # The last picture stays to be read; nothing can be done on it.
    expect(console.hospital("saint-luc")).to_be_visible()
    services.start_postgres()
    connection.close()
    connection.close_pool()
    let_pass(console, 13)
    console.is_live()
    shows_no(console, "console:offline.title")
