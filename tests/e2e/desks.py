"""A desk at the console, and what its line of alarms tells: for tests in which dispatch and hospitals speak."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from tests.e2e.faces import Console
from tests.e2e.visits import Visits
from tests.e2e.words import Words


def desk(visit: Visits, who: str = "dina", language: str = "en", **options: Any) -> Console:
    console = Console(visit(who, Console.path, language, **options), Words(language))
    console.is_live()
    return console


def waits(console: Console, key: str, **values: object) -> None:
    """The line under the bar tells this alarm."""
    expect(console.strip).to_contain_text(console.say.like(f"console:alarm.{key}", **values))


def calm(console: Console) -> None:
    expect(console.strip).to_contain_text(console.say("console:alarms.calm"))


def press(console: Console, key: str, within: Locator, **values: object) -> None:
    within.get_by_role("button", name=console.say(key, **values), exact=True).click()
