"""The operator's own map: in use as soon as it is built, with its source and its age; without it, the schematic."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from diversion.maps import store
from diversion.maps.build import build
from hospitals.models import Site
from tests.e2e.city import City
from tests.e2e.faces import Console
from tests.e2e.test_map import is_drawn, map_of
from tests.e2e.visits import Visits
from tests.maps.conftest import Entrance
from tests.maps.town import write_town


@pytest.fixture
def build_streets(map_folder: Path, tmp_path: Path, city: City) -> Iterator[Callable[[], None]]:
    """Build the street map that the server looks for; gone again afterwards."""

    def build_now() -> None:
        hospitals = [Entrance(site.pk, site.lat, site.lon) for site in Site.objects.all()]
        town = write_town(tmp_path / "town.osm.pbf")
        build(town, map_folder, hospitals, told=date(2026, 3, 1), say=lambda text: None)

    yield build_now
    for path in map_folder.iterdir():
        path.unlink() if path.is_symlink() else shutil.rmtree(path)


def zoomed_in(console: Console) -> None:
    map_of(console).get_by_role("button", name=console.say("map:zoom_in")).click()


@pytest.mark.webgl
def test_streets_are_shown_with_their_source_and_age_once_they_are_built_and_told_when_they_are_lost(
    visit: Visits, city: City, build_streets: Callable[[], None], map_folder: Path
):
    console = Console(visit("dina", Console.path))
    console.is_live()
    note = console.region("C").locator(".about > button")
    expect(note).to_contain_text(console.say("map:schematic"))
    zoomed_in(console)
    build_streets()

    console.page.reload()
    console.is_live()
    expect(map_of(console)).to_have_attribute("data-engine", "webgl")
    # From far it is the schematic that one sees, and it says so.
    expect(note).to_contain_text(console.say("map:schematic"))
    with console.page.expect_response(lambda answer: answer.url.endswith("streets.pmtiles")) as tiles:
        zoomed_in(console)
    assert tiles.value.status == 206
    expect(note).to_have_text(
        console.say("map:streets", by="© OpenStreetMap contributors", day="2026-03-01"), use_inner_text=True
    )
    is_drawn(console)

    home = store.current(map_folder)
    assert home is not None
    (home / store.TILES).unlink()
    visit.watch.expect(r"404.*streets\.pmtiles|streets could not be loaded")
    other = Console(visit("dirk", Console.path))
    other.is_live()
    zoomed_in(other)
    expect(other.region("C").locator(".about > button")).to_contain_text(other.say("map:schematic"))
    expect(map_of(other)).to_have_attribute("data-engine", "webgl")
    is_drawn(other)
