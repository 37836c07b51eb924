"""All that is missing at once is told to its end, on a desk and on a phone.

An end that is cut off is what somebody was to do.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from diversion.embedded.services import Services
from tests.e2e.faces import Console
from tests.e2e.test_sizes import fits_the_width
from tests.e2e.visits import DESK, PHONE
from tests.faults.test_broken_services import kill_valkey
from tests.faults.test_degraded import desk, pages
from tests.reaching.channels import add
from tests.server import Server
from tests.world import World

__all__ = ["pages"]

PARTS = ("worker", "broker", "standby")
#: Nothing of it lies outside the box around it, which shows no more than its own size.
CUT_OFF = """(told) => { const box = told.closest('[role=status]').getBoundingClientRect();
  const own = told.getBoundingClientRect();
  return told.scrollWidth > told.clientWidth || own.top < box.top - 1 || own.bottom > box.bottom + 1 }"""


@pytest.fixture
def copied(services: Services, real_world: World) -> Iterator[Server]:
    """A server that was promised a copy of its record."""
    started = Server(env={"STANDBYS": "1"}).start()
    yield started
    started.stop()


def told(console: Console, part: str) -> Locator:
    """The sentence about one part."""
    said = console.page.get_by_role("status").get_by_text(console.say(f"console:without.{part}.title"))
    return said.locator("..")


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_what_is_missing_is_told_to_its_end(
    services: Services, copied: Server, real_world: World, pages: Browser, language: str
) -> None:
    console = desk(pages, copied, real_world, language)
    add(real_world, "json://127.0.0.1:9/")
    kill_valkey(services)
    for part in PARTS:
        expect(told(console, part)).to_contain_text(console.say(f"console:without.{part}.text"))
    for size in (DESK, PHONE):
        console.page.set_viewport_size(size)
        fits_the_width(console.page)
        for part in PARTS:
            assert not told(console, part).evaluate(CUT_OFF), f"{part} is cut off at {size}"
