"""A hospital asks 112 to let it reopen, in part or in full: nothing opens before 112 has agreed."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.faces import SitePage
from tests.e2e.test_hospital_page import desk, phone, recorded
from tests.e2e.visits import Visits
from tests.e2e.words import Words

CHECKLIST = ("records", "laboratory", "radiology", "admissions")


def answer(page: SitePage, works: dict[str, str]) -> None:
    """The checklist of the first step; the second opens only when all four are answered."""
    for item, reply in works.items():
        expect(page.button("site:reopen.next")).to_be_disabled()
        question = page.page.get_by_role("group", name=page.say(f"common:service.{item}"))
        question.get_by_role("radio", name=page.say(f"site:reopen.{reply}")).check()


def ask_to_reopen(clara: SitePage, extent: str, works: dict[str, str]) -> None:
    """The three deliberate steps, up to the request."""
    clara.page.get_by_role("button", name=clara.say("site:episode.reopen"), exact=True).click()
    answer(clara, works)
    clara.button("site:reopen.next").click()
    clara.page.get_by_role("radio", name=clara.say(f"site:reopen.{extent}")).check()
    clara.button("site:reopen.next").click()
    commit = clara.button(f"site:reopen.commit_{extent}")
    expect(commit).to_be_disabled()
    clara.page.get_by_role("checkbox").check()
    commit.click()
    recorded(clara)
    expect(clara.page.get_by_text(clara.say("site:receipt.reopen"))).to_be_visible()
    clara.button("site:receipt.done").click()
    expect(clara.page.get_by_role("article")).to_contain_text(clara.say("site:reopening.waiting"))


def test_reopening_in_part_is_asked_in_three_steps_and_changes_nothing_before_112_agrees(
    visit: Visits, city: City, say: Words
):
    diversion = city.declare(services={"laboratory": {"level": "down", "expected_at": None, "note": "vendor"}})
    clara = phone(visit)
    works = {"records": "works", "laboratory": "not_yet", "radiology": "works", "admissions": "works"}
    ask_to_reopen(clara, "partial", works)
    [waiting] = city.rows("diversion")
    assert waiting["gates"]["ambulances"] == "closed"
    assert waiting["services"]["laboratory"]["note"] == "vendor"
    city.agree(diversion)
    expect(clara.page.get_by_role("article")).to_contain_text(say("site:reopening.agreed"))
    [running] = city.rows("diversion")
    assert running["state"] == "recovering"
    assert running["gates"]["ambulances"] == "life_threatening"


def test_what_does_not_work_yet_allows_a_partial_reopening_only(visit: Visits, city: City, say: Words):
    city.declare()
    clara = phone(visit)
    clara.page.get_by_role("button", name=say("site:episode.reopen"), exact=True).click()
    answer(clara, {"records": "works", "laboratory": "not_yet", "radiology": "works", "admissions": "works"})
    clara.button("site:reopen.next").click()
    expect(clara.page.get_by_role("radio", name=say("site:reopen.full"))).to_be_disabled()


def test_reopening_in_full_ends_the_declaration_once_112_agrees(visit: Visits, city: City, say: Words):
    diversion = city.declare()
    clara, dina = phone(visit), desk(visit)
    ask_to_reopen(clara, "full", dict.fromkeys(CHECKLIST, "works"))
    expect(dina.hospital("Saint-Pierre")).to_contain_text(say("common:condition.diverted"))
    city.agree(diversion)
    expect(clara.page.get_by_text(clara.say.like("site:reopening.reopened", x="Dirk"))).to_be_visible()
    expect(dina.hospital("Saint-Pierre")).to_contain_text(say("common:condition.open"))
    assert city.rows("diversion") == []


def test_a_reopening_that_112_declines_says_why_and_may_be_asked_anew(visit: Visits, city: City, say: Words):
    diversion = city.declare()
    clara = phone(visit)
    ask_to_reopen(clara, "full", dict.fromkeys(CHECKLIST, "works"))
    city.decline(diversion, "The laboratory still calls us")
    episode = clara.page.get_by_role("article")
    expect(episode).to_contain_text("The laboratory still calls us")
    expect(episode).to_contain_text(say("site:reopening.declined"))
    clara.button("site:reopening.anew").click()
    expect(clara.page.get_by_role("heading", name=say("site:reopen.title"))).to_be_visible()
    assert city.rows("diversion")[0]["gates"]["ambulances"] == "closed"


def test_still_down_takes_the_request_to_reopen_back(visit: Visits, city: City, say: Words):
    city.declare()
    clara = phone(visit)
    ask_to_reopen(clara, "full", dict.fromkeys(CHECKLIST, "works"))
    clara.page.get_by_role("button", name=say("site:reopening.cancel"), exact=True).click()
    recorded(clara)
    [running] = city.rows("diversion")
    assert running["reopening"] is None
    assert running["gates"]["ambulances"] == "closed"
