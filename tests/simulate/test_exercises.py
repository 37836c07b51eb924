"""In an exercise the simulator drives the same streets and tells the same stories, under the exercise's own ids."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from diversion.simulate.driver import home
from diversion.simulate.places import fleet, hospital
from diversion.simulate.replay import available, load
from diversion.simulate.town import build
from tests.simulate.cast import SITES, site_state


def vehicles(prefix: str):
    town = build("brussels", [])
    states = [{**site_state(row[0]), "id": prefix + row[0]} for row in SITES]
    return fleet("brussels", [hospital(state, town.plane) for state in states], town.plane, None, prefix)


def test_the_fleet_of_an_exercise_is_that_of_its_region():
    real, rehearsed = vehicles(""), vehicles("x1-")
    assert [one.call_sign for one in rehearsed] == [one.call_sign for one in real]
    assert [one.base_site for one in rehearsed] == [one.base_site and f"x1-{one.base_site}" for one in real]
    assert any(one.base_site for one in rehearsed)


@pytest.mark.parametrize("name", available())
def test_a_story_is_told_of_the_sites_of_the_exercise(name: str):
    replay = load(name)
    placed = replay.placed("x2-")
    assert placed.sites == tuple(f"x2-{site}" for site in replay.sites)
    assert [step.at for step in placed.steps] == [step.at for step in replay.steps]
    if replay.in_flight and placed.in_flight:
        assert placed.in_flight.site == f"x2-{replay.in_flight.site}"


def test_a_real_region_is_its_own_home_and_an_exercise_that_of_its_origin():
    assert home({"id": "brussels", "exercise_of": None}) == "brussels"
    assert home({"id": "brussels-exercise-1", "exercise_of": "brussels"}) == "brussels"


@pytest.mark.parametrize("region", ["namur", "namur-exercise-1", "brussels-exercises-1", "x-brussels-exercise-1"])
def test_a_story_is_told_nowhere_but_in_its_region_and_its_exercises(tmp_path, region: str):
    file = tmp_path / "c.json"
    file.write_text('{"simulation": {"cad_token": "a", "staff_token": "b"}}')
    with pytest.raises(CommandError, match="happened in brussels"):
        call_command("simulate", credentials=file, region=region, replay="saint-pierre-2023")
