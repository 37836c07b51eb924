"""Every replay in the folder: well formed, in order, honest about what is assumed; and the story told from it."""

from __future__ import annotations

import copy
import json
from datetime import datetime

import jsonschema
import pytest

from diversion.simulate.options import default_city_speed
from diversion.simulate.replay import REPLAYS, ReplayError, available, load, read
from diversion.simulate.story import LEAD_S, Story
from tests.simulate.cast import START

SCHEMA = json.loads((REPLAYS / "schema.json").read_text(encoding="utf-8"))
SHIPPED = {
    "saint-pierre-2023": "brussels",
    "saint-luc-2025": "brussels",
    "chrsm-2023": "namur",
    "citadelle-2022": "liege",
}


def document(name: str) -> dict:
    return json.loads((REPLAYS / f"{name}.json").read_text(encoding="utf-8"))


def test_the_four_reported_incidents_are_shipped():
    assert {name: load(name).region for name in available()} == SHIPPED


@pytest.mark.parametrize("name", available())
def test_a_replay_fits_its_schema_and_loads(name: str):
    jsonschema.Draft202012Validator(SCHEMA).validate(document(name))
    replay = load(name)
    assert replay.id == name
    assert [step.at for step in replay.steps] == sorted(step.at for step in replay.steps)


@pytest.mark.parametrize("name", available())
def test_what_reports_contradict_each_other_about_is_not_declared_either_way(name: str):
    told = document(name)
    for conflict in told["conflicts"]:
        assert len({report["by"] for report in conflict["reports"]}) == len(conflict["reports"])
    if told["conflicts"]:
        bodies = [next(iter(act.values()))["body"] for step in told["steps"] for act in step["do"]]
        disputed = [one["gate"] for body in bodies for one in body.get("disputes", ())]
        assert "walk_ins" in disputed
        assert all(body.get("gates", {}).get(gate) is None for body in bodies for gate in disputed)


@pytest.mark.parametrize("name", available())
def test_every_source_is_used_and_every_use_is_a_source(name: str):
    told = document(name)
    used = {source for step in told["steps"] for source in step["sources"]}
    assert used == set(told["sources"])


def test_saint_pierre_closes_nothing_before_the_attack_is_suspected():
    steps = load("saint-pierre-2023").steps
    first, second = steps[0].actions[0].body, steps[1].actions[0].body
    assert first["state"] == "suspected"
    assert first["cause"] == "unknown"
    assert set(first["gates"].values()) == {None}
    assert second["gates"]["ambulances"] == second["gates"]["smur_destination"] == "closed"
    assert second["gates"]["walk_ins"] is None
    assert steps[-1].precision == "assumed"
    assert steps[-1].actions[0].verb == "reopen"


def test_the_two_sites_of_namur_end_in_different_states():
    bodies = {act.name: act.body for step in load("chrsm-2023").steps[:2] for act in step.actions}
    assert bodies["meuse"]["gates"]["ambulances"] == "life_threatening"
    assert bodies["sambre"].get("gates") is None


@pytest.mark.parametrize("name", available())
def test_transports_assumed_under_way_are_said_to_be_assumed(name: str):
    told = document(name)["in_flight"]
    if told is not None:
        assert "assum" in told["assumption"]["en"].lower()
        assert len(told["patients"]) >= 5
        assert "vital" in {patient["urgency"] for patient in told["patients"]}


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("format",), "something/1", "format"),
        (("timezone",), "Europe/Nowhere", "timezone"),
        (("steps", 0, "precision"), "surely", "precision"),
        (("steps", 0, "sources"), ["nobody"], "sources"),
        (("steps", 0, "what", "nl"), None, "what"),
        (("steps", 1, "at_local"), "2023-03-10T04:00", "order"),
        (("steps", 1, "do", 0, "amend", "of"), "another", "another"),
        (("steps", 1, "do", 0), {"explode": {"of": "episode", "body": {}}}, "verb"),
        (("in_flight", "step"), 12, "in_flight"),
    ],
)
def test_a_broken_file_is_refused_with_the_place(path: tuple, value: object, place: str):
    told = copy.deepcopy(document("saint-pierre-2023"))
    target = told
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(ReplayError, match=place):
        read(told)


def test_an_unknown_replay_is_refused_with_the_names_there_are():
    with pytest.raises(ReplayError, match="saint-luc-2025"):
        load("atlantis-1900")


def test_the_story_begins_a_quarter_of_an_hour_before_and_runs_sixty_times_faster():
    story = Story(load("saint-pierre-2023"), speed=60, begins=START)
    assert [story.told_at(index) - START for index in range(4)] == [15, 195, 975, 1095]
    assert story.local(START).isoformat() == "2023-03-11T00:45:00+01:00"
    assert story.hour(START + 195) == 4.0


def test_each_step_is_due_once_and_in_order():
    story = Story(load("saint-pierre-2023"), speed=60, begins=START)
    assert story.due(START + 14.9) == []
    assert [index for index, _ in story.due(START + 195)] == [0, 1]
    assert story.due(START + 196) == []
    assert not story.over
    assert [index for index, _ in story.due(START + 5000)] == [2, 3]
    assert story.over


def test_after_the_story_the_city_lives_by_the_real_time_of_day():
    story = Story(load("saint-pierre-2023"), speed=60, begins=START)
    later = START + 1095 + LEAD_S / 60 + 1
    assert story.local(later) == datetime.fromtimestamp(later, story.replay.start.tzinfo)


def test_a_story_does_not_hurry_its_vehicles():
    assert default_city_speed(60, replay=True) == 1
    assert default_city_speed(60, replay=False) == 4
    assert default_city_speed(2, replay=False) == 2
