"""Whose word it is: 112's after a call, the hospital's own, a machine's no longer; and who may read it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.faces import Screen, SitePage
from tests.e2e.test_hospital_page import phone, recorded
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words


def test_what_nobody_confirmed_in_time_is_unconfirmed_in_words_and_shape(visit: Visits, city: City, say: Words):
    diversion = city.declare()
    clara = phone(visit)
    city.let_lapse(diversion)
    episode = clara.page.get_by_role("article")
    expect(episode.get_by_role("heading", name=say("site:unconfirmed.title"))).to_be_visible()
    status = clara.page.get_by_role("region", name=say("site:status.title"))
    expect(status).to_contain_text(say("site:unconfirmed.short"))
    # It stays closed: silence never reopens.
    expect(status).to_contain_text(say("common:condition.diverted"))
    # Under the thumb stands what is due now.
    clara.page.get_by_role("button", name=say("site:episode.still_down"), exact=True).last.click()
    recorded(clara)
    clara.button("site:receipt.done").click()
    expect(clara.page.get_by_role("heading", name=say("site:unconfirmed.title"))).to_have_count(0)
    [row] = city.rows("diversion")
    assert row["unconfirmed_since"] is None
    assert datetime.fromisoformat(row["review_at"]) > datetime.now(UTC)


def test_the_hospital_confirms_what_112_declared_for_it(visit: Visits, city: City, say: Words):
    city.declare(who="dina", called_by="Dr Peeters", read_back=True)
    clara = phone(visit)
    episode = clara.page.get_by_role("article")
    expect(episode).to_contain_text(say("site:for_you.title"))
    expect(episode).to_contain_text(re.compile("Dr Peeters.*Dina", re.DOTALL))
    expect(episode).to_contain_text(say("site:for_you.read_back"))
    episode.get_by_role("button", name=say("site:for_you.confirm"), exact=True).click()
    recorded(clara)
    expect(clara.page.get_by_text(say("site:receipt.confirm"))).to_be_visible()
    clara.button("site:receipt.done").click()
    expect(episode).not_to_contain_text(say("site:for_you.title"))
    expect(episode).to_contain_text(re.compile(say.like("site:episode.confirmed", x="Clara").pattern))
    assert city.rows("diversion")[0]["confirmed_by"] == "Clara"


def test_one_failure_at_two_campuses_each_named_each_taken_back_alone(visit: Visits, city: City, say: Words):
    page = visit("noor", SitePage.path("his-moliere"), viewport=PHONE)
    noor = SitePage(page)
    noor.is_live()
    noor.declare_button().click()
    page.get_by_role("checkbox", name=re.compile("Ixelles")).check()
    page.get_by_role("combobox", name=say("site:incident.ambulances_there")).select_option("life_threatening")
    noor.button("site:incident.commit", count=2).click()
    expect(page.get_by_text(say("site:incident.receipt", count=2))).to_be_visible()
    rows = {one["site_id"]: one for one in city.rows("diversion")}
    assert rows.keys() == {"his-moliere", "his-ixelles"}
    assert rows["his-moliere"]["incident"] == rows["his-ixelles"]["incident"]
    assert rows["his-moliere"]["gates"]["ambulances"] == "closed"
    assert rows["his-ixelles"]["gates"]["ambulances"] == "life_threatening"
    main = page.get_by_role("main")
    for name in ("Molière", "Ixelles"):
        expect(main.get_by_role("heading", level=3).filter(has_text=name)).to_be_visible()
    expect(noor.button("common:action.undo")).to_have_count(2)
    ixelles = main.locator(".campus").filter(has_text="Ixelles")
    noor.button("common:action.undo", ixelles).click()
    expect(ixelles).to_contain_text(say("site:receipt.withdraw"))
    expect(noor.button("common:action.undo")).to_have_count(1)
    assert [one["site_id"] for one in city.rows("diversion")] == ["his-moliere"]


def test_one_failure_names_what_is_shared_and_where_else_it_is(visit: Visits, city: City, say: Words):
    page = visit("noor", SitePage.path("his-moliere"), viewport=PHONE)
    noor = SitePage(page)
    noor.is_live()
    noor.declare_button().click()
    page.get_by_role("checkbox", name=re.compile("Ixelles")).check()
    page.get_by_role("combobox", name=say("site:incident.kind")).select_option("supplier")
    page.get_by_role("textbox", name=say("site:incident.name")).fill("Example Supplier")
    noor.button("site:incident.commit", count=2).click()
    noor.button("site:receipt.done").click()
    episode = page.get_by_role("article")
    expect(episode).to_contain_text("Example Supplier")
    expect(episode).to_contain_text(say.like("site:shared.also"))


def test_the_question_of_112_is_answered_with_one_press_and_may_be_changed(visit: Visits, city: City, say: Words):
    clara = phone(visit)
    question = city.ask(text="Supplier outage in the news: how are you?")
    banner = clara.page.get_by_role("region", name=say.like("site:question.title"))
    expect(banner).to_contain_text("Supplier outage in the news")
    banner.get_by_role("textbox").fill("two systems slow")
    banner.get_by_role("button", name=say("site:question.strained")).click()
    expect(banner).to_contain_text(say.like("site:question.given", x=say("site:question.strained"), by="Clara"))
    expect(banner).to_contain_text("two systems slow")
    banner.get_by_role("button", name=say("site:question.change")).click()
    strained = banner.get_by_role("button", name=say("site:question.strained"))
    expect(strained).to_have_attribute("aria-pressed", "true")
    banner.get_by_role("button", name=say("site:question.trouble")).click()
    expect(banner).to_contain_text(say.like("site:question.given", x=say("site:question.trouble"), by="Clara"))
    [asked] = city.rows("question")
    assert asked["answers"]["saint-pierre"]["answer"] == "trouble"
    city.close(question)
    expect(banner).to_have_count(0)


def test_a_receiver_reads_the_page_from_the_screen_and_changes_nothing(visit: Visits, city: City, say: Words):
    city.declare()
    city.declare("saint-luc", "lucas")
    screen = Screen(visit("pia", Screen.path("saint-pierre")))
    screen.start()
    screen.page.get_by_text(say("screen:strip.settings"), exact=True).click()
    screen.page.get_by_role("link", name=say("screen:strip.page")).click()
    pia = SitePage(screen.page)
    pia.is_live()
    page = pia.page
    expect(page.get_by_text(say("site:reads.title"))).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text(say("common:cause.it_outage"), ignore_case=True)
    for key in ("bar.declare_another", "episode.still_down", "episode.amend", "episode.reopen"):
        expect(pia.button(f"site:{key}")).to_have_count(0)
    # What the page hides, the server refuses.
    visit.watch.expect(r"403")
    [own] = [one for one in city.rows("diversion") if one["site_id"] == "saint-pierre"]
    assert posted(pia, f"/api/diversions/{own['id']}/attest") == 403
    assert posted(pia, "/api/sites/saint-pierre/quarantine", {"reason": "x"}) == 403
    # The others are read in full, but never their vehicles.
    others = page.get_by_role("region", name=say("site:others.title"))
    others.get_by_text("Saint-Luc", exact=True).click()
    expect(others).to_contain_text(say("site:others.said"))


def posted(page: SitePage, path: str, body: dict[str, str] | None = None) -> int:
    """What the server answers somebody who does without the page's buttons."""
    script = """async ([path, body]) => (await fetch(path, {method: 'POST', body: JSON.stringify(body), headers: {
      'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID(),
      'X-CSRFToken': document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? ''}})).status"""
    return int(page.page.evaluate(script, [path, body or {}]))


