"""The hospital page without a network: it opens, says NOT SENT, keeps what was pressed, and sends it once; or asks.

The browser's own offline switch, and a network that is cut or mute under a page that is open. The switch is let go when
a page is closed, a moment before the page is gone: where one is closed without a network, the network itself is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.city import City
from tests.e2e.faces import SitePage
from tests.e2e.proxy import FaultProxy
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words
from tests.server import Server, eventually

SITE = SitePage.path("saint-pierre")
CUT = r"ERR_|WebSocket connection to|Failed to load resource"

KEPT = """async () => {
  const shells = await (await caches.open('diversion-shells-1')).keys();
  const assets = await (await caches.open('diversion-assets-1')).keys();
  return { pages: shells.map((one) => new URL(one.url).pathname), assets: assets.map((one) => one.url) };
}"""


def opened(context: BrowserContext, url: str) -> SitePage:
    page = SitePage(context.new_page())
    page.page.goto(url)
    return page


def has_kept(page: Page, path: str) -> None:
    """The worker has this page and what it is drawn with."""
    eventually(lambda: path in page.evaluate(KEPT)["pages"], 15, lambda: f"{path} was never kept")


def is_settled(clara: SitePage) -> None:
    """Nothing more is being fetched: a browser has six connections to one place, and what waits for an answer on all
    of them would keep the next request from ever leaving."""
    has_kept(clara.page, clara.page.evaluate("location.pathname"))
    clara.page.wait_for_load_state("networkidle")


def at_work(visit: Visits, url: str) -> tuple[BrowserContext, SitePage]:
    """A coordinator whose phone has had the page open once, long enough for its parts to have come as well.

    What a page that is left was still fetching by its worker fails like a network, not like a page that is left.
    """
    context = visit.context("clara", viewport=PHONE)
    clara = opened(context, f"{url}{SITE}")
    clara.is_live()
    is_settled(clara)
    return context, clara


def declares(clara: SitePage) -> None:
    clara.declare_button().click()
    clara.commit_button().click()


def is_not_sent(clara: SitePage) -> None:
    warning = clara.page.get_by_role("alert")
    expect(warning).to_contain_text(clara.say("common:write.not_sent"))
    expect(warning.get_by_role("link", name=clara.say.like("common:action.call_centre"))).to_have_attribute(
        "href", "tel:112"
    )


def is_recorded(clara: SitePage) -> None:
    expect(clara.page.get_by_role("heading", name=clara.say.like("site:receipt.recorded"))).to_be_visible()


def declared(city: City) -> int:
    return len([one for one in city.snapshot()["log"] if one["kind"] == "diversion.declared"])


# ---------------------------------------------------------------- without any network


def test_the_page_opens_offline_and_a_declaration_is_recorded_once_when_the_network_is_back(visit: Visits, city: City):
    visit.watch.expect(CUT)
    context, clara = at_work(visit, city.url)
    clara.page.close()
    context.set_offline(True)

    again = opened(context, f"{city.url}{SITE}")
    expect(again.page.get_by_role("heading", level=1)).to_contain_text("Saint-Pierre")
    expect(again.declare_button()).to_be_enabled()
    declares(again)
    is_not_sent(again)
    expect(again.page.get_by_role("button", name=again.say.like("common:action.retry"))).to_contain_text(
        re.compile(r"\d+ s")
    )
    assert city.rows("diversion") == []

    context.set_offline(False)
    is_recorded(again)
    assert declared(city) == 1


def test_what_was_pressed_outlives_the_page_and_is_sent_under_the_same_key(
    visit: Visits, city: City, network: FaultProxy
):
    visit.watch.expect(CUT)
    context, clara = at_work(visit, network.url)
    network.cut()
    declares(clara)
    is_not_sent(clara)
    clara.page.close()

    again = opened(context, f"{network.url}{SITE}")
    is_not_sent(again)
    network.resume()
    is_recorded(again)
    assert declared(city) == 1


def test_it_outlives_the_browser(visit: Visits, city: City):
    """What a browser keeps when it is closed is given to a new one; what it forgets is forgotten."""
    visit.watch.expect(CUT)
    context, clara = at_work(visit, city.url)
    context.set_offline(True)
    declares(clara)
    is_not_sent(clara)
    kept = context.storage_state()
    visit.leave(clara.page)

    again = opened(visit.context(None, viewport=PHONE, storage_state=kept), f"{city.url}{SITE}")
    is_recorded(again)
    assert declared(city) == 1


def test_past_ten_minutes_it_is_asked_about_and_never_sent_by_itself(
    visit: Visits, city: City, network: FaultProxy, say: Words
):
    visit.watch.expect(CUT + r"|404.*/api/receipts/")
    context, clara = at_work(visit, network.url)
    network.cut()
    declares(clara)
    is_not_sent(clara)
    clara.page.close()
    network.resume()

    again = later(context, minutes=11)
    with again.expect_response(re.compile("/api/receipts/")) as asked:
        again.goto(f"{network.url}{SITE}")
    assert asked.value.status == 404
    late = SitePage(again)
    is_not_sent(late)
    expect(again.get_by_role("alert")).to_contain_text(say.like("site:not_sent.pressed"))
    assert declared(city) == 0
    again.get_by_role("button", name=say.like("common:action.retry")).click()
    is_recorded(late)
    assert declared(city) == 1


def test_nobody_is_asked_about_what_had_arrived_after_all(
    visit: Visits, city: City, server: Server, network: FaultProxy
):
    visit.watch.expect(CUT)
    context = visit.context("clara", viewport=PHONE)
    clara = opened(context, f"{network.url}{SITE}")
    clara.is_live()
    is_settled(clara)
    clara.declare_button().click()
    network.mute()
    clara.commit_button().click()
    eventually(lambda: declared(city) == 1, 15, lambda: "the declaration never reached the server")
    is_not_sent(clara)
    clara.page.close()
    network.resume()

    again = later(context, minutes=11)
    again.goto(f"{network.url}{SITE}")
    is_recorded(SitePage(again))
    assert declared(city) == 1


def later(context: BrowserContext, minutes: int) -> Page:
    """A page opened that much later."""
    page = context.new_page()
    page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=minutes))
    return page


# ---------------------------------------------------------------- cut in the middle


@pytest.fixture
def network(server: Server) -> Iterator[FaultProxy]:
    with FaultProxy(server.port) as proxy:
        yield proxy


def test_cut_before_the_request_is_out_it_is_not_sent_and_then_sent_once(
    visit: Visits, city: City, network: FaultProxy
):
    visit.watch.expect(CUT)
    clara = opened(visit.context("clara", viewport=PHONE), f"{network.url}{SITE}")
    clara.is_live()
    clara.declare_button().click()
    network.cut()
    clara.commit_button().click()
    is_not_sent(clara)
    assert declared(city) == 0
    network.resume()
    is_recorded(clara)
    assert declared(city) == 1


def test_cut_before_the_answer_is_back_it_never_says_sent_until_it_knows_and_asks_nobody_twice(
    visit: Visits, city: City, network: FaultProxy
):
    visit.watch.expect(CUT)
    clara = opened(visit.context("clara", viewport=PHONE), f"{network.url}{SITE}")
    clara.is_live()
    is_settled(clara)
    clara.declare_button().click()
    network.mute()
    clara.commit_button().click()
    eventually(lambda: declared(city) == 1, 15, lambda: "the declaration never reached the server")
    is_not_sent(clara)
    expect(clara.page.get_by_role("heading", name=clara.say.like("site:receipt.recorded"))).to_have_count(0)
    network.resume()
    # By itself, under the old key: the same receipt, and one declaration.
    is_recorded(clara)
    expect(clara.page.get_by_role("alert")).to_have_count(0)
    assert declared(city) == 1
