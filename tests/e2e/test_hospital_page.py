"""A coordinator at the phone: taking back, changing, reopening in part and in full, and never a false receipt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.conftest import PHONE, Visits
from tests.e2e.faces import Console, SitePage
from tests.e2e.proxy import FaultProxy
from tests.e2e.words import Words
from tests.server import Server, eventually

CHECKLIST = ("records", "laboratory", "radiology", "admissions")


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


def test_a_declaration_is_changed_and_the_desk_sees_what_is_still_taken(visit: Visits, city: City, say: Words):
    city.declare()
    clara, dina = phone(visit), desk(visit)
    clara.button("site:episode.amend").click()
    # Nothing changed, nothing to record.
    expect(clara.button("site:amend.commit")).to_be_disabled()
    ambulances = clara.page.get_by_role("group", name=say("site:field.intake"))
    ambulances.get_by_role("radio", name=say("site:intake.life_threatening")).check()
    clara.button("site:amend.commit").click()
    recorded(clara)
    expect(dina.hospital("Saint-Pierre")).to_contain_text(say("common:condition.limited"))
    expect(dina.hospital("Saint-Pierre")).to_contain_text(say("common:gate_value.life_threatening"))


def test_reopening_in_part_takes_three_deliberate_steps(visit: Visits, city: City, say: Words):
    city.declare()
    clara, dina = phone(visit), desk(visit)
    clara.button("site:episode.reopen").click()
    answer(clara, {"records": "works", "laboratory": "not_yet", "radiology": "works", "admissions": "works"})
    clara.button("site:reopen.next").click()
    full = clara.page.get_by_role("radio", name=say("site:reopen.full"))
    expect(full).to_be_disabled()
    clara.page.get_by_role("radio", name=say("site:reopen.partial")).check()
    clara.button("site:reopen.next").click()
    commit = clara.button("site:reopen.commit_partial")
    expect(commit).to_be_disabled()
    clara.page.get_by_role("checkbox").check()
    commit.click()
    recorded(clara)
    expect(dina.hospital("Saint-Pierre")).not_to_contain_text(say("common:condition.diverted"))
    [running] = city.rows("diversion")
    assert running["state"] == "recovering"
    assert running["services"]["laboratory"] != "normal"
    assert running["gates"]["ambulances"] != "closed"


def test_reopening_in_full_lifts_the_declaration(visit: Visits, city: City, say: Words):
    city.declare()
    clara, dina = phone(visit), desk(visit)
    clara.button("site:episode.reopen").click()
    answer(clara, dict.fromkeys(CHECKLIST, "works"))
    clara.button("site:reopen.next").click()
    clara.page.get_by_role("radio", name=say("site:reopen.full")).check()
    clara.button("site:reopen.next").click()
    clara.page.get_by_role("checkbox").check()
    clara.button("site:reopen.commit_full").click()
    recorded(clara)
    expect(dina.hospital("Saint-Pierre")).to_contain_text(say("common:condition.open"))
    expect(dina.logged("console:event.diversion.lifted")).to_have_count(1)
    assert city.rows("diversion") == []


def answer(page: SitePage, works: dict[str, str]) -> None:
    """The checklist of the first step; the second opens only when all four are answered."""
    for item, reply in works.items():
        expect(page.button("site:reopen.next")).to_be_disabled()
        question = page.page.get_by_role("group", name=page.say(f"common:service.{item}"))
        question.get_by_role("radio", name=page.say(f"site:reopen.{reply}")).check()


def test_still_down_is_one_tap(visit: Visits, city: City):
    city.declare()
    [before] = city.rows("diversion")
    clara = phone(visit)
    clara.button("site:episode.still_down").click()
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
    visit.watch.expect(r"ERR_CONNECTION|WebSocket connection to")
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