def test_quarantine_ends_every_login_and_a_fresh_one_keeps_control(visit: Visits, city: City, say: Words):
    visit.watch.expect(r"40[013]|WebSocket")
    clara = phone(visit)
    page = clara.page
    page.get_by_text(say("site:more.title"), exact=True).click()
    clara.button("site:more.quarantine").click()
    expect(page.get_by_text(say("site:quarantine.effect.logins"))).to_be_visible()
    expect(clara.button("site:reopen.next")).to_be_disabled()
    page.get_by_role("textbox").fill("Ransom note on two desks")
    clara.button("site:reopen.next").click()
    expect(clara.button("site:quarantine.commit")).to_be_disabled()
    page.get_by_role("checkbox").check()
    clara.button("site:quarantine.commit").click()
    expect(page.get_by_text(say("site:quarantine.done"))).to_be_visible()
    assert posted(clara, "/api/sites/saint-pierre/beat") in (401, 403)

    again = phone(visit)
    status = again.page.get_by_role("region", name=say("site:status.title"))
    expect(status).to_contain_text(say("site:quarantine.shown"))
    again.declare_button().click()
    again.commit_button().click()
    recorded(again)
    assert [one["site_id"] for one in city.rows("diversion")] == ["saint-pierre"]


def test_the_timeline_of_a_running_and_of_an_ended_declaration(visit: Visits, city: City, say: Words):
    city.declare(comment="network room under water")
    clara = phone(visit)
    page = clara.page
    page.get_by_role("article").get_by_role("button", name=say("site:episode.still_down")).click()
    recorded(clara)
    clara.button("site:receipt.done").click()
    clara.button("site:episode.history").click()
    told = page.get_by_role("list", name=say("timeline:title"))
    expect(told.locator(":scope > li")).to_have_count(2)
    expect(told.locator(":scope > li").first).to_contain_text(say("timeline:event.attested"))
    expect(told).to_contain_text("network room under water")
    expect(told).to_contain_text(say("common:gate.ambulances"))
    # While it is read, what happens arrives.
    [row] = city.rows("diversion")
    city.see(row["id"])
    expect(told).to_contain_text(say("timeline:event.seen"))
    city.lift(row["id"])
    clara.button("site:history.back").click()
    page.get_by_text(say("site:more.title"), exact=True).click()
    clara.button("site:more.history").click()
    page.get_by_role("button", name=re.compile(say("common:diversion_state.lifted"))).click()
    expect(told.locator(":scope > li").first).to_contain_text(say("timeline:event.lifted"))


def test_the_page_is_counted_as_somebody_who_can_be_reached(visit: Visits, city: City, say: Words):
    clara = phone(visit)
    incoming = clara.page.get_by_role("region", name=say("site:incoming.title"))
    expect(incoming).to_contain_text(say("site:incoming.pages", count=1))
    # A page is no screen: nobody would hear a patient announced.
    expect(incoming).to_contain_text(say("common:presence.never"))
    [presence] = [one for one in city.rows("presence") if one["id"] == "saint-pierre"]
    assert (presence["pages"], presence["screens"]) == (1, 0)


def test_reports_that_contradict_each_other_stand_beside_the_gate(visit: Visits, city: City, say: Words):
    reports = [
        {"by": "switchboard", "value": "open", "text": None},
        {"by": "regional news", "value": None, "text": "walk-ins sent away"},
    ]
    city.declare(who="dina", called_by="switchboard", disputes=[{"gate": "walk_ins", "reports": reports}])
    clara = phone(visit)
    status = clara.page.get_by_role("region", name=say("site:status.title"))
    expect(status).to_contain_text(say("site:dispute.title"))
    expect(status).to_contain_text("walk-ins sent away")
    expect(status).to_contain_text("switchboard")
