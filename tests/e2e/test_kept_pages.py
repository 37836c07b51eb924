"""What the hospital page keeps on a device and for how long: the page and what it is drawn with, and nobody's data."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.city import City
from tests.e2e.faces import Screen, SitePage
from tests.e2e.test_offline import CUT, KEPT, SITE, at_work, has_kept
from tests.e2e.visits import PHONE, Visits
from tests.server import eventually


def test_a_department_screen_opens_offline_and_does_not_look_live(visit: Visits, city: City):
    visit.watch.expect(CUT)
    context = visit.context("ruth")
    page = context.new_page()
    page.goto(f"{city.url}{Screen.path('saint-jean')}")
    has_kept(page, Screen.path("saint-jean"))
    context.set_offline(True)
    page.goto(f"{city.url}{Screen.path('saint-jean')}")
    ruth = Screen(page)
    expect(ruth.button("screen:gate.start")).to_be_visible()
    ruth.button("screen:gate.start").click()
    expect(page.get_by_text(re.compile(rf"^● {ruth.say('common:freshness.live')}$"))).to_have_count(0)


def test_the_icon_on_the_home_screen_leads_to_the_only_hospital_offline(visit: Visits, city: City):
    visit.watch.expect(CUT)
    context, clara = at_work(visit, city.url)
    context.set_offline(True)
    clara.page.goto(f"{city.url}/site/")
    expect(clara.page).to_have_url(f"{city.url}{SITE}")
    expect(clara.declare_button()).to_be_enabled()


def test_only_pages_and_their_assets_are_kept_never_an_answer_of_the_interface(visit: Visits, city: City):
    _, clara = at_work(visit, city.url)
    kept = clara.page.evaluate(KEPT)
    assert kept["pages"] == [SITE]
    assert len(kept["assets"]) > 3
    assert all(re.search(r"/static/assets/[\w.-]+\.(js|css)$", one) for one in kept["assets"])
    assert sorted(clara.page.evaluate("caches.keys()")) == ["diversion-assets-1", "diversion-shells-1"]


def test_signing_out_forgets_the_page(visit: Visits, city: City):
    visit.watch.expect(CUT)
    _, clara = at_work(visit, city.url)
    clara.page.goto(f"{city.url}/accounts/logout/")
    clara.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(clara.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    eventually(lambda: clara.page.evaluate("caches.keys()") == [], 15, lambda: "the page is still kept")


def test_a_login_that_ended_elsewhere_forgets_it_at_the_next_opening(visit: Visits, city: City):
    context, clara = at_work(visit, city.url)
    context.clear_cookies(name="sessionid")
    clara.page.goto(f"{city.url}{SITE}")
    expect(clara.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    eventually(lambda: clara.page.evaluate("caches.keys()") == [], 15, lambda: "the page is still kept")


def test_a_new_build_is_shown_at_once_and_the_old_ones_assets_go(visit: Visits, city: City):
    """An asset nobody uses any more stands for the old build: it goes as soon as the page of the new one is kept."""
    _, clara = at_work(visit, city.url)
    old = f"{city.url}/static/assets/main-OLDBUILD.js"
    clara.page.evaluate(
        """async (old) => (await caches.open('diversion-assets-1')).put(old, new Response('old'))""", old
    )
    clara.page.reload()
    clara.is_live()
    eventually(lambda: old not in clara.page.evaluate(KEPT)["assets"], 15, lambda: "the old build is still kept")


# ---------------------------------------------------------------- weight


def test_the_hospital_page_loads_less_than_150_kilobytes_of_script(visit: Visits, city: City):
    context = visit.context("clara", viewport=PHONE)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    scripts: set[str] = set()
    weights: dict[str, float] = {}
    devtools.on("Network.responseReceived", lambda e: scripts.add(e["requestId"]) if e["type"] == "Script" else None)
    devtools.on("Network.loadingFinished", lambda e: weights.update({e["requestId"]: e["encodedDataLength"]}))
    clara = SitePage(page)
    page.goto(f"{city.url}{SITE}")
    clara.is_live()
    moved = sum(weights.get(one, 0) for one in scripts)
    assert len(scripts) >= 3
    assert 0 < moved < 150_000
