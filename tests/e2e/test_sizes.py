"""From a phone to a wall: nothing runs out of the side, nothing lies on anything else, everything can be hit."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.e2e.brussels import FLEET
from tests.e2e.city import City, everything_said
from tests.e2e.faces import Console, Screen, SitePage
from tests.e2e.visits import DESK, PHONE, Visits
from tests.e2e.words import Words

WALL: ViewportSize = {"width": 1920, "height": 1080}

#: Controls smaller than a finger or a hurried hand needs; a control inside a larger label counts with its label.
SMALL = """(least) => [...document.querySelectorAll('button, a[href], input, select, textarea, summary')]
  .filter((control) => control.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .map((control) => [control, (control.closest('label') ?? control).getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && box.right > 0 && Math.min(box.width, box.height) < least - 0.5)
  .filter(([control]) => getComputedStyle(control).display !== 'inline')
  .map(([control, box]) => `${control.outerHTML.slice(0, 120)} ${box.width.toFixed(1)}×${box.height.toFixed(1)}`)"""


def fits_the_width(page: Page) -> None:
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], f"{wide[0]} pixels wide in a window of {wide[1]}"


def box_of(part: Locator) -> dict[str, float]:
    box: Any = part.bounding_box()
    assert box is not None
    return dict(box)


def lie_apart(parts: dict[str, Locator]) -> None:
    """No two of them share more than a hairline."""
    boxes = {name: box_of(part) for name, part in parts.items()}
    for one, other in combinations(boxes, 2):
        a, b = boxes[one], boxes[other]
        across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
        down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
        assert across <= 1 or down <= 1, f"{one} and {other} overlap by {across:.0f}×{down:.0f}: {a} {b}"


def are_large_enough(page: Page, least: int) -> None:
    assert page.evaluate(SMALL, least) == []


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_console_fills_the_window_and_its_regions_lie_apart(visit: Visits, city: City, language: str):
    city.under_way(*FLEET)
    city.declare(services={"records": {"level": "down"}})
    console = Console(visit("dina", Console.path, language), Words(language))
    console.is_live()
    expect(console.list.get_by_role("article")).to_have_count(len(FLEET))
    for size in (DESK, WALL):
        console.page.set_viewport_size(size)
        fits_the_width(console.page)
        assert console.page.evaluate("document.documentElement.scrollHeight") <= size["height"]
        regions = {letter: console.region(letter) for letter in "ABCDE"}
        lie_apart(regions)
        for letter, region in regions.items():
            box = box_of(region)
            assert box["y"] + box["height"] <= size["height"] + 1, f"{letter} runs out at the bottom: {box}"
        are_large_enough(console.page, 24)


def test_the_console_on_a_phone_stands_in_one_column(visit: Visits, city: City):
    city.under_way("AMB 11")
    city.declare()
    console = Console(visit("dina", Console.path, viewport=PHONE))
    console.is_live()
    expect(console.options("AMB 11")).to_have_count(3)
    fits_the_width(console.page)
    lie_apart({letter: console.region(letter) for letter in "ABCDE"})


def test_the_review_on_a_phone_shows_each_destination_and_keeps_its_way_out_in_the_corner(visit: Visits, city: City):
    city.under_way("AMB 11")
    city.under_way("AMB 12", urgency="vital")
    city.declare()
    console = Console(visit("dina", Console.path, "nl", viewport=PHONE), Words("nl"))
    console.is_live()
    expect(console.options("AMB 11")).to_have_count(3)
    console.row("AMB 11").focus()
    console.page.keyboard.press("Shift+Enter")
    destination = console.dialog.get_by_role("combobox").first
    expect(destination).to_be_visible()
    rows = {sign: console.dialog.get_by_role("row").filter(has_text=sign) for sign in ("AMB 11", "AMB 12")}
    lie_apart(
        {f"{sign} {n}": part for sign, row in rows.items() for n, part in enumerate(row.locator("th, select").all())}
    )
    dialog = box_of(console.dialog)
    assert box_of(destination)["width"] >= 0.7 * dialog["width"]
    heading, close = console.dialog.get_by_role("heading"), console.dialog.locator("header button")
    assert box_of(close)["x"] >= box_of(heading)["x"] + box_of(heading)["width"]


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_hospital_page_fits_in_every_step(visit: Visits, city: City, language: str):
    page = visit("clara", SitePage.path("saint-pierre"), language, viewport=PHONE)
    clara = SitePage(page, Words(language))
    clara.is_live()
    fits_in_every_size(page)
    clara.declare_button().click()
    expect(clara.commit_button()).to_be_visible()
    fits_in_every_size(page)
    clara.commit_button().click()
    expect(page.get_by_text(clara.say("site:receipt.declare"))).to_be_visible()
    fits_in_every_size(page)
    clara.button("site:receipt.done").click()
    expect(clara.button("site:episode.reopen")).to_be_visible()
    fits_in_every_size(page)


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_hospital_page_fits_with_everything_said(visit: Visits, city: City, language: str):
    """Long words in every place, a question above it, and each part opened."""
    say = Words(language)
    diversion = everything_said(city)
    page = visit("clara", SitePage.path("saint-pierre"), language, viewport=PHONE)
    clara = SitePage(page, say)
    clara.is_live()
    expect(page.get_by_role("article")).to_contain_text(say("site:for_you.title"))
    page.get_by_text(say("site:more.title"), exact=True).click()
    page.get_by_role("region", name=say("site:others.title")).locator("summary").first.click()
    fits_in_every_size(page)
    clara.button("site:episode.amend").click()
    fits_in_every_size(page)
    page.get_by_role("group", name=say("site:field.intake")).get_by_role("radio").last.check()
    expect(page.get_by_text(say("site:amend.loosens"))).to_be_visible()
    fits_in_every_size(page)
    clara.button("common:action.cancel").click()
    city.ask_to_reopen(diversion)
    expect(page.get_by_role("article")).to_contain_text(say("site:reopening.waiting"))
    city.let_lapse(diversion)
    expect(page.get_by_role("heading", name=say("site:unconfirmed.title"))).to_be_visible()
    fits_in_every_size(page)
    clara.button("site:episode.history").click()
    expect(page.get_by_role("list", name=say("timeline:title"))).to_be_visible()
    fits_in_every_size(page)
    clara.button("site:history.back").click()
    page.get_by_text(say("site:more.title"), exact=True).click()
    clara.button("site:more.quarantine").click()
    expect(page.get_by_role("textbox")).to_be_visible()
    fits_in_every_size(page)


#: Words that run out of their place, into their neighbour or over the edge of a card.
RUN_OUT = """() => [...document.querySelectorAll('main dt, main dd, main li, main p, main h3, main h4, main button')]
  .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
  .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 60)} ${one.scrollWidth} in ${one.clientWidth}`)"""


def fits_in_every_size(page: Page) -> None:
    """Wide first, so that the step that follows is taken on a phone."""
    for size, least in ((WALL, 24), (DESK, 24), (PHONE, 44)):
        page.set_viewport_size(size)
        fits_the_width(page)
        assert page.evaluate(RUN_OUT) == []
        are_large_enough(page, least)


def test_the_second_tap_is_not_where_the_first_was(visit: Visits, city: City):
    clara = SitePage(visit("clara", SitePage.path("saint-pierre"), viewport=PHONE))
    clara.is_live()
    first = box_of(clara.declare_button())
    assert first["height"] >= 64
    clara.declare_button().click()
    second = box_of(clara.commit_button())
    assert second["height"] >= 48
    down = min(first["y"] + first["height"], second["y"] + second["height"]) - max(first["y"], second["y"])
    assert down <= 0, f"a double tap would declare: {first} {second}"


def test_the_screen_fits_and_its_cards_lie_apart(visit: Visits, city: City):
    city.under_way("AMB 11", "AMB 12", "AMB 13", to="saint-jean", needs=["ct"], physician_on_board=True)
    page = visit("ruth", Screen.path("saint-jean"), "fr", viewport=PHONE)
    ruth = Screen(page, Words("fr"))
    expect(ruth.button("screen:gate.start")).to_be_visible()
    fits_the_width(page)
    ruth.start()
    cards = page.get_by_role("article")
    expect(cards).to_have_count(3)
    for size, tall in ((PHONE, 64), (DESK, 64), (WALL, 96)):
        page.set_viewport_size(size)
        fits_the_width(page)
        lie_apart({"strip": page.get_by_role("banner"), **{f"card {n}": cards.nth(n) for n in range(3)}})
        lie_apart(
            {
                "minutes": cards.first.locator(".when"),
                "what": cards.first.locator(".what"),
                "press": ruth.acknowledge("AMB 11"),
            }
        )
        assert box_of(ruth.acknowledge("AMB 11"))["height"] >= tall, size


def test_pages_drawn_by_the_server_fit(visit: Visits, city: City):
    pages = [visit(None, "/accounts/login/", "fr"), visit("noor", "/", "fr"), visit("noor", "/site/", "fr")]
    for page in pages:
        for size in (PHONE, WALL):
            page.set_viewport_size(size)
            fits_the_width(page)
            are_large_enough(page, 24)
