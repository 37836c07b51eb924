"""Fixtures: the world and its cast, on the real database. Tests that need real commits ask for ``real_world``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client, override_settings
from django.utils import timezone

from diversion.accounts.cache import _Away
from tests.emptying import empty_tables
from tests.logins import log_in
from tests.world import World, begin


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's, which truncates the tables: the log forbids that, to tests as to everybody."""
    with django_db_blocker.unblock():
        yield
        empty_tables()


@pytest.fixture
def world(db: None) -> World:
    """The world inside one transaction that is rolled back."""
    return begin()


@pytest.fixture
def real_world(transactional_db: None) -> World:
    """The world with real commits: for threads, sockets, snapshots and whatever needs a second connection."""
    return begin()


@pytest.fixture
def login(client: Client, request: pytest.FixtureRequest):
    """``login("dina")``: a browser of that member of the cast."""

    def enter(who: str) -> Client:
        world = request.getfixturevalue("real_world" if "real_world" in request.fixturenames else "world")
        return log_in(Client(HTTP_ACCEPT_LANGUAGE="en"), world.users[who])

    return enter


@pytest.fixture
def still() -> Iterator[None]:
    """Time stands still: what a code app shows may change at the next second, and a busy machine takes longer."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Argon2 is slow on purpose; a test that logs somebody in is not about that. One test names the real hasher."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def static_files_looked_for_when_asked(settings):
    """Each browser of a test has a handler of its own, which would list every static file of the product first."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def nobody_counts_the_tests(settings):
    """All of them come from one address, faster than any dispatcher; the tests of the limits set their own."""
    settings.RATE_LIMIT = 1_000_000


@pytest.fixture
def no_valkey(settings) -> Iterator[None]:
    """Its address leads nowhere, as seen by a process that has just started."""
    with override_settings(CACHES={"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}):
        caches["default"].clear()
        _Away.until = 0.0
        yield
        caches["default"].clear()
    _Away.until = 0.0
