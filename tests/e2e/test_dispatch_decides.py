"""What is dispatch's to decide: a reopening that a hospital asks for, and a supervisor's rules and quarantines."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.desks import desk, press, waits
from tests.e2e.visits import Visits

# ------------------------------------------------------------ reopening


def test_a_reopening_shows_whom_it_frees_and_takes_two_presses(visit: Visits, city: City):
    city.under_way("AMB 11")
    city.under_way("AMB 12", urgency="vital")
    diversion = city.declare()
    dina = desk(visit)
    press(dina, "console:act.seen", dina.strip)
    city.ask_to_reopen(diversion, extent="partial", gates={"ambulances": "life_threatening"})
    waits(dina, "reopening_asked", h="Saint-Pierre")
    press(dina, "console:alarms.go", dina.strip)

    card = dina.dialog.get_by_role("region", name=dina.say("desk:reopening.partial"))
    expect(card).to_contain_text(dina.say("desk:reopening.frees", count=1, n=1, v="AMB 12"))
    expect(card).to_contain_text(dina.say("common:gate_value.life_threatening"))
    press(dina, "desk:reopening.acknowledge", card)
    # The first press changes nothing, and the focus is not on what would.
    expect(card.get_by_role("button", name=dina.say("common:action.cancel"))).to_be_focused()
    press(dina, "desk:reopening.acknowledge_commit", card)
    expect(card).to_have_count(0)
    dina.page.keyboard.press("Escape")
    expect(dina.row("AMB 12")).to_have_count(0)
    expect(dina.row("AMB 11")).to_contain_text(dina.say("console:stage.undecided"))
    expect(dina.logged("console:event.diversion.partly_reopened", site="Saint-Pierre")).to_have_count(1)


def test_a_reopening_that_is_declined_tells_why_and_opens_nothing(visit: Visits, city: City):
    diversion = city.declare()
    city.ask_to_reopen(diversion)
    dina = desk(visit)
    card = dina.open_hospital("Saint-Pierre").get_by_role("region", name=dina.say("desk:reopening.full"))
    press(dina, "desk:reopening.decline", card)
    commit = card.get_by_role("button", name=dina.say("desk:reopening.decline_commit"))
    expect(commit).to_be_disabled()
    card.get_by_role("textbox", name=dina.say("common:reason")).fill("two ambulances on their way")
    commit.click()
    expect(card).to_have_count(0)
    expect(dina.dialog).to_contain_text(dina.say("common:gate_value.closed"))
    dina.page.keyboard.press("Escape")
    expect(dina.logged("console:event.diversion.reopening_declined")).to_contain_text("two ambulances on their way")
    assert city.rows("diversion")[0]["reopening"] is None


# ------------------------------------------------------------ a supervisor's acts


def test_a_supervisor_changes_a_rule_which_a_dispatcher_is_not_offered(visit: Visits, city: City):
    sofie, dina = desk(visit, "sofie"), desk(visit)
    expect(dina.button("desk:policy.open", dina.hospitals)).to_have_count(0)
    expect(dina.button("desk:ask.open", dina.hospitals)).to_have_count(1)
    press(sofie, "desk:policy.open", sofie.hospitals)
    field = sofie.dialog.get_by_role("spinbutton", name=sofie.say("desk:setting.crew_overdue_s.title"))
    expect(field).to_have_value("30")
    commit = sofie.dialog.get_by_role("button", name=sofie.say.like("desk:policy.commit", count=1))
    field.fill("0")
    expect(commit).to_be_disabled()
    field.fill("45")
    commit.click()
    sofie.page.keyboard.press("Escape")
    expect(dina.logged("console:event.policy.changed")).to_contain_text("30 → 45")
    assert city.rows("region")[0]["policy"]["crew_overdue_s"] == 45


def test_a_rule_that_a_dispatcher_sends_all_the_same_is_refused(visit: Visits, city: City):
    visit.watch.expect(r"403.*/policy")
    dina = desk(visit)
    status = dina.page.evaluate(
        """async () => (await fetch('/api/regions/brussels/policy', {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            'Idempotency-Key': crypto.randomUUID(),
            'X-CSRFToken': document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? '',
          },
          body: JSON.stringify({ changes: { crew_overdue_s: 45 } }),
        })).status"""
    )
    assert status == 403
    assert city.rows("region")[0]["policy"]["crew_overdue_s"] == 30


def test_a_quarantine_is_told_at_every_desk_and_lifted_with_a_reason(visit: Visits, city: City):
    sofie, dina = desk(visit, "sofie"), desk(visit)
    sheet = sofie.open_hospital("Saint-Luc")
    press(sofie, "desk:quarantine.open", sheet)
    sheet.get_by_role("textbox", name=sofie.say("common:reason")).fill("strange traffic")
    press(sofie, "desk:quarantine.commit", sheet)
    waits(dina, "quarantine", h="Saint-Luc", x="Sofie")
    expect(dina.hospital("Saint-Luc")).to_contain_text(dina.say("desk:caution.quarantined"))
    expect(dina.open_hospital("Saint-Luc").get_by_role("button", name=dina.say("desk:release.open"))).to_have_count(0)
    press(sofie, "desk:release.open", sheet)
    sheet.get_by_role("textbox", name=sofie.say("common:reason")).fill("cleaned")
    press(sofie, "desk:release.commit", sheet)
    expect(dina.hospital("Saint-Luc")).not_to_contain_text(dina.say("desk:caution.quarantined"))
