"""Declaring, redirecting, confirming and receiving, as four people at four desks see it at the same time."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.faces import Console, Screen, SitePage
from tests.e2e.visits import PHONE, Visits


@pytest.mark.webgl
def test_from_a_declaration_in_two_taps_to_an_acknowledged_redirect(visit: Visits, city: City):
    city.under_way("AMB 11", "AMB 12")
    clara = SitePage(visit("clara", SitePage.path("saint-pierre"), viewport=PHONE))
    dina = Console(visit("dina", Console.path))
    dirk = Console(visit("dirk", Console.path))
    ruth = Screen(visit("ruth", Screen.path("saint-jean")))
    pia = Screen(visit("pia", Screen.path("saint-pierre")))
    for screen in (ruth, pia):
        screen.start()
    expect(pia.card("AMB 11")).to_be_visible()
    for console in (dina, dirk):
        console.is_live()
        expect(console.list).to_contain_text(console.say.like("console:list.empty"))

    clara.declare_button().click()
    clara.commit_button().click()

    expect(clara.page.get_by_role("heading", name=clara.say.like("site:receipt.recorded"))).to_be_visible()
    for console in (dina, dirk):
        expect(console.row("AMB 11")).to_contain_text(console.say("console:stage.undecided"))
        expect(console.row("AMB 12")).to_contain_text(console.say("console:stage.undecided"))
        expect(console.hospital("Saint-Pierre")).to_contain_text(console.say("common:condition.diverted"))
    # Three ways out, each with a journey time.
    expect(dina.options("AMB 11")).to_have_count(3)

    dina.hospital("Saint-Pierre").get_by_role("button", name=dina.say("console:act.seen")).click()
    expect(clara.page.get_by_role("main")).to_contain_text(clara.say.like("site:seen.yes", x="Dina"))

    dina.row("AMB 11").get_by_role("button", name=dina.say("console:option.redirect", h="Saint-Jean")).click()
    for console in (dina, dirk):
        expect(console.row("AMB 11")).to_contain_text(console.say("console:stage.ordered"))
    # An order moves nothing yet: nobody but the crew can turn the vehicle round.
    expect(ruth.card("AMB 11")).to_have_count(0)

    city.crew_answers("AMB 11")
    expect(dirk.row("AMB 11")).to_contain_text(dirk.say("console:stage.crew_ack"))
    expect(ruth.card("AMB 11")).to_contain_text(ruth.say("screen:card.redirected_from"))
    expect(pia.card("AMB 11")).to_contain_text(pia.say("screen:card.redirected_to"))
    expect(pia.card("AMB 11")).to_contain_text("Saint-Jean")
    expect(pia.acknowledge("AMB 11")).to_have_count(0)

    ruth.acknowledge("AMB 11").click()
    for console in (dina, dirk):
        expect(console.row("AMB 11")).to_contain_text(console.say("console:stage.ed_ack"))
        expect(console.row("AMB 12")).to_contain_text(console.say("console:stage.undecided"))
    tells_in_order(
        dirk,
        dirk.say.like("console:event.diversion.declared", site="Saint-Pierre", affected=2),
        dirk.say.like("console:event.redirect.ordered", vehicle="AMB 11", to="Saint-Jean"),
        dirk.say.like("console:event.redirect.acknowledged", vehicle="AMB 11", to="Saint-Jean"),
        dirk.say.like("console:event.notice.acknowledged", vehicle="AMB 11", site="Saint-Jean"),
    )


def tells_in_order(console: Console, *patterns):
    """The log, newest first, holds each of these, the later above the earlier."""
    lines = console.log()[::-1]
    places = [next((n for n, line in enumerate(lines) if pattern.search(line)), None) for pattern in patterns]
    assert None not in places, f"missing: {[p.pattern for p, n in zip(patterns, places, strict=True) if n is None]}"
    assert places == sorted(places), lines
