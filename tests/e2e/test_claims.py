"""Two desks and one vehicle: each sees at once what the other is at, and nobody is stopped by it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.faces import Console
from tests.e2e.visits import Visits
from tests.e2e.words import Words


def test_another_desk_sees_whose_a_vehicle_is_and_may_decide_all_the_same(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11")
    city.declare()
    dina, dirk = (Console(visit(who, Console.path)) for who in ("dina", "dirk"))
    expect(dina.options("AMB 11")).to_have_count(3)
    dina.row("AMB 11").focus()
    dina.page.keyboard.press("1")
    whose = say("console:claim.line", count=1, x=city.users["dina"].first_name)
    expect(dirk.row("AMB 11")).to_contain_text(whose)
    dirk.row("AMB 11").focus()
    expect(dirk.row("AMB 11").get_by_text(whose)).to_be_visible()
    expect(dina.row("AMB 11")).not_to_contain_text(whose)

    dina.page.keyboard.press("Escape")
    expect(dirk.row("AMB 11")).not_to_contain_text(whose)

    dina.page.keyboard.press("1")
    expect(dirk.row("AMB 11")).to_contain_text(whose)
    for key in ("2", "Enter"):
        dirk.page.keyboard.press(key)
    expect(dirk.row("AMB 11")).to_contain_text(say("console:stage.ordered"))
