"""A server with the browser tests' Brussels, in a database of its own that is thrown away: screens are timed on it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import django
import psycopg
import psycopg.sql


def prepare() -> None:
    """Django as the browser tests have it; before anything of the product is imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")
    # Playwright's synchronous interface runs an event loop in this very thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()


def afresh(city: Any) -> Any:
    """The same city before anything happened in it: no vehicle, no declaration, a log that begins anew."""
    from tests.e2e.founding import build
    from tests.emptying import empty_tables

    empty_tables()
    return build(city.url)


def at_a_desk(city: Any, browser: Any, **options: Any) -> Any:
    """A profile of its own in which Dina is logged in, at the size of a desk's screen."""
    from tests.e2e.visits import DESK

    context = browser.new_context(**{"viewport": DESK, **options})
    cookies = {"django_language": "en", **city.session("dina")}
    context.add_cookies([{"name": name, "value": value, "url": city.url} for name, value in cookies.items()])
    return context


@contextlib.contextmanager
def city_and_browser(*flags: str, **env: str) -> Iterator[tuple[Any, Any]]:
    """The city, served, and Chromium, each with what else it is to be started with."""
    from django.db import connection
    from django.test.utils import setup_databases
    from playwright.sync_api import sync_playwright

    from tests.e2e.chromium import launch
    from tests.e2e.founding import build
    from tests.server import Server

    setup_databases(verbosity=0, interactive=False)
    name = connection.settings_dict["NAME"]
    server = Server(env=env).start()
    try:
        city = build(server.url)
        with sync_playwright() as playwright:
            browser = launch(playwright, *flags)
            yield city, browser
            browser.close()
    finally:
        server.stop()
        # Forced: a pool of this or the server's process may still hold a connection to what is to go.
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as outside:
            outside.execute(psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)").format(psycopg.sql.Identifier(name)))
