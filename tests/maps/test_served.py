"""Whoever is logged in is told which map is in use and given its tiles by the range; nobody else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from diversion.maps import store


@pytest.fixture
def served(built: Path, settings) -> str:
    settings.MAP_FOLDER = built
    home = store.current(built)
    assert home is not None
    return home.name


def test_a_page_is_told_which_map_is_in_use_and_how_old_its_data_is(served: str, world, login):
    told = login("dina").get("/map/").json()["map"]
    assert told == {
        "id": served,
        "data_date": "2026-03-01",
        "attribution": "© OpenStreetMap contributors",
        "tiles": f"/map/{served}/streets.pmtiles",
    }


def test_without_a_map_it_is_told_so(tmp_path: Path, settings, world, login):
    for folder in (None, tmp_path):
        settings.MAP_FOLDER = folder
        assert login("dina").get("/map/").json() == {"map": None}
    assert login("dina").get("/map/2026-03-01-abc/streets.pmtiles").status_code == 404


def test_tiles_come_by_the_range_and_are_kept_for_ever(served: str, built: Path, world, login):
    browser = login("dina")
    answer = browser.get(f"/map/{served}/streets.pmtiles", headers={"range": "bytes=0-126"})
    assert answer.status_code == 206
    content = b"".join(answer.streaming_content)
    assert content == (built / served / store.TILES).read_bytes()[:127]
    assert content.startswith(b"PMTiles")
    assert answer["Content-Range"].startswith("bytes 0-126/")
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("address", ["/map/", "/map/{served}/streets.pmtiles"])
def test_whoever_is_not_logged_in_gets_neither(served: str, world, client, address: str):
    assert client.get(address.format(served=served)).status_code == 401


def test_a_map_that_is_gone_is_not_found_and_no_path_leads_out_of_the_folder(served: str, world, login):
    browser = login("dina")
    assert browser.get("/map/gone/streets.pmtiles").status_code == 404
    assert browser.get("/map/../streets.pmtiles").status_code == 404
    assert browser.post("/map/").status_code == 405
