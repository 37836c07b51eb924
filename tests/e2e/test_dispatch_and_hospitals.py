"""What hospitals tell and what dispatch does about it: declared after a call, doubted, gone silent, asked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.desks import calm, desk, press, waits
from tests.e2e.visits import Visits

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


# ------------------------------------------------------------ how sure it is


def test_what_nobody_confirmed_in_time_is_told_and_confirmed_after_a_call(visit: Visits, city: City):
    diversion = city.declare()
    dina = desk(visit)
    press(dina, "console:act.seen", dina.strip)
    city.attest_late(diversion)
    # The console sees by itself that it is overdue; what is said before the clock has said so too would come too late.
    expect(dina.logged("console:event.diversion.unconfirmed")).to_have_count(1)
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
        # In the order in which the clock has noticed.
        expect(dina.strip).to_contain_text(re.compile("Saint-Jean, Saint-Luc|Saint-Luc, Saint-Jean"))
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


def test_whoever_is_on_the_way_is_counted_where_a_declaration_concerns_none_of_them(visit: Visits, city: City):
    """The list said that nobody was on the way, beside a table that counted two."""
    city.under_way("AMB 11", "AMB 12")
    city.declare(gates={"walk_ins": "vital_only"})
    city.declare("saint-luc", who="lucas")
    dina = desk(visit)
    heading = dina.list.get_by_role("heading", level=3)
    expect(heading.filter(has_text="Saint-Pierre")).to_contain_text(dina.say("console:list.unaffected", count=2, n=2))
    expect(heading.filter(has_text="Saint-Luc")).to_contain_text(dina.say("console:list.nobody"))
