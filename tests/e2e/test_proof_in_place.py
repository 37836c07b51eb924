"""Is it you? A wrong answer says what was wrong, and the field stays where it is under whoever types the next."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import ViewportSize, expect

from tests.e2e.city import City
from tests.e2e.proofs import asked, asks_for_her_password, nobody_admits, overrides
from tests.e2e.test_sizes import box_of
from tests.e2e.visits import DESK, PHONE, Visits
from tests.e2e.words import Words


@pytest.fixture(autouse=True)
def nobody_has_tried(city: City) -> None:
    cache.clear()


@pytest.mark.parametrize("language", ["fr", "nl"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_wrong_password_moves_nothing(visit: Visits, city: City, language: str, size: ViewportSize):
    say = Words(language)
    city.password("dina")
    visit.watch.expect(r"403|422")
    console = nobody_admits(visit, city, say, language, viewport=size)
    overrides(console, "AMB 11", say)

    question = asked(console.page, say)
    field = asks_for_her_password(question, say)
    before = box_of(field)
    console.page.keyboard.type("not it")
    console.page.keyboard.press("Enter")
    expect(question.get_by_role("alert")).to_have_text(say("common:proof.wrong.password"))
    expect(field).to_be_focused()
    assert box_of(field) == before
    assert city.rows("redirect") == []
