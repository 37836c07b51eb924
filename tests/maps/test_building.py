"""A file becomes a map in use, whole; or it is refused with a reason, and the map from before stays in use."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from pmtiles.reader import MmapSource, Reader

from diversion.maps import store
from diversion.maps.build import build
from diversion.maps.errors import Refused
from tests.maps.conftest import DAY, ENTRANCES
from tests.maps.town import write_town


def silent(text: str) -> None:
    """Nobody listens to the progress."""


def test_the_map_in_use_holds_streets_roads_and_where_they_come_from(built: Path):
    home = store.current(built)
    assert home is not None
    assert sorted(path.name for path in home.iterdir()) == ["LICENCE.txt", "about.json", "roads.npz", "streets.pmtiles"]
    about = json.loads((home / "about.json").read_text())
    assert (about["data_date"], about["attribution"]) == ("2026-03-01", "© OpenStreetMap contributors")
    assert "Open Database License" in (home / "LICENCE.txt").read_text()


def test_the_report_counts_what_hangs_together_what_was_cut_and_who_is_off_the_map(built: Path):
    home = store.current(built)
    assert home is not None
    report = store.about(home)["report"]
    # The island's two ends and that of the motorway cannot be reached from the town.
    assert report["connected"] == pytest.approx(567 / 570, abs=0.0001)
    # The motorway; the main streets of the grid end at others.
    assert report["cut"] == 1
    assert report["on_map"] == ["huderf", "saint-jean", "saint-luc", "saint-pierre"]
    assert report["off_map"] == []


def test_every_street_and_what_lies_between_is_drawn(built: Path):
    home = store.current(built)
    assert home is not None
    with (home / store.TILES).open("rb") as file:
        reader = Reader(MmapSource(file))
        header, layers = reader.header(), {one["id"] for one in reader.metadata()["vector_layers"]}
    assert layers == {"streets", "green", "waterway", "places"}
    assert (header["min_zoom"], header["max_zoom"]) == (7, 14)


def test_a_hospital_without_a_street_near_is_named(tmp_path: Path, extract: Path):
    away = ENTRANCES[0]._replace(name="abroad", lat=51.5)
    about = build(extract, tmp_path, [*ENTRANCES, away], told=DAY, say=silent, keep=False)
    assert about.report.off_map == ("abroad",)
    assert store.current(tmp_path) is None


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("town.osm.pbf", b"no map at all", "cannot be read as an OpenStreetMap extract"),
        ("town.geojson", b"{}", "cannot be read as an OpenStreetMap extract"),
    ],
)
def test_a_file_that_is_no_extract_is_refused(tmp_path: Path, name: str, content: bytes, reason: str):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(Refused, match=reason):
        build(file, tmp_path / "maps", ENTRANCES, told=DAY, say=silent)


def test_a_file_that_ends_in_the_middle_is_refused_and_the_map_in_use_stays(tmp_path: Path, extract: Path):
    build(extract, tmp_path / "maps", ENTRANCES, told=DAY, say=silent)
    before = store.current(tmp_path / "maps")
    half = tmp_path / "half.osm.pbf"
    half.write_bytes(extract.read_bytes()[: extract.stat().st_size // 2])
    with pytest.raises(Refused, match="cannot be read"):
        build(half, tmp_path / "maps", ENTRANCES, told=DAY, say=silent)
    assert store.current(tmp_path / "maps") == before
    assert [path.name for path in (tmp_path / "maps").glob(".building-*")] == []


def test_a_map_of_somewhere_else_is_refused_by_what_it_covers(tmp_path: Path):
    elsewhere = write_town(tmp_path / "elsewhere.osm.pbf", south=45.0)
    with pytest.raises(Refused, match=r"covers 45\.00 to 45\.08 north.*none of the 4 hospitals"):
        build(elsewhere, tmp_path / "maps", ENTRANCES, told=DAY, say=silent)


def test_an_extract_without_streets_is_refused(tmp_path: Path):
    bare = write_town(tmp_path / "bare.osm.pbf", streets=False)
    with pytest.raises(Refused, match="no street a vehicle may drive"):
        build(bare, tmp_path / "maps", ENTRANCES, told=DAY, say=silent)


def test_a_file_that_does_not_tell_its_age_is_refused_until_somebody_says_it(tmp_path: Path, extract: Path):
    with pytest.raises(Refused, match="--date"):
        build(extract, tmp_path / "maps", ENTRANCES, told=None, say=silent)


def test_of_former_maps_one_stays_for_the_pages_that_show_it(tmp_path: Path, extract: Path):
    for day in (1, 2, 3):
        build(extract, tmp_path, ENTRANCES, told=date(2026, 3, day), say=silent)
    kept = sorted(path.name[:10] for path in tmp_path.iterdir() if not path.is_symlink())
    assert kept == ["2026-03-02", "2026-03-03"]
    home = store.current(tmp_path)
    assert home is not None
    assert home.name.startswith("2026-03-03")


def test_what_a_killed_build_left_is_cleared_away_and_a_living_ones_is_not(tmp_path: Path):
    dead, alive = tmp_path / ".building-999999999", tmp_path / f".building-{os.getppid()}"
    dead.mkdir()
    alive.mkdir()
    mine = store.workshop(tmp_path)
    assert not dead.exists()
    assert alive.exists()
    assert mine.is_dir()
