"""The two commands of whoever looks after the map: what they take, what they refuse, and that they say which."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from diversion.maps import store
from diversion.maps.network import SPEEDS
from tests.maps.town import MIDDLE, number
from tests.world import World


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.MAP_FOLDER = tmp_path / "maps"
    return tmp_path / "maps"


def told(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_map_is_built_with_its_progress_and_its_report_told(world: World, folder: Path, extract: Path):
    said = told("build_map", str(extract), "--date", "2026-03-01")
    for line in ("Reading town.osm.pbf", "Judging the road network", "Drawing", "4 hospitals on the map", "In use"):
        assert line in said
    assert store.current(folder) is not None


def test_a_dry_run_takes_nothing_into_use(world: World, folder: Path, extract: Path):
    assert "Only judged" in told("build_map", str(extract), "--date", "2026-03-01", "--dry-run")
    assert store.current(folder) is None


def test_a_file_that_is_not_there_is_named_and_nothing_changes(world: World, folder: Path, tmp_path: Path):
    with pytest.raises(CommandError, match=r"no file .*nowhere\.osm\.pbf\.\nNothing has changed"):
        call_command("build_map", str(tmp_path / "nowhere.osm.pbf"), "--date", "2026-03-01")


@pytest.mark.parametrize("command", [("build_map", "any.osm.pbf"), ("road_speeds", "any.csv")])
def test_without_a_folder_for_the_map_the_setting_is_named(world: World, settings, command: tuple[str, str]):
    settings.MAP_FOLDER = None
    with pytest.raises(CommandError, match="MAP_FOLDER"):
        call_command(*command)


def test_closed_streets_are_taken_and_let_go(world: World, folder: Path, extract: Path, tmp_path: Path):
    told("build_map", str(extract), "--date", "2026-03-01")
    file = tmp_path / "closed.csv"
    file.write_text(f"{number(MIDDLE, 4)},{number(MIDDLE, 5)},0\n770001,770002,30\n")
    assert "1 of 2 stretches are on the map" in told("road_speeds", str(file))
    assert (folder / SPEEDS).read_text() == file.read_text()
    assert "as the map says again" in told("road_speeds", "--clear")
    assert not (folder / SPEEDS).exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [("770001,770002,30\n", "none of its 1 stretches is on the map"), ("what\n", "line 1: expected")],
)
def test_a_file_of_speeds_for_nothing_is_refused_whole(
    world: World, folder: Path, extract: Path, tmp_path: Path, content: str, reason: str
):
    told("build_map", str(extract), "--date", "2026-03-01")
    file = tmp_path / "closed.csv"
    file.write_text(content)
    with pytest.raises(CommandError, match=reason):
        call_command("road_speeds", str(file))
    assert not (folder / SPEEDS).exists()


def test_speeds_without_a_map_are_refused(world: World, folder: Path):
    with pytest.raises(CommandError, match="no map yet"):
        call_command("road_speeds", "--clear")
