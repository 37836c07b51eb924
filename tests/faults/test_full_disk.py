"""A database without room refuses commands in clear words, does nothing by halves, is read, and recovers by itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.faults import disk
from tests.faults.ground import START
from tests.faults.schedules import Fault, Play
from tests.server import eventually


@pytest.fixture
def hospital(playing: Play) -> Iterator[httpx.Client]:
    """A hospital's system; afterwards there is room again."""
    _, token = next(iter(playing.made.keys["sites"].items()))
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=playing.url, headers=headers, timeout=START, trust_env=False) as client:
        yield client
    playing.made.heal()


def declare(playing: Play, hospital: httpx.Client, key: str) -> httpx.Response:
    site = next(iter(playing.made.keys["sites"]))
    body = {"cause": "it_outage", "gates": {"ambulances": "closed"}}
    return hospital.post(f"/api/sites/{site}/diversions", json=body, headers={"Idempotency-Key": key})


def test_a_full_disk_is_said_to_whoever_commands_and_the_same_key_does_it_once_there_is_room(
    playing: Play, hospital: httpx.Client
) -> None:
    playing.made.fill_disk(disk.ROOM_FOR_THE_LOG)
    key = str(uuid.uuid4())

    answer = declare(playing, hospital, key)

    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == "not_recorded"
    assert "nothing was recorded" in answer.json()["detail"]
    assert answer.headers["retry-after"] == "2"
    fresh, log = playing.still_picture(playing.log())
    assert fresh, "the picture is still read"
    assert key not in {command for _, command in log.events}

    playing.made.heal()

    eventually(lambda: declare(playing, hospital, key).status_code == 200, START, lambda: "it does not recover")
    assert [command for _, command in playing.log().events].count(key) == 1


@pytest.mark.parametrize("room", [disk.ROOM_FOR_THE_LOG, disk.NO_ROOM])
def test_whatever_has_no_room_nothing_acknowledged_is_lost_and_all_recovers_when_there_is(
    playing: Play, room: int
) -> None:
    outcome = playing.suffer(3, [Fault("disk full", lambda made: made.fill_disk(room), 2.0)])
    assert outcome.commands > 0
    assert outcome.violations == ()
