"""A page whose network fails says so in words, lets nobody act on an old picture, and misses nothing afterwards.

Time on these pages is the browser's, moved by hand; nothing here waits for it to pass.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import unified_diff

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.e2e.city import City
from tests.e2e.faces import Console, Face, Screen, SitePage
from tests.e2e.proxy import FaultProxy
from tests.e2e.visits import Visits
from tests.e2e.words import Words
from tests.server import Server, eventually


@pytest.fixture
def network(server: Server) -> Iterator[FaultProxy]:
    with FaultProxy(server.port) as proxy:
        yield proxy


class Frames:
    """What really came over a page's sockets."""

    def __init__(self, page: Page) -> None:
        self.sockets: list[str] = []
        self.snapshots: list[int] = []
        self.numbers: list[int] = []
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        self.sockets.append(socket.url)
        socket.on("framereceived", self._received)

    def _received(self, text: str | bytes) -> None:
        frame = json.loads(text)
        if frame["type"] == "snapshot":
            self.snapshots.append(int(frame["cursor"].partition(":")[0]))
        elif frame["type"] == "events":
            self.numbers += [event["seq"] for event in frame["events"]]


def console_over(visit: Visits, network: FaultProxy) -> tuple[Console, Frames]:
    """A dispatcher's desk behind that network, with its time in our hands."""
    context = visit.context("dina")
    context.clock.install()
    page = context.new_page()
    frames = Frames(page)
    page.goto(f"{network.url}{Console.path}")
    console = Console(page)
    console.is_live()
    page.evaluate("document.documentElement.dataset.sameDocument = 'yes'")
    return console, frames


def let_pass(face: Face, seconds: int) -> None:
    face.page.clock.fast_forward(seconds * 1000)


def is_the_same_document(console: Console) -> None:
    assert console.page.evaluate("document.documentElement.dataset.sameDocument") == "yes", "the page was reloaded"


def shows_what_a_new_page_shows(visit: Visits, console: Console) -> None:
    """List, table and log, word for word; only the passing time may differ, and how far back the log goes."""
    fresh = Console(visit("dirk", Console.path))
    fresh.is_live()
    expect(fresh.hospitals.get_by_role("row")).to_have_count(console.hospitals.get_by_role("row").count())

    def difference() -> str:
        found: list[str] = []
        for letter in "BDE":
            here, new = (steady(one.region(letter).inner_text()) for one in (console, fresh))
            found += unified_diff(here[: len(new)] if letter == "E" else here, new, lineterm="")
        return "\n".join(found)

    eventually(lambda: not difference(), 15, difference)


def steady(text: str) -> list[str]:
    """Without lines that count time, or tell what this desk itself has done."""
    return [line for line in text.splitlines() if not COUNTING.search(line)]


COUNTING = re.compile(r"decide in|position \S+ (s|min)|^\d+:\d\d$|undo|Recorded", re.IGNORECASE)


def test_a_half_open_line_is_shown_as_delayed_then_offline_and_nothing_is_missed(
    visit: Visits, city: City, network: FaultProxy, say: Words
):
    visit.watch.expect(r"ERR_|WebSocket connection to")
    city.under_way("AMB 11")
    city.declare()
    console, _ = console_over(visit, network)
    expect(console.options("AMB 11").first).to_be_enabled()

    network.freeze()
    let_pass(console, 12)
    console.shows_freshness("delayed")
    expect(console.page.get_by_text(say("console:delayed.title")).last).to_be_visible()
    # Late news is still news: acting stays possible, since the server checks.
    expect(console.options("AMB 11").first).to_be_enabled()

    let_pass(console, 20)
    console.shows_freshness("offline")
    expect(console.page.get_by_text(say("console:offline.title"))).to_be_visible()
    expect(console.page.get_by_text(say("console:offline.radio"))).to_be_visible()
    expect(console.options("AMB 11").first).to_be_disabled()
    expect(console.hospital("Saint-Pierre").get_by_role("button", name=say("console:act.seen"))).to_be_disabled()
    # The table says it as the map does: nobody is to take it for what is.
    for name, status in (("Saint-Pierre", "diverted"), ("Saint-Luc", "open")):
        last_known = say("common:last_known", status=say(f"common:condition.{status}"))
        expect(console.hospital(name)).to_contain_text(last_known)

    city.under_way("AMB 12")
    city.order("AMB 11", "saint-jean")
    city.declare("saint-luc", "lucas")
    expect(console.row("AMB 12")).to_have_count(0)
    console.shows_freshness("offline")

    network.resume()
    let_pass(console, 13)
    console.is_live()
    expect(console.hospital("Saint-Pierre")).not_to_contain_text(last_known.partition(":")[0])
    expect(console.row("AMB 11")).to_contain_text(say("console:stage.ordered"))
    expect(console.row("AMB 12")).to_contain_text(say("console:stage.undecided"))
    expect(console.hospital("Saint-Luc")).to_contain_text(say("common:condition.diverted"))
    expect(console.options("AMB 12").first).to_be_enabled()
    is_the_same_document(console)
    shows_what_a_new_page_shows(visit, console)


