"""A coordinator at the phone: taking back, changing, asking to reopen, and never a false receipt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.faces import Console, SitePage
from tests.e2e.proxy import FaultProxy
from tests.e2e.test_offline import is_settled
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words
from tests.server import Server, eventually


def phone(visit: Visits, **where: str) -> SitePage:
    page = SitePage(visit("clara", SitePage.path("saint-pierre"), viewport=PHONE, **where))
    page.is_live()
    return page


def desk(visit: Visits) -> Console:
    console = Console(visit("dina", Console.path))
    console.is_live()
    return console


def recorded(page: SitePage) -> None:
    expect(page.page.get_by_role("heading", name=page.say.like("site:receipt.recorded"))).to_be_visible()


def test_a_slip_is_taken_back_with_one_press_and_stays_on_record(visit: Visits, city: City, say: Words):
    clara, dina = phone(visit), desk(visit)
    clara.declare_button().click()
    clara.commit_button().click()
    recorded(clara)
    expect(dina.hospital("Saint-Pierre")).to_contain_text(say("common:condition.diverted"))

    clara.button("common:action.undo").click()
    expect(clara.page.get_by_text(say("site:receipt.withdraw"))).to_be_visible()
    expect(dina.hospital("Saint-Pierre")).to_contain_text(say("common:condition.open"))
    expect(dina.logged("console:event.diversion.declared")).to_have_count(1)
    expect(dina.logged("console:event.diversion.withdrawn")).to_have_count(1)
    assert city.rows("diversion") == []


def test_a_declaration_is_tightened_and_the_desk_sees_what_is_still_taken(visit: Visits, city: City, say: Words):
    city.declare(gates={"ambulances": "life_threatening", "smur_destination": "life_threatening"})
    clara, dina = phone(visit), desk(visit)
    clara.button("site:episode.amend").click()
    # Nothing changed, nothing to record.
    expect(clara.button("site:amend.commit")).to_be_disabled()
    walk_ins = clara.page.get_by_role("group", name=say("site:field.walk_ins"))
    walk_ins.get_by_role("radio", name=say("site:walk_ins.closed"), exact=True).check()
    clara.button("site:amend.commit").click()
    recorded(clara)
    expect(dina.hospital("Saint-Pierre")).to_contain_text(say("common:condition.limited"))
    [running] = city.rows("diversion")
    assert running["gates"]["walk_ins"] == "closed"
    assert running["gates"]["ambulances"] == "life_threatening"


def test_a_dispatcher_who_was_called_changes_it_on_the_hospitals_page_beside_the_console(
    visit: Visits, city: City, say: Words
):
    city.declare()
    dina = desk(visit)
    sheet = dina.open_hospital("Saint-Pierre")
    with dina.page.expect_popup() as opened:
        sheet.get_by_role("link", name=say("desk:card.change")).click()
    page = SitePage(opened.value)
    page.is_live()
    page.button("site:episode.amend").click()
    ambulances = page.page.get_by_role("group", name=say("site:field.intake"))
    ambulances.get_by_role("radio", name=say("site:intake.life_threatening")).check()
    page.button("site:amend.commit").click()
    recorded(page)
    expect(sheet).to_contain_text(say("common:gate_value.life_threatening"))
    [running] = city.rows("diversion")
    assert running["gates"]["ambulances"] == "life_threatening"


def test_a_change_that_would_admit_patients_again_is_asked_for_instead(visit: Visits, city: City, say: Words):
    city.declare()
    clara = phone(visit)
    clara.button("site:episode.amend").click()
    ambulances = clara.page.get_by_role("group", name=say("site:field.intake"))
    ambulances.get_by_role("radio", name=say("site:intake.life_threatening")).check()
    expect(clara.page.get_by_text(say("site:amend.loosens"))).to_be_visible()
    expect(clara.button("site:amend.commit")).to_be_disabled()
    clara.page.get_by_role("button", name=say("site:amend.ask"), exact=True).click()
    expect(clara.page.get_by_role("heading", name=say("site:reopen.title"))).to_be_visible()
    [running] = city.rows("diversion")
    assert running["gates"]["ambulances"] == "closed"


def test_everything_a_declaration_may_say_arrives_and_is_shown(visit: Visits, city: City, say: Words):
    clara = phone(visit)
    page = clara.page
    clara.declare_button().click()
    page.get_by_role("checkbox", name=say("site:field.embargo")).check()
    page.get_by_text(say("site:field.reach"), exact=True).click()
    page.get_by_role("textbox", name=say("site:field.contact")).fill("02 111 22 33")
    page.get_by_role("textbox", name=say("site:field.authoriser")).fill("Dr Peeters")
    page.get_by_role("combobox", name=say("site:field.plan")).select_option("yes")
    page.get_by_text(say("site:field.services"), exact=True).click()
    page.get_by_role("combobox", name=say("common:service.records"), exact=True).select_option("manual")
    page.get_by_role("combobox", name=say("site:service.back")).select_option("2")
    page.get_by_role("textbox", name=say("site:service.note")).fill("paper in resus")
    page.get_by_text(say("site:field.capabilities"), exact=True).click()
    page.get_by_role("combobox", name="Maternity", exact=True).select_option("accepted")
    page.get_by_role("combobox", name="CT scanner", exact=True).select_option("closed")
    clara.commit_button().click()
    recorded(clara)
    [told] = city.rows("diversion")
    assert told["cause_embargoed"] is True
    assert told["emergency_plan"] is True
    assert (told["contact"], told["authoriser"]) == ("02 111 22 33", "Dr Peeters")
    assert (told["accepts"], told["closed_capabilities"]) == (["maternity"], ["ct"])
    assert told["services"]["records"]["note"] == "paper in resus"
    assert told["services"]["records"]["expected_at"] is not None
    clara.button("site:receipt.done").click()
    shown = page.get_by_role("article")
    for text in (
        say("site:episode.embargoed"),
        "02 111 22 33",
        "Dr Peeters",
        say("site:plan.yes"),
        "Maternity",
        "CT scanner",
        "paper in resus",
    ):
        expect(shown).to_contain_text(text)


def test_still_down_is_one_tap(visit: Visits, city: City):
    city.declare()
    [before] = city.rows("diversion")
    clara = phone(visit)
    clara.page.get_by_role("article").get_by_role("button", name=clara.say("site:episode.still_down")).click()
    recorded(clara)
    [after] = city.rows("diversion")
    assert after["review_at"] > before["review_at"]


def test_two_campuses_one_is_chosen_and_named(visit: Visits, city: City, say: Words):
    page = visit("noor", "/site/", viewport=PHONE)
    choices = page.get_by_role("main").get_by_role("listitem")
    expect(choices).to_have_count(2)
    choices.filter(has_text="Molière").get_by_role("link").click()
    moliere = SitePage(page)
    moliere.is_live()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Molière")
    moliere.declare_button().click()
    moliere.commit_button().click()
    recorded(moliere)
    assert [one["site_id"] for one in city.rows("diversion")] == ["his-moliere"]


# ---------------------------------------------------------------- no receipt


@pytest.fixture
def network(server: Server) -> Iterator[FaultProxy]:
    with FaultProxy(server.port) as proxy:
        yield proxy


def test_without_a_network_it_says_not_sent_and_how_to_phone_and_retries(
    visit: Visits, city: City, network: FaultProxy, say: Words
):
    visit.watch.expect(r"ERR_|WebSocket connection to")
    clara = phone(visit, url=network.url)
    clara.declare_button().click()
    network.cut()
    clara.commit_button().click()

    warning = clara.page.get_by_role("alert")
    expect(warning).to_contain_text(say("common:write.not_sent"))
    expect(warning).to_contain_text(say("site:not_sent.what.declare"))
    expect(warning.get_by_role("link", name=say.like("common:action.call_centre"))).to_have_attribute("href", "tel:112")
    assert city.rows("diversion") == []

    network.resume()
    warning.get_by_role("button", name=say.like("common:action.retry")).click()
    recorded(clara)
    assert len(city.rows("diversion")) == 1


def test_a_declaration_whose_answer_was_lost_is_recorded_once(
    visit: Visits, city: City, network: FaultProxy, say: Words
):
    visit.watch.expect(r"ERR_|WebSocket connection to")
    context = visit.context("clara", viewport=PHONE)
    context.clock.install()
    page = context.new_page()
    page.goto(f"{network.url}{SitePage.path('saint-pierre')}")
    clara = SitePage(page)
    clara.is_live()
    # Else the declaration itself could wait for a connection, behind parts of the page whose answers are lost as well.
    is_settled(clara)
    clara.declare_button().click()
    network.mute()
    clara.commit_button().click()
    eventually(lambda: len(city.rows("diversion")) == 1, 15, lambda: "the declaration never reached the server")

    page.clock.fast_forward(6_000)
    warning = page.get_by_role("alert")
    # It is in force, but this phone cannot know: it must not say so.
    expect(warning).to_contain_text(say("common:write.not_sent"))
    network.resume()
    warning.get_by_role("button", name=say.like("common:action.retry")).click()
    recorded(clara)
    assert len(city.rows("diversion")) == 1
    declared = [one for one in city.snapshot()["log"] if one["kind"] == "diversion.declared"]
    assert len(declared) == 1
