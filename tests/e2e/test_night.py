"""The night of Saint-Pierre with twelve ambulances bound there: one alarm, a plan at once, four presses, nobody left.

The replay's steps are told by the hospital's own token, one straight after the other: what lies between them is
nobody's decision. How fast the plan is painted is measured in ``tests/bench/night.py``, not asserted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from diversion.simulate.replay import load
from tests.e2e.brussels import REGION, TWELVE
from tests.e2e.city import City
from tests.e2e.faces import Console, Screen
from tests.e2e.proxy import FaultProxy
from tests.e2e.test_cut_off import console_over, let_pass, shows_what_a_new_page_shows
from tests.e2e.visits import Visits
from tests.e2e.words import Words
from tests.server import Server, eventually
from tests.stories import Story, site_headers

SIGNS = tuple(TWELVE)
#: What a page says aloud at once, each time anew.
HEARD = """() => {
  window.heard = [];
  const region = document.querySelector('[aria-live=assertive]');
  new MutationObserver(() => window.heard.push(region.textContent)).observe(
    region, { childList: true, characterData: true, subtree: true });
}"""

#: Whether some of a text cannot be read where it stands.
CUT_SHORT = """(text) => [text, text.parentElement].some(
  (box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)"""


class Night:
    """The replay, told to the city up to the moment when the gate closes."""

    def __init__(self, city: City) -> None:
        self.city = city
        replay = load("saint-pierre-2023")
        outside = httpx.Client(base_url=city.url, timeout=30, trust_env=False, verify=False)
        headers = site_headers(replay)

        def say(site: str, path: str, said: Any) -> dict[str, Any]:
            answer = outside.post(path, json=said, headers=headers(site))
            assert answer.status_code == 200, answer.text
            told: dict[str, Any] = answer.json()
            return told

        self._story = Story(replay, say, lambda _: datetime.now(UTC).isoformat(timespec="seconds"))

    def begins(self) -> None:
        """01:00, the servers are slow; a dispatcher has seen it, and twelve are under way."""
        self._story.tell(0)
        self.city.see(self._story.episodes["episode"])

    def closes(self) -> None:
        """04:00: no ambulance, no SMUR."""
        self._story.tell(1)


class Hands:
    """Everything that one dispatcher presses, counted."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.presses = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)
            self.presses += 1


@pytest.fixture
def night(city: City) -> Night:
    night = Night(city)
    night.begins()
    return night


@pytest.fixture
def network(server: Server) -> Iterator[FaultProxy]:
    with FaultProxy(server.port) as proxy:
        yield proxy


def desk(visit: Visits, who: str, language: str = "en") -> Console:
    console = Console(visit(who, Console.path, language), Words(language))
    console.is_live()
    return console


def has_options(console: Console) -> None:
    """Everybody's options by journey time are there to be chosen from."""
    options = console.list.get_by_role("button", name=console.say.like("console:option.redirect"))
    expect(options).to_have_count(3 * len(SIGNS))


def review(console: Console, hands: Hands, many: int) -> Locator:
    """From anywhere to the review of all, in three presses; the button that sends them."""
    hands.press("F6", "F6", "Shift+Enter")
    commit = console.dialog.get_by_role("button", name=console.say.like("console:bulk.commit", count=many, n=many))
    expect(commit).to_be_enabled()
    return commit


def has_ordered(console: Console, many: int) -> None:
    rows = console.list.get_by_role("article").filter(has_text=console.say("console:stage.ordered"))
    expect(rows).to_have_count(many)


def decided_by(city: City) -> dict[str, str]:
    """Who has decided about each transport: one decision each, and it stands."""
    decisions = city.rows("redirect")
    assert {one["state"] for one in decisions} <= {"ordered", "acknowledged"}, decisions
    found = {one["transport_id"]: one["ordered_by"]["name"] for one in decisions}
    assert len(found) == len(decisions), "somebody was decided about twice"
    return found


def nobody_is_left_behind(city: City) -> None:
    """All whom the closing affected have been decided about; who is still affected stays by a decision."""
    closing = next(one for one in reversed(city.snapshot()["log"]) if one["fact"].get("affected"))
    affected = set(closing["fact"]["affected"])
    assert len(affected) == len(SIGNS)
    assert set(decided_by(city)) == affected
    kept = {one["transport_id"] for one in city.rows("redirect") if one["choice"] == "keep"}
    assert {one["id"] for one in city.rows("transport") if one["affected_since"]} == kept


def everybody_is_expected(city: City) -> bool:
    """Each department that receives somebody has answered, or dispatch was told that it has not."""
    bound = {one["id"]: one["destination_id"] for one in city.rows("transport")}
    standing = [one for one in city.rows("notice") if one["site_id"] == bound[one["transport_id"]]]
    assert len(standing) == len(bound)
    return all(one["acknowledged_at"] or one["escalated_at"] for one in standing)


def test_one_alarm_one_plan_and_four_presses_for_twelve_ambulances(visit: Visits, city: City, night: Night):
    city.under_way(*SIGNS)
    console = desk(visit, "dina", "fr")
    screen = Screen(visit("ruth", Screen.path("saint-jean")))
    screen.start()
    console.page.evaluate(HEARD)
    night.closes()
    has_options(console)

    hands = Hands(console.page)
    review(console, hands, 12)
    hands.press("Control+Enter")
    expect(console.dialog).to_have_count(0)
    has_ordered(console, 12)
    assert hands.presses == 4
    nobody_is_left_behind(city)

    # Twelve vehicles, one cause: it has rung once and was told once.
    assert len(console.page.evaluate("window.heard")) == 1
    console.page.get_by_role("button", name=console.say.like("console:bar.p1")).click()
    expect(console.dialog.get_by_role("listitem")).to_have_count(1)
    expect(console.dialog).to_contain_text(console.say("console:alarms.budget", n=1))
    console.page.keyboard.press("Escape")

    city.crews_answer()
    here = screen.page.get_by_role("article")
    at_saint_jean = [one for one in city.rows("notice") if one["site_id"] == "saint-jean"]
    assert at_saint_jean
    expect(here).to_have_count(len(at_saint_jean))
    for notice in at_saint_jean:
        screen.acknowledge(notice["vehicle"]["call_sign"]).click()
    # Nobody answers anywhere else, and the minute for it is over.
    city.policy(escalate_after_s=1)
    eventually(lambda: everybody_is_expected(city), 20, lambda: str(city.rows("notice")))
    waits = console.strip.locator("strong", has_text=console.say.like("console:alarm.ed_unanswered"))
    expect(waits).to_be_visible()
    assert waits.evaluate(CUT_SHORT) is False, waits.inner_text()
    for notice in at_saint_jean:
        sign = notice["vehicle"]["call_sign"]
        expect(console.row(sign)).to_contain_text(console.say("console:stage.ed_ack"))
    nobody_is_left_behind(city)


def test_two_dispatchers_who_redirect_all_at_once_give_each_crew_one_order(visit: Visits, city: City, night: Night):
    together, alone = SIGNS[:10], SIGNS[10:]
    city.under_way(*together)
    city.under_way(*alone, urgency="vital")
    dina, dirk = desk(visit, "dina"), desk(visit, "dirk")
    night.closes()
    hands = {one: Hands(one.page) for one in (dina, dirk)}
    for console, own in hands.items():
        has_options(console)
        review(console, own, len(together))
    for own in hands.values():
        own.press("Control+Enter")

    signs = {one["id"]: one["ref"].removeprefix("t ") for one in city.rows("transport")}
    for console in hands:
        has_ordered(console, len(together))
    orders = {signs[transport]: who for transport, who in decided_by(city).items()}
    assert set(orders) == set(together)
    tells_whose_it_is(dina, "Dina", orders)
    tells_whose_it_is(dirk, "Dirk", orders)

    # What no plan may send is decided one by one: here by the one, there by the other.
    for console, sign in ((dina, alone[0]), (dirk, alone[1])):
        if console.dialog.count():
            console.page.keyboard.press("Escape")
        console.row(sign).focus()
        hands[console].press("1", "Enter")
        expect(console.row(sign)).to_contain_text(console.say("console:stage.ordered"))
    nobody_is_left_behind(city)


def tells_whose_it_is(console: Console, name: str, orders: dict[str, str]) -> None:
    """Beside each vehicle: recorded by this desk, or by whom and where to instead. All mine: the review is over."""
    other = {sign: who for sign, who in orders.items() if who != name}
    if not other:
        expect(console.dialog).to_have_count(0)
        return
    for sign, who in orders.items():
        row = console.dialog.get_by_role("row").filter(has_text=sign)
        said = "common:write.recorded" if who == name else "console:bulk.taken"
        expect(row).to_contain_text(console.say.like(said, x=who))
        expect(row.get_by_role("checkbox")).to_be_disabled()
    # Nothing is left that a second press could send over the other's head.
    expect(console.dialog.get_by_role("button", name=console.say("console:bulk.nothing"))).to_be_disabled()


@pytest.mark.parametrize("fault", ["cut", "mute"])
def test_a_desk_that_is_cut_off_while_sending_says_what_was_not_sent_and_another_finishes(
    visit: Visits, city: City, night: Night, network: FaultProxy, fault: str
):
    """Cut, the second half never arrives; mute, it is recorded and nobody hears of it."""
    visit.watch.expect(r"ERR_|WebSocket connection to")
    city.under_way(*SIGNS)
    dina, _ = console_over(visit, network)
    dirk = desk(visit, "dirk")
    night.closes()
    has_options(dina)
    hands = Hands(dina.page)
    review(dina, hands, 12)
    network.fail_at(f"POST /api/regions/{REGION}/redirects", after=1, fault=fault)
    hands.press("Control+Enter")

    recorded = 6 if fault == "cut" else 12
    has_ordered(dirk, recorded)
    let_pass(dina, 6)
    not_sent = dina.dialog.get_by_role("cell").filter(has_text=dina.say("common:write.not_sent"))
    expect(not_sent).to_have_count(6)

    if fault == "cut":
        others = Hands(dirk.page)
        review(dirk, others, 6)
        others.press("Control+Enter")
        expect(dirk.dialog).to_have_count(0)
        has_ordered(dirk, 12)
    by = list(decided_by(city).values())
    assert (by.count("Dina"), by.count("Dirk")) == (recorded, 12 - recorded)

    network.resume()
    let_pass(dina, 13)
    dina.is_live()
    expect(not_sent).to_have_count(0)
    dina.dialog.get_by_role("button", name=dina.say("common:action.retry")).click()
    if fault == "cut":
        taken = dina.say.like("console:bulk.taken", x="Dirk")
        expect(dina.dialog.get_by_role("cell").filter(has_text=taken)).to_have_count(6)
        dina.page.keyboard.press("Escape")
    expect(dina.dialog).to_have_count(0)
    nobody_is_left_behind(city)
    shows_what_a_new_page_shows(visit, dina)
