"""A channel that fails is seen by who can act on it, tested from the screen, and shown as working again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.city import City
from tests.e2e.faces import Console, SitePage
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words
from tests.reaching.channels import try_all
from tests.reaching.sinks import Gateway


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    found = Gateway().start()
    yield found
    found.stop()


def picture(page: Page, name: str) -> None:
    """For whoever looks at it; nothing is written without a folder."""
    if folder := os.environ.get("E2E_PICTURES"):
        page.screenshot(path=Path(folder) / f"reaching-{name}.png")


def test_a_failing_channel_is_an_alarm_a_test_away_from_working(
    visit: Visits, city: City, say: Words, gateway: Gateway
) -> None:
    city.channel("Night SMS", address=gateway.address)
    city.channel("Duty phone", "saint-pierre", gateway.address)
    try_all()
    sofie = Console(visit("sofie", Console.path))
    sofie.is_live()
    gateway.status = 503
    city.declare()
    for _ in range(2):
        try_all()
    sofie.page.get_by_role("button", name=say("console:bar.p2")).click()
    entry = sofie.dialog.get_by_role("listitem").filter(has_text=say("console:alarm.channel_failing", c="Night SMS"))
    expect(entry).to_be_visible()
    picture(sofie.page, "alarm")
    sofie.button("console:alarms.go", entry).click()

    night = sofie.dialog.get_by_role("listitem").filter(has_text="Night SMS")
    expect(night).to_contain_text(say.like("common:reach.failing"))
    expect(night).to_contain_text("503")
    picture(sofie.page, "failing")
    gateway.status = 200
    sofie.button("common:reach.test_of", night, c="Night SMS").click()
    expect(night).to_contain_text(say("common:reach.testing"))
    try_all()
    expect(night).to_contain_text(say.like("common:reach.works"))
    picture(sofie.page, "works")


def test_a_dispatcher_sees_the_channels_and_tests_none(visit: Visits, city: City, say: Words, gateway: Gateway) -> None:
    city.channel("Night SMS", address=gateway.address)
    try_all()
    dina = Console(visit("dina", Console.path))
    dina.is_live()
    dina.page.get_by_role("button", name=say("console:bar.p2")).click()
    dina.button("common:reach.title").click()
    expect(dina.dialog).to_contain_text(say.like("common:reach.works"))
    expect(dina.button("common:reach.test_of", dina.dialog, c="Night SMS")).to_have_count(0)


def test_a_coordinator_sees_and_tests_the_own_sites_channels_alone(
    visit: Visits, city: City, say: Words, gateway: Gateway
) -> None:
    city.channel("Night SMS", address=gateway.address)
    city.channel("Duty phone", "saint-pierre", gateway.address)
    clara = SitePage(visit("clara", SitePage.path("saint-pierre"), viewport=PHONE, language="fr"), Words("fr"))
    clara.is_live()
    own = clara.page.get_by_role("region", name=clara.say("common:reach.title"))
    expect(own).to_contain_text("Duty phone")
    expect(own).not_to_contain_text("Night SMS")
    expect(own).to_contain_text(clara.say("common:reach.testing"))
    try_all()
    expect(own).to_contain_text(clara.say.like("common:reach.works"))
    own.scroll_into_view_if_needed()
    picture(clara.page, "phone")
    clara.button("common:reach.test_of", own, c="Duty phone").click()
    expect(own).to_contain_text(clara.say("common:reach.testing"))
    try_all()
    expect(own).to_contain_text(clara.say.like("common:reach.works"))
