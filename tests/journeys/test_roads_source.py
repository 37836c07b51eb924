"""Roads answer from what lies in the map's folder now; what is not ready, missing or broken keeps nobody waiting."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from diversion.journeys.port import Journey, JourneysUnavailable
from diversion.journeys.roads import Roads, told_speeds
from diversion.maps import store
from diversion.maps.build import build
from diversion.maps.network import SPEEDS, in_folder
from hospitals.geo import Point
from tests.maps.conftest import DAY, ENTRANCES, built, extract  # noqa: F401  # its fixtures are ours too
from tests.maps.town import MIDDLE, number, place

PATIENT = 30.0  # a test waits for what is being prepared; a dispatcher does not


def at(row: int, column: int) -> Point:
    return Point(*place(row, column))


HERE, THERE = at(MIDDLE, 2), at(MIDDLE, 8)


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:  # noqa: F811
    """A map of one's own, to be changed."""
    shutil.copytree(built, tmp_path / "maps", symlinks=True)
    return tmp_path / "maps"


def answer(roads: Roads, origin: Point = HERE, to: Point = THERE) -> Journey | None:
    return roads.car_matrix([origin], [to])[0][0]


def close_the_middle(folder: Path) -> None:
    a, b = number(MIDDLE, 4), number(MIDDLE, 5)
    (folder / SPEEDS).write_text(f"{a},{b},0\n{b},{a},0\n")


def test_a_journey_names_its_source_and_the_date_of_its_data(folder: Path):
    told = answer(Roads(in_folder(folder), PATIENT))
    assert told is not None
    assert (told.source, told.data_date) == ("roads", DAY.isoformat())
    assert told.low < told.seconds < told.high
    # Six crossings of the grid, some 420 m each.
    assert told.metres == pytest.approx(6 * 422, rel=0.03)


def test_off_the_map_it_leaves_the_answer_to_others(folder: Path):
    assert answer(Roads(in_folder(folder), PATIENT), origin=Point(51.5, 4.4)) is None
    assert answer(Roads(in_folder(folder), PATIENT), to=Point(51.5, 4.4)) is None


def test_without_a_map_it_says_so(tmp_path: Path):
    with pytest.raises(JourneysUnavailable, match="no map"):
        answer(Roads(in_folder(tmp_path)))


def test_what_is_not_ready_keeps_nobody_waiting(folder: Path):
    home = store.current(folder)
    assert home is not None
    (home / store.STREETS).unlink()
    os.mkfifo(home / store.STREETS)  # a file that cannot be read before somebody writes to it
    with pytest.raises(JourneysUnavailable, match="being prepared"):
        answer(Roads(in_folder(folder), wait_s=0.0))
    (home / store.STREETS).write_bytes(b"")  # lets the reader go


def test_a_broken_file_is_told_and_not_taken_for_roads(folder: Path):
    home = store.current(folder)
    assert home is not None
    (home / store.STREETS).write_bytes(b"not what it was")
    with pytest.raises(JourneysUnavailable, match="cannot be read"):
        answer(Roads(in_folder(folder), PATIENT))


def test_a_street_that_is_closed_is_driven_around_from_the_next_question_on(folder: Path):
    roads = Roads(in_folder(folder), PATIENT)
    before = answer(roads)
    close_the_middle(folder)
    around = answer(roads)
    (folder / SPEEDS).unlink()
    assert before is not None
    assert around is not None
    assert around.metres > before.metres + 400
    assert answer(roads) == before


def test_a_new_map_is_used_from_the_next_question_on(folder: Path, extract: Path):  # noqa: F811
    roads = Roads(in_folder(folder), PATIENT)
    assert answer(roads) is not None
    build(extract, folder, ENTRANCES, told=date(2026, 4, 1), say=lambda text: None)
    told = answer(roads)
    assert told is not None
    assert told.data_date == "2026-04-01"


def test_closed_streets_stay_closed_on_a_new_map(folder: Path, extract: Path):  # noqa: F811
    close_the_middle(folder)
    roads = Roads(in_folder(folder), PATIENT)
    around = answer(roads)
    build(extract, folder, ENTRANCES, told=date(2026, 4, 1), say=lambda text: None)
    again = answer(roads)
    assert around is not None
    assert again is not None
    assert again.seconds == around.seconds


@pytest.mark.parametrize(
    ("line", "reason"),
    [("1,2", "line 2: expected FROM,TO,KMH"), ("1,b,30", "line 2"), ("1,2,900", "line 2: 900.0 km/h is no speed")],
)
def test_a_file_of_speeds_with_a_wrong_line_is_refused_by_its_number(tmp_path: Path, line: str, reason: str):
    file = tmp_path / "speeds.csv"
    file.write_text(f"1,2,30\n{line}\n")
    with pytest.raises(ValueError, match=reason):
        told_speeds(file)
