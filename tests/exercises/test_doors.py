"""What comes out of an exercise says so, at every door: headers, frames, the list of regions, and the command line."""

from __future__ import annotations

import json
import stat

import pytest
from django.core.management import CommandError, call_command

from diversion.identity import token_actor
from diversion.wire.audiences import Audience, audience_of
from diversion.wire.frames import hello_frame
from hospitals.models import Region
from tests.api.conftest import Machine
from tests.exercises.stage import EXERCISE, machine, told
from tests.replicas.replica import snapshot
from tests.world import REGION, World

NOBODY = "00000000-0000-0000-0000-000000000000"


def rehearse(say, world: World) -> str:
    answer = say("dina", "POST", "/api/sites/x1-saint-luc/diversions", {"cause": "it_outage"})
    assert answer.status_code == 200, answer.content
    assert answer["X-Exercise"] == "true"
    return json.loads(answer.content)["events"][0]["fact"]["diversion"]


def test_an_answer_to_a_command_says_it(say, stage: World):
    diversion = rehearse(say, stage)
    assert say("dina", "POST", f"/api/diversions/{diversion}/seen")["X-Exercise"] == "true"


@pytest.mark.parametrize(
    "path",
    [
        f"/api/regions/{EXERCISE}/plan",
        f"/api/regions/{EXERCISE}/snapshot",
        f"/api/regions/{EXERCISE}/feed?audience=nonsense",
    ],
)
def test_a_reading_says_it_and_so_does_a_refusal(say, real_stage: World, path: str):
    answer = say("dina", "GET", path)
    assert answer.headers.get("X-Exercise") == "true"


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        ("sam", "POST", f"/api/regions/{EXERCISE}/exercise/close", 403),
        ("dina", "POST", f"/api/regions/{EXERCISE}/redirects", 400),
        ("dina", "POST", "/api/sites/x1-saint-luc/diversions", 400),
    ],
)
def test_a_refusal_says_it(say, stage: World, who, method, path, status):
    answer = say(who, method, path)
    assert (answer.status_code, answer.headers.get("X-Exercise")) == (status, "true")


def test_nothing_real_says_it(say, real_stage: World):
    declared = say("dina", "POST", "/api/sites/saint-luc/diversions", {"cause": "it_outage"})
    diversion = json.loads(declared.content)["events"][0]["fact"]["diversion"]
    answers = [
        declared,
        say("dina", "POST", f"/api/diversions/{diversion}/seen"),
        say("dina", "POST", f"/api/diversions/{NOBODY}/seen"),
        say("dina", "GET", f"/api/regions/{REGION}/snapshot"),
        say("dina", "GET", "/api/me"),
    ]
    assert [one.headers.get("X-Exercise") for one in answers] == [None] * len(answers)


def test_the_dispatch_door_says_it(stage: World):
    cad = Machine(machine(EXERCISE, "cad:write")[1])
    answer = cad.send("PUT", f"/api/cad/regions/{EXERCISE}/vehicles", {"vehicles": []})
    assert (answer.status_code, answer["X-Exercise"]) == (200, "true")


def test_frames_say_it(real_stage: World):
    now = real_stage.transport("a1").opened_at
    for region, exercise in ((REGION, False), (EXERCISE, True)):
        assert hello_frame(Audience(region), you={}, now=now)["exercise"] is exercise
        assert snapshot(Audience(region))["exercise"] is exercise


def test_the_region_row_says_whose_exercise_it_is_and_how_its_ids_begin(real_stage: World):
    rows = {row["id"]: row["state"] for row in snapshot(Audience(EXERCISE))["entities"]}
    assert {name: rows[EXERCISE][name] for name in ("exercise_of", "id_prefix", "exercise", "dispatch_phone")} == {
        "exercise_of": REGION,
        "id_prefix": "x1-",
        "exercise": None,
        "dispatch_phone": None,
    }
    rows = {row["id"]: row["state"] for row in snapshot(Audience(REGION))["entities"]}
    assert {name: rows[REGION][name] for name in ("exercise_of", "id_prefix", "exercise")} == {
        "exercise_of": None,
        "id_prefix": "",
        "exercise": EXERCISE,
    }


def test_the_list_of_regions_tells_them_apart(say, stage: World):
    answer = json.loads(say("dina", "GET", "/api/regions").content)
    assert [(one["id"], one["exercise_of"]) for one in answer] == [(REGION, None), (EXERCISE, REGION)]


def test_a_supervisor_opens_and_closes_one_over_http(say, world: World):
    told(world)
    opened = say("sofie", "POST", f"/api/regions/{REGION}/exercise/open")
    name = json.loads(opened.content)["events"][-1]["fact"]["exercise"]
    assert (opened.status_code, name) == (200, EXERCISE)
    closed = say("sofie", "POST", f"/api/regions/{name}/exercise/close")
    assert [one["kind"] for one in json.loads(closed.content)["events"]] == ["exercise.closed"]
    assert Region.objects.get(pk=name).closed_at is not None


@pytest.mark.parametrize("who", ["dina", "clara"])
def test_others_are_refused_over_http(say, stage: World, who: str):
    assert say(who, "POST", f"/api/regions/{REGION}/exercise/open").status_code == 403
    assert say(who, "POST", f"/api/regions/{EXERCISE}/exercise/close").status_code == 403


# ---------------------------------------------------------------- the command line


def test_the_command_line_opens_lists_and_closes(world: World, capsys):
    told(world)
    call_command("exercise", "open", region=REGION)
    assert f"/console/{EXERCISE}/" in capsys.readouterr().out
    call_command("exercise", "list", region=REGION)
    assert "running" in capsys.readouterr().out
    call_command("exercise", "close", region=REGION)
    capsys.readouterr()
    call_command("exercise", "list", region=REGION)
    assert "ended" in capsys.readouterr().out


def test_the_city_gets_a_private_file_with_tokens_of_the_exercise(transactional_db: None, tmp_path):
    call_command("import_registry", "namur", "--yes")
    file = tmp_path / "city.json"
    call_command("exercise", "open", region="namur", with_city=file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = json.loads(file.read_text())
    assert content["region"] == "namur-exercise-1"
    assert audience_of(token_actor(content["simulation"]["cad_token"]), "namur-exercise-1")
    assert sorted(content["simulation"]["sites"]) == ["x1-chrsm-meuse", "x1-chrsm-sambre"]


def test_a_file_that_is_there_is_not_overwritten(stage: World, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text("mine")
    with pytest.raises(CommandError, match="there already"):
        call_command("exercise", "open", region=REGION, with_city=file)
    assert file.read_text() == "mine"


def test_there_is_nothing_to_close_where_none_runs(world: World):
    with pytest.raises(CommandError, match="No exercise"):
        call_command("exercise", "close", region=REGION)


def test_a_refusal_is_told_on_the_command_line(stage: World):
    with pytest.raises(CommandError, match="is running"):
        call_command("exercise", "open", region=REGION)
