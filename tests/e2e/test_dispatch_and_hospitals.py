"""What hospitals tell and what dispatch does about it: declared after a call, asked, doubted, reopened, gone silent."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.city import City
from tests.e2e.conftest import PHONE, Visits
from tests.e2e.faces import Console
from tests.e2e.test_accessible import LANGUAGES, is_accessible
from tests.e2e.test_sizes import fits_the_width
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


# ------------------------------------------------------------ declared after a call


def test_a_failure_at_two_hospitals_declared_after_a_call_is_one_alarm_and_seen_with_it(visit: Visits, city: City):
    dina, dirk = desk(visit), desk(visit, "dirk")
    say = dina.say
    press(dina, "console:site.declare", dina.open_hospital("Saint-Luc"))
    form = dina.dialog
    form.get_by_role("radio", name=say("desk:scope.supplier")).check()
    form.get_by_role("textbox", name=say("desk:declare.name_supplier")).fill("Labsoft")
    form.get_by_role("checkbox", name="Clinique Saint-Jean").check()
    form.get_by_role("combobox", name=say("desk:declare.differs", h="Saint-Jean")).select_option("life_threatening")
    form.get_by_role("textbox", name=say("console:declare.called_by")).fill("head nurse")
    form.get_by_role("textbox", name=say("desk:declare.call_back")).fill("02 123 45 67")
    aloud = form.get_by_role("region", name=say("desk:declare.read_out"))
    expect(aloud).to_contain_text("Saint-Luc")
    expect(aloud).to_contain_text(say("common:gate_value.life_threatening"))
    form.get_by_role("checkbox", name=say("desk:declare.read_back")).check()
    form.get_by_role("button", name=say.like("console:declare.commit")).click()
    expect(dina.dialog).to_have_count(0)

    # This desk declared it and has seen it; every other desk hears of it once.
    expect(dina.logged("console:event.diversion.seen")).to_have_count(2)
    calm(dina)
    waits(dirk, "colleague_shared", x="Dina", n=2)
    expect(dirk.list).to_contain_text(say("desk:shared.supplier", name="Labsoft"))
    press(dirk, "console:alarms.hear", dirk.strip)
    calm(dirk)

    card = dirk.open_hospital("Saint-Jean")
    expect(card).to_contain_text(say("desk:card.not_by_hospital"))
    expect(card).to_contain_text(say("desk:card.read_back"))
    expect(card.get_by_role("link", name=say.like("desk:card.call_back"))).to_have_attribute("href", "tel:021234567")
    gates = {one["id"]: one["gates"]["ambulances"]["value"] for one in city.rows("site")}
    assert (gates["saint-luc"], gates["saint-jean"]) == ("closed", "life_threatening")


def test_one_failure_declared_by_its_hospitals_is_seen_once_for_all(visit: Visits, city: City):
    city.declare_together("his-ixelles", "his-moliere")
    dina = desk(visit)
    waits(dina, "declaration_shared", x="HIS", n=2)
    expect(dina.strip.get_by_role("button", name=dina.say.like("console:alarms.more", count=1))).to_have_count(0)
    press(dina, "console:act.seen", dina.strip)
    calm(dina)
    for name in ("HIS Ixelles", "HIS Molière"):
        expect(dina.hospital(name).get_by_role("button", name=dina.say("console:act.seen"))).to_have_count(0)
    sheet = dina.open_hospital("HIS Ixelles")
    sheet.get_by_role("button", name="HIS Molière", exact=True).click()
    expect(dina.dialog.get_by_role("heading", level=2)).to_contain_text("Molière")


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


# ------------------------------------------------------------ how sure it is


def test_what_nobody_confirmed_in_time_is_told_and_confirmed_after_a_call(visit: Visits, city: City):
    diversion = city.declare()
    dina = desk(visit)
    press(dina, "console:act.seen", dina.strip)
    city.attest_late(diversion)
    waits(dina, "attestation", h="Saint-Pierre")
    expect(dina.hospital("Saint-Pierre")).to_contain_text(dina.say("common:condition.unconfirmed"))
    sheet = dina.open_hospital("Saint-Pierre")
    expect(sheet).to_contain_text(dina.say.like("desk:card.unconfirmed"))
    press(dina, "desk:attest.open", sheet)
    who = sheet.get_by_role("textbox", name=dina.say("console:declare.called_by"))
    expect(who).to_be_focused()
    who.fill("medical director")
    press(dina, "desk:attest.commit", sheet)
    dina.page.keyboard.press("Escape")
    calm(dina)
    expect(dina.logged("console:event.diversion.attested")).to_contain_text("medical director")


def test_reports_that_contradict_each_other_are_told_with_their_sources(visit: Visits, city: City):
    reports = [{"by": "hospital", "value": "closed"}, {"by": "press", "value": None, "text": "walk-ins taken"}]
    city.declare(disputes=[{"gate": "walk_ins", "reports": reports}])
    dina = desk(visit)
    expect(dina.hospital("Saint-Pierre")).to_contain_text(dina.say("desk:dispute.short"))
    sheet = dina.open_hospital("Saint-Pierre")
    expect(sheet).to_contain_text(dina.say("desk:dispute.title", gate=dina.say("common:gate.walk_ins")))
    expect(sheet).to_contain_text("press: “walk-ins taken”")
    expect(sheet).to_contain_text("hospital / press")


def test_an_option_says_before_sending_what_to_know_of_the_place(visit: Visits, city: City):
    city.under_way("AMB 11", needs=["maternity"])
    city.declare()
    city.declare("saint-luc", "lucas", gates={"ambulances": "life_threatening"}, accepts=["maternity"])
    dina = desk(visit)
    expect(dina.options("AMB 11")).to_have_count(3)
    expect(dina.options("AMB 11").first).to_contain_text(dina.say("desk:caution.never"))
    dina.row("AMB 11").focus()
    dina.page.keyboard.press("o")
    row = dina.dialog.get_by_role("row").filter(has_text="Saint-Luc")
    expect(row).to_contain_text(dina.say.like("desk:option.accepts"))


def test_how_an_episode_went_is_told_also_after_it_has_ended(visit: Visits, city: City):
    diversion = city.declare()
    city.attest(diversion)
    dina = desk(visit, "sofie")
    sheet = dina.open_hospital("Saint-Pierre")
    sheet.get_by_text(dina.say("timeline:title"), exact=True).click()
    expect(sheet.get_by_role("list", name=dina.say("timeline:title"))).to_contain_text(
        dina.say("timeline:event.attested")
    )
    press(dina, "desk:withdraw.open", sheet)
    sheet.get_by_role("textbox", name=dina.say("common:reason")).fill("wrong campus")
    press(dina, "desk:withdraw.commit", sheet)
    expect(sheet).to_contain_text(dina.say("console:site.no_declaration"))
    sheet.get_by_text(dina.say("desk:past.title"), exact=True).click()
    sheet.get_by_text(dina.say("common:cause.it_outage")).click()
    expect(sheet.get_by_role("list", name=dina.say("timeline:title"))).to_contain_text("wrong campus")


# ------------------------------------------------------------ contact lost


class TestSilence:
    @pytest.fixture
    def policy(self) -> dict[str, int]:
        return {"silent_after_s": 2}

    def test_a_hospital_that_falls_silent_is_called_and_is_back_with_its_next_beat(self, visit: Visits, city: City):
        city.beat("saint-luc", "lucas")
        dina = desk(visit)
        waits(dina, "no_contact", h="Saint-Luc")
        phone = dina.strip.get_by_role("link", name=dina.say.like("common:action.call"))
        expect(phone).to_have_attribute("href", "tel:+3227641602")
        expect(dina.hospital("Saint-Luc")).to_contain_text(dina.say("common:presence.silent"))
        city.beat("saint-luc", "lucas")
        expect(dina.hospital("Saint-Luc")).to_contain_text(dina.say("common:presence.live"), timeout=10_000)

    def test_two_hospitals_of_one_network_that_fall_silent_together_are_one_alarm(self, visit: Visits, city: City):
        city.beat("saint-luc", "lucas")
        city.beat("saint-jean", "ruth")
        dina = desk(visit)
        expect(dina.strip).to_contain_text("Saint-Jean, Saint-Luc")
        dina.strip.get_by_role("button", name=dina.say.like("console:bar.p1")).click()
        expect(dina.dialog.get_by_role("listitem")).to_have_count(1)


# ------------------------------------------------------------ questions


def test_a_question_is_asked_answered_and_names_who_stays_silent(visit: Visits, city: City):
    dina = desk(visit)
    say = dina.say
    press(dina, "desk:ask.open", dina.hospitals)
    form = dina.dialog
    form.get_by_role("textbox", name=say("desk:ask.question")).fill("Room for two?")
    form.get_by_role("radio", name=say("desk:ask.some")).check()
    for name in ("Saint-Luc", "Saint-Pierre", "Saint-Jean"):
        form.get_by_role("checkbox", name=name, exact=True).check()
    form.get_by_role("button", name=say.like("desk:ask.commit")).click()

    panel = dina.page.get_by_role("dialog", name=say("desk:question.title"))
    expect(panel).to_contain_text("Room for two?")
    (asked,) = city.rows("question")
    city.answer(asked["id"], "saint-pierre", "clara", "trouble", "on paper")
    answered = panel.get_by_role("region", name=say("desk:question.given", n=1))
    expect(answered).to_contain_text(say("desk:state.trouble"))
    expect(answered).to_contain_text("on paper")

    luc = panel.get_by_role("listitem").filter(has_text="Saint-Luc")
    expect(luc.get_by_role("link")).to_have_attribute("href", "tel:+3227641602")
    press(dina, "desk:question.enter", luc)
    luc.get_by_role("radio", name=say("desk:state.normal"), exact=True).check()
    luc.get_by_role("textbox", name=say("console:declare.called_by")).fill("head nurse")
    press(dina, "desk:question.record", luc)
    expect(panel.get_by_role("region", name=say("desk:question.given", n=2))).to_contain_text("head nurse (Dina)")

    city.question_is_late(asked["id"])
    waits(dina, "question_overdue", n=1, all=3, h="Saint-Jean")
    expect(panel).to_contain_text(say("desk:question.late"))
    press(dina, "desk:question.close", panel)
    expect(dina.dialog).to_have_count(0)
    calm(dina)


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


# ------------------------------------------------------------ by keys alone, for everybody, at every size


def test_declaring_and_answering_a_reopening_take_no_pointer(visit: Visits, city: City):
    dina = desk(visit)
    page, say = dina.page, dina.say
    page.keyboard.press("Control+k")
    page.keyboard.type("porte de hal")
    page.keyboard.press("Enter")
    reach(dina, say("console:site.declare"))
    page.keyboard.press("Enter")
    reach(dina, say("console:declare.called_by"), "textbox")
    page.keyboard.type("head nurse")
    page.keyboard.press("Control+Enter")
    expect(dina.dialog).to_have_count(0)
    (episode,) = city.rows("diversion")
    assert episode["called_by"] == "head nurse"
    assert episode["seen_by"] == "Dina"

    city.ask_to_reopen(episode["id"])
    waits(dina, "reopening_asked")
    page.keyboard.press("F8")
    reach(dina, say("desk:reopening.acknowledge"))
    page.keyboard.press("Enter")
    reach(dina, say("desk:reopening.acknowledge_commit"))
    page.keyboard.press("Enter")
    expect(dina.dialog).to_contain_text(say("console:site.no_declaration"))


def reach(console: Console, name: str, role: str = "button") -> None:
    """Tab, as often as it takes, to the control of this name in the dialog."""
    goal = console.dialog.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    expect(goal).to_be_enabled()
    for _ in range(60):
        if goal.evaluate("control => control === document.activeElement"):
            return
        console.page.keyboard.press("Tab")
    raise AssertionError(f"{name!r} is not reached by Tab")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_new_view_is_accessible(visit: Visits, city: City, language: str):
    everything_at_once(city)
    console = desk(visit, "sofie", language)
    say, page = console.say, console.page
    expect(console.hospitals).to_contain_text(say("desk:reopening.asks"))
    is_accessible(page, language)
    sheet = console.open_hospital("Sint-Pieter" if language == "nl" else "Saint-Pierre")
    press(console, "desk:reopening.acknowledge", sheet)
    sheet.get_by_text(say("timeline:title"), exact=True).first.click()
    expect(sheet.get_by_role("list", name=say("timeline:title"))).to_be_visible()
    is_accessible(page, language)
    press(console, "console:site.declare", sheet)
    console.dialog.get_by_role("radio", name=say("desk:scope.network")).check()
    is_accessible(page, language)
    for key in ("desk:ask.open", "desk:question.title", "desk:policy.open"):
        page.keyboard.press("Escape")
        expect(console.dialog).to_have_count(0)
        console.hospitals.get_by_role("button", name=say(key)).click()
        expect(console.dialog).to_be_visible()
        is_accessible(page, language)


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_every_new_dialog_fits_a_phone(visit: Visits, city: City, language: str):
    everything_at_once(city)
    console = desk(visit, "sofie", language, viewport=PHONE)
    say, page = console.say, console.page
    sheet = console.open_hospital("Sint-Pieter" if language == "nl" else "Saint-Pierre")
    dialog_fits(console)
    press(console, "console:site.declare", sheet)
    console.dialog.get_by_role("radio", name=say("desk:scope.network")).check()
    dialog_fits(console)
    for key in ("desk:ask.open", "desk:question.title", "desk:policy.open"):
        page.keyboard.press("Escape")
        console.hospitals.get_by_role("button", name=say(key)).click()
        dialog_fits(console)


#: What sticks out of the side of a dialog, where the dialog has to be scrolled to see it.
TOO_WIDE = """body => body.scrollWidth <= body.clientWidth + 1 ? [] : [...body.querySelectorAll('*')]
  .filter((part) => part.getBoundingClientRect().right > body.getBoundingClientRect().right + 1)
  .map((part) => part.outerHTML.slice(0, 160))"""


def dialog_fits(console: Console) -> None:
    expect(console.dialog).to_be_visible()
    fits_the_width(console.page)
    assert console.dialog.locator(".body").evaluate(TOO_WIDE) == []


def everything_at_once(city: City) -> None:
    """One of each thing a hospital can tell."""
    city.under_way("AMB 11")
    reports = [{"by": "hospital", "value": "closed"}, {"by": "press", "value": "open", "text": None}]
    said: dict[str, Any] = {
        "contact": "+32 2 535 40 00",
        "cause_embargoed": True,
        "emergency_plan": True,
        "accepts": ["maternity"],
    }
    services = {"records": {"level": "down"}, "laboratory": {"level": "manual"}}
    episode = city.declare(disputes=[{"gate": "walk_ins", "reports": reports}], services=services, **said)
    city.declare_together("his-ixelles", "his-moliere")
    city.ask_to_reopen(episode, extent="partial", gates={"ambulances": "life_threatening"})
    question = city.ask(text="?")
    city.answer(question, "saint-luc", "lucas", "strained")
    city.question_is_late(question)