def test_after_a_short_cut_a_page_resumes_where_it_was_and_the_numbers_have_no_gap(
    visit: Visits, city: City, network: FaultProxy, say: Words
):
    visit.watch.expect(r"ERR_|WebSocket connection to")
    city.under_way("AMB 11", "AMB 12", "AMB 13")
    console, frames = console_over(visit, network)
    city.declare()
    expect(console.options("AMB 13")).to_have_count(3)

    network.cut()
    city.order("AMB 11", "saint-jean")
    city.crew_answers("AMB 11")
    city.order("AMB 12", "his-ixelles")
    network.resume()

    expect(console.row("AMB 11")).to_contain_text(say("console:stage.crew_ack"))
    expect(console.row("AMB 12")).to_contain_text(say("console:stage.ordered"))
    console.is_live()
    is_the_same_document(console)
    assert len(frames.snapshots) == 1, "a short cut needs no second snapshot"
    assert "after=" in frames.sockets[-1]
    first = frames.snapshots[0] + 1
    assert frames.numbers == list(range(first, first + len(frames.numbers)))
    last = int(city.snapshot()["cursor"].partition(":")[0])
    assert frames.numbers[-1] == last
    shows_what_a_new_page_shows(visit, console)


def test_an_order_whose_answer_is_lost_is_not_sent_and_its_repetition_happens_once(
    visit: Visits, city: City, network: FaultProxy, say: Words
):
    visit.watch.expect(r"ERR_|WebSocket connection to")
    city.under_way("AMB 11")
    city.declare()
    console, _ = console_over(visit, network)
    option = console.options("AMB 11").first
    expect(option).to_be_enabled()

    network.mute()
    option.click()
    eventually(lambda: len(city.rows("redirect")) == 1, 15, lambda: "the order never reached the server")
    let_pass(console, 6)
    expect(console.row("AMB 11")).to_contain_text(say("common:write.not_sent"))
    network.resume()
    console.row("AMB 11").get_by_role("button", name=say("common:action.retry")).click()
    expect(console.row("AMB 11")).to_contain_text(say("console:stage.ordered"))
    assert len(city.rows("redirect")) == 1
    expect(console.logged("console:event.redirect.ordered", vehicle="AMB 11")).to_have_count(1)


def test_options_that_could_not_be_asked_for_are_asked_for_on_return(
    visit: Visits, city: City, network: FaultProxy, say: Words
):
    visit.watch.expect(r"ERR_|WebSocket connection to")
    city.under_way("AMB 11")
    console, _ = console_over(visit, network)
    # The declaration still arrives; the question about options no longer gets through.
    console.page.route("**/options", lambda route: route.abort("connectionreset"))
    city.declare()
    expect(console.row("AMB 11")).to_contain_text(say("console:list.options_failed"))
    console.page.unroute("**/options")
    network.cut()
    network.resume()
    expect(console.options("AMB 11")).to_have_count(3)


def test_a_department_and_a_hospital_cut_off_are_told_to_phone(
    visit: Visits, city: City, network: FaultProxy, say: Words
):
    visit.watch.expect(r"ERR_|WebSocket connection to")
    city.under_way("AMB 11", to="saint-jean")
    faces: list[Face] = []
    for who, kind, site in (("ruth", Screen, "saint-jean"), ("clara", SitePage, "saint-pierre")):
        context = visit.context(who)
        context.clock.install()
        page = context.new_page()
        page.goto(f"{network.url}{kind.path(site)}")
        faces.append(kind(page))
    screen, hospital = faces
    screen.button("screen:gate.start").click()
    for face in faces:
        face.is_live()

    network.freeze()
    for face in faces:
        let_pass(face, 33)
        face.shows_freshness("offline")
        expect(face.page.get_by_role("link", name=say("common:action.call_centre")).first).to_be_visible()
    expect(screen.page.get_by_role("banner")).to_contain_text(say("screen:strip.offline"))
    expect(hospital.page.get_by_role("banner")).to_contain_text(say("site:strip.offline"))
    # The patient who was announced is still announced; nothing looks empty because nothing is heard.
    expect(screen.page.get_by_role("article").filter(has_text="AMB 11")).to_be_visible()
    # A hospital may always try to declare: only the receipt decides.
    expect(hospital.button("site:bar.declare")).to_be_enabled()

    network.resume()
    for face in faces:
        let_pass(face, 13)
        face.is_live()
