"""The map says what the table says, hospital for hospital; it really draws, with WebGL and without."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.brussels import FLEET
from tests.e2e.city import City
from tests.e2e.faces import Console
from tests.e2e.test_sizes import box_of
from tests.e2e.visits import DESK, Visits
from tests.e2e.words import Words
from tests.server import eventually

#: Looks at a picture: the share of every colour, most first (a blank ground has one), and how many separate
#: figures of one colour there are. Parts of one figure, cut by the mark inside it, lie within its own width.
LOOK = """async ([png, red, green, blue]) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const counts = new Map();
  const figures = [];
  for (let at = 0; at < width * height; at += 1) {
    const [r, g, b] = [data[at * 4], data[at * 4 + 1], data[at * 4 + 2]];
    const colour = (r << 16) | (g << 8) | b;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
    if (Math.abs(r - red) + Math.abs(g - green) + Math.abs(b - blue) > 12) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    const own = figures.find((one) => Math.hypot(one.x - x, one.y - y) < 16);
    if (own) own.size += 1;
    else figures.push({ x, y, size: 1 });
  }
  return {
    shares: [...counts.values()].map((count) => count / (width * height)).sort((a, b) => b - a),
    figures: figures.filter((one) => one.size >= 30).length,
  };
}"""
AMBER = (0xFF, 0xC5, 0x3D)


def map_of(console: Console) -> Locator:
    return console.region("C").locator("[data-engine]")


def look(console: Console) -> dict[str, Any]:
    """At the map's picture, in a page of its own that has no content policy."""
    png = base64.b64encode(map_of(console).screenshot()).decode()
    blank = console.page.context.new_page()
    seen: dict[str, Any] = blank.evaluate(LOOK, [png, *AMBER])
    blank.close()
    return seen


def is_drawn(console: Console) -> None:
    """Land, greens, water, roads and names: not one colour all over."""
    shares: list[float] = []

    def several() -> bool:
        shares[:] = look(console)["shares"]
        return shares[0] < 0.9 and sum(share > 0.002 for share in shares) >= 4

    eventually(several, 30, lambda: f"the map is blank: {[round(share, 4) for share in shares[:8]]}")


def markers(console: Console) -> Locator:
    return console.region("C").locator("button[data-site]")


def test_every_hospital_of_the_table_is_on_the_map_with_the_same_status(visit: Visits, city: City, say: Words):
    city.declare()
    city.declare("saint-luc", "lucas", gates={"ambulances": "life_threatening"})
    console = Console(visit("dina", Console.path))
    console.is_live()
    sites = city.rows("site")
    expect(markers(console)).to_have_count(len(sites))
    expect(console.hospitals.get_by_role("rowheader")).to_have_count(len(sites))
    shown = {one.get_attribute("data-site"): one.get_attribute("aria-label") or "" for one in markers(console).all()}
    for site in sites:
        status = {"diverted": "diverted", "limited": "limited"}.get(site["condition"], "open")
        word = say(f"common:condition.{status}")
        assert word in shown[site["id"]], shown[site["id"]]
        expect(console.hospital(site["short"]["fr"])).to_contain_text(word)


def test_a_hospital_on_the_map_opens_by_keyboard(visit: Visits, city: City):
    console = Console(visit("dina", Console.path))
    console.is_live()
    marker = console.region("C").locator("button[data-site=saint-jean]")
    marker.focus()
    console.page.keyboard.press("Enter")
    expect(console.dialog.get_by_role("heading", level=2)).to_contain_text("Saint-Jean")


@pytest.mark.webgl
def test_no_mark_at_the_edge_lies_under_the_note_also_when_the_pane_changed_while_the_map_opened(
    visit: Visits, city: City
):
    console = Console(visit("dina", Console.path))
    console.page.set_viewport_size({"width": DESK["width"], "height": DESK["height"] - 140})
    expect(map_of(console)).to_have_attribute("data-engine", "webgl")
    expect(markers(console)).to_have_count(len(city.rows("site")))

    def clear_of_the_note() -> bool:
        note = box_of(console.region("C").locator(".about > button"))
        marks = [box_of(one) for one in console.region("C").locator("button.edge").all()]
        return bool(marks) and all(mark["y"] + mark["height"] <= note["y"] for mark in marks)

    eventually(clear_of_the_note, 20, lambda: "a hospital at the edge lies under the note about the map")


@pytest.mark.webgl
def test_the_ground_and_every_affected_vehicle_are_painted(visit: Visits, city: City):
    city.under_way(*FLEET)
    city.declare()
    console = Console(visit("dina", Console.path))
    console.is_live()
    expect(console.list.get_by_role("article")).to_have_count(len(FLEET))
    expect(map_of(console)).to_have_attribute("data-engine", "webgl")
    is_drawn(console)
    counted: list[int] = []

    def all_of_them() -> bool:
        city.locate()
        counted.append(look(console)["figures"])
        return counted[-1] == len(FLEET)

    eventually(all_of_them, 30, lambda: f"{len(FLEET)} vehicles to decide on, painted: {counted}")


@pytest.mark.webgl
def test_a_map_whose_webgl_is_lost_is_drawn_all_the_same_and_says_so(visit: Visits, city: City, say: Words):
    console = Console(visit("dina", Console.path))
    console.is_live()
    expect(map_of(console)).to_have_attribute("data-engine", "webgl")
    map_of(console).locator("canvas").first.evaluate(
        "canvas => canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    expect(map_of(console)).to_have_attribute("data-engine", "canvas")
    expect(console.page.get_by_text(say("map:webgl_lost"))).to_be_visible()
    expect(markers(console)).to_have_count(len(city.rows("site")))
    is_drawn(console)


def test_without_webgl_the_map_is_drawn_all_the_same_and_says_so(visit: Visits, city: City, say: Words):
    page = visit("dina", Console.path)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.reload()
    console = Console(page)
    console.is_live()
    expect(map_of(console)).to_have_attribute("data-engine", "canvas")
    expect(console.page.get_by_text(say("map:webgl_missing"))).to_be_visible()
    expect(markers(console)).to_have_count(len(city.rows("site")))
    is_drawn(console)
    assert [one for one in fetched if "webgl" in one] == [], "the library it cannot use was fetched"
