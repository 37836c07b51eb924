"""The emergency department's screen: heard or loudly mute, answered or escalated, and missed when it is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.faces import HOLD_AUDIO, Console, Screen
from tests.e2e.visits import Visits
from tests.e2e.words import Words


def desk(visit: Visits) -> Console:
    console = Console(visit("dina", Console.path))
    console.is_live()
    return console


def test_nothing_is_shown_as_running_before_somebody_has_started_the_screen(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11", to="saint-jean")
    dina = desk(visit)
    ruth = Screen(visit("ruth", Screen.path("saint-jean")))
    expect(ruth.button("screen:gate.start")).to_be_focused()
    # Even so it says that somebody is coming.
    expect(ruth.page.get_by_role("alert").filter(has_text=say("screen:gate.asking", count=1))).to_be_visible()
    expect(ruth.card("AMB 11")).to_have_count(0)
    expect(dina.hospital("Saint-Jean")).to_contain_text(say("common:presence.never"))

    ruth.start()
    expect(ruth.card("AMB 11")).to_be_visible()
    expect(dina.hospital("Saint-Jean")).to_contain_text(say("common:presence.live"))


def test_an_empty_screen_says_so_with_a_running_clock(visit: Visits, city: City, say: Words):
    ruth = Screen(visit("ruth", Screen.path("saint-jean")))
    ruth.start()
    expect(ruth.page.get_by_role("main")).to_contain_text(say("screen:empty.none"))
    clock = ruth.page.get_by_role("banner").locator("p.clock")
    shown = clock.inner_text()
    expect(clock).not_to_have_text(shown)


def test_patients_stand_by_arrival_and_answered_ones_below(visit: Visits, city: City):
    city.under_way("AMB 12", to="saint-jean", eta=timedelta(minutes=9))
    city.under_way("AMB 11", to="saint-jean", eta=timedelta(minutes=4))
    city.under_way("AMB 13", to="saint-jean", eta=timedelta(minutes=15))
    ruth = Screen(visit("ruth", Screen.path("saint-jean")))
    ruth.start()
    cards = ruth.page.get_by_role("article")
    expect(cards).to_contain_text(["AMB 11", "AMB 12", "AMB 13"])
    ruth.acknowledge("AMB 11").click()
    expect(cards).to_contain_text(["AMB 12", "AMB 13", "AMB 11"])


class TestShortLimits:
    """A region that waits two seconds where Brussels waits a minute."""

    @pytest.fixture
    def policy(self) -> dict[str, int]:
        return {"escalate_after_s": 2}

    def test_a_notice_nobody_answers_reaches_the_desk_as_an_alarm(self, visit: Visits, city: City, say: Words):
        ruth, dina = Screen(visit("ruth", Screen.path("saint-jean"))), desk(visit)
        ruth.start()
        city.under_way("AMB 11", to="saint-jean")
        expect(ruth.card("AMB 11")).to_contain_text(say("screen:card.escalated"))
        expect(dina.logged("console:event.notice.escalated", site="Saint-Jean", vehicle="AMB 11")).to_have_count(1)
        alarms = dina.region("A").get_by_role("button", name=say.like("console:bar.p1"))
        alarms.click()
        expect(dina.dialog).to_contain_text(say("console:alarm.ed_unanswered", h="Saint-Jean", v="AMB 11"))

        # Answered on the phone: the desk says so, and it is over on both sides.
        dina.dialog.get_by_role("button", name=say("console:alarms.ed_answered")).click()
        expect(ruth.card("AMB 11")).to_contain_text(say.like("screen:card.acknowledged"))
        expect(dina.dialog).to_contain_text(say("console:alarms.none"))


def test_a_screen_that_cannot_sound_says_so_and_the_desk_knows(visit: Visits, city: City, say: Words):
    context = visit.context("ruth")
    context.add_init_script(HOLD_AUDIO)
    page = context.new_page()
    page.goto(f"{city.url}{Screen.path('saint-jean')}")
    ruth, dina = Screen(page), desk(visit)
    ruth.start()
    expect(page.get_by_text(say("common:sound.off"))).to_have_count(0)
    expect(dina.hospital("Saint-Jean")).to_contain_text(say("common:presence.live"))

    page.evaluate("Promise.all(window.audioContexts.map(context => context.suspend()))")
    expect(page.get_by_text(say("common:sound.off"))).to_be_visible()
    expect(dina.hospital("Saint-Jean")).to_contain_text(say("common:presence.muted"))

    ruth.button("screen:strip.arm").click()
    expect(page.get_by_text(say("common:sound.off"))).to_have_count(0)
    expect(dina.hospital("Saint-Jean")).to_contain_text(say("common:presence.live"))


def test_a_screen_switched_off_falls_silent_at_the_desk(visit: Visits, city: City, say: Words):
    ruth, dina = Screen(visit("ruth", Screen.path("saint-jean"))), desk(visit)
    ruth.start()
    expect(dina.hospital("Saint-Jean")).to_contain_text(say("common:presence.live"))
    visit.leave(ruth.page)
    # The region's own limit is thirty seconds of silence; this test does not wait for them.
    city.policy(silent_after_s=1)
    expect(dina.hospital("Saint-Jean")).to_contain_text(say("common:presence.silent"))
    expect(
        dina.logged("console:event.presence.changed", site="Saint-Jean", state=say("common:presence.silent"))
    ).to_have_count(1)


def test_a_patient_who_goes_elsewhere_is_struck_and_not_simply_gone(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11")
    pia = Screen(visit("pia", Screen.path("saint-pierre")))
    pia.start()
    expect(pia.card("AMB 11")).to_be_visible()
    city.declare()
    city.order("AMB 11", "saint-jean")
    city.crew_answers("AMB 11")
    expect(pia.card("AMB 11")).to_contain_text(say("screen:card.redirected_to"))
    expect(pia.acknowledge("AMB 11")).to_have_count(0)
    city.under_way("AMB 12")
    expect(pia.card("AMB 12")).to_be_visible()
    city.tell("AMB 12", "saint-pierre", "cancelled")
    expect(pia.card("AMB 12")).to_contain_text(say("screen:gone.cancelled"))


def test_a_concern_is_raised_with_a_reason_and_heard_at_the_desk(visit: Visits, city: City, say: Words):
    city.under_way("AMB 11", to="saint-jean")
    ruth, dina = Screen(visit("ruth", Screen.path("saint-jean"))), desk(visit)
    ruth.start()
    ruth.card("AMB 11").get_by_role("button", name=say("screen:card.raise")).click()
    dialog = ruth.page.get_by_role("dialog")
    dialog.get_by_text(say("screen:concern.reason.no_team"), exact=True).click()
    dialog.get_by_role("button", name=say("screen:concern.commit"), exact=True).click()
    expect(ruth.card("AMB 11")).to_contain_text(say("screen:concern.reason.no_team"))
    expect(dina.logged("console:event.notice.concern_raised", site="Saint-Jean", vehicle="AMB 11")).to_have_count(1)
    # A reason, never a veto: the patient still comes, and can still be accepted.
    expect(ruth.acknowledge("AMB 11")).to_be_visible()
