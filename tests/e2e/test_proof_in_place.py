"""Is it you? A wrong answer says what was wrong, and the field stays where it is under whoever types the next."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import ViewportSize, expect

from tests.e2e.city import City
from tests.e2e.faces import Console
from tests.e2e.test_sizes import box_of
from tests.e2e.test_step_up import asked, long_ago, overrides
from tests.e2e.visits import DESK, PHONE, Visits
from tests.e2e.words import Words


@pytest.fixture(autouse=True)
def nobody_has_tried(city: City) -> None:
    cache.clear()


@pytest.mark.parametrize("language", ["fr", "nl"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_wrong_password_moves_nothing(visit: Visits, city: City, language: str, size: ViewportSize):
    say = Words(language)
    city.under_way("AMB 11")
    city.declare()
    city.declare("saint-luc", who="lucas")
    city.password("dina")
    console = Console(visit("dina", Console.path, language, viewport=size), say)
    visit.watch.expect(r"403|422")
    expect(console.options("AMB 11")).to_have_count(3)
    long_ago("dina")
    overrides(console, "AMB 11", say)

    question = asked(console.page, say)
    field = question.get_by_label(say("common:proof.field.password", x="dina"))
    expect(field).to_be_focused()
    before = box_of(field)
    console.page.keyboard.type("not it")
    console.page.keyboard.press("Enter")
    expect(question.get_by_role("alert")).to_have_text(say("common:proof.wrong.password"))
    expect(field).to_be_focused()
    assert box_of(field) == before
    assert city.rows("redirect") == []
