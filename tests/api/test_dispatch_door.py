"""The CAD door: good items are kept, each bad one is named with its field and remedy, repeating changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from diversion.models import Event, LastPosition, Transport, Vehicle
from tests.api.conftest import Machine
from tests.world import REGION, World

DOOR = f"/api/cad/regions/{REGION}"


def vehicle(ref: str = "A1", **more: Any) -> dict[str, Any]:
    return {"ref": ref, "call_sign": ref, "kind": "ambulance", **more}


def position(ref: str = "A1", **more: Any) -> dict[str, Any]:
    return {"vehicle": ref, "lat": 50.85, "lon": 4.35, "at": datetime.now(UTC).isoformat(), **more}


def transport(ref: str = "t1", **more: Any) -> dict[str, Any]:
    usual = {"vehicle": "A1", "destination": "saint-pierre", "urgency": "urgent", "state": "under_way"}
    return {"ref": ref, **usual, **more}


def told(answer: Any) -> list[tuple[int, str, str | None]]:
    assert answer.status_code == 200, answer.content
    return [(error["index"], error["code"], error["field"]) for error in answer.json()["errors"]]


@pytest.fixture
def door(cad: Machine) -> Machine:
    """The door, with one vehicle known."""
    assert told(cad.send("PUT", f"{DOOR}/vehicles", {"vehicles": [vehicle()]})) == []
    return cad


def test_a_bad_vehicle_is_named_and_its_neighbours_are_kept(cad: Machine) -> None:
    items = [vehicle("A1"), vehicle("A2", kind="boat"), vehicle("A3", status="asleep"), vehicle("A4")]
    answer = cad.send("PUT", f"{DOOR}/vehicles", {"vehicles": items})
    assert told(answer) == [(1, "invalid", "kind"), (2, "unknown_status", "status")]
    assert answer.json()["accepted"] == 2
    assert set(Vehicle.objects.values_list("ref", flat=True)) == {"A1", "A4"}


def test_the_same_vehicles_again_are_no_event(door: Machine) -> None:
    before = Event.objects.count()
    assert told(door.send("PUT", f"{DOOR}/vehicles", {"vehicles": [vehicle()]})) == []
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"vehicle": "A9"}, "unknown_vehicle", "vehicle"),
        ({"at": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}, "stale_position", "at"),
        ({"at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, "future_position", "at"),
        ({"lat": 4.35, "lon": 50.85}, "outside_region", "lat"),
        ({"lat": 95}, "invalid", "lat"),
        ({"lat": "NaN"}, "invalid", "lat"),
        ({"speed_mps": -1}, "invalid", "speed_mps"),
        ({"colour": "red"}, "invalid", "colour"),
    ],
)
def test_a_position_that_cannot_be_right_is_refused_alone(
    door: Machine, wrong: dict[str, Any], code: str, field: str
) -> None:
    answer = door.send("POST", f"{DOOR}/positions", {"positions": [position(**wrong), position()]})
    assert told(answer) == [(0, code, field)]
    assert answer.json()["accepted"] == 1
    assert LastPosition.objects.count() == 1


def test_an_older_position_never_replaces_a_newer_one(door: Machine) -> None:
    before = (datetime.now(UTC) - timedelta(seconds=20)).isoformat()
    door.send("POST", f"{DOOR}/positions", {"positions": [position(lat=50.80)]})
    door.send("POST", f"{DOOR}/positions", {"positions": [position(lat=50.90, at=before)]})
    assert LastPosition.objects.get().lat == 50.80


def test_positions_are_not_logged(door: Machine) -> None:
    before = Event.objects.count()
    door.send("POST", f"{DOOR}/positions", {"positions": [position()]})
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"vehicle": "A9"}, "unknown_vehicle", "vehicle"),
        ({"destination": "nowhere"}, "unknown_site", "destination"),
        ({"needs": ["magic"]}, "unknown_need", "needs"),
        ({"urgency": "soon"}, "invalid", "urgency"),
        ({"state": "flying"}, "invalid", "state"),
        ({"patient_name": "…"}, "invalid", "patient_name"),
    ],
)
def test_a_transport_that_cannot_be_right_is_refused_alone(
    door: Machine, world: World, wrong: dict[str, Any], code: str, field: str | None
) -> None:
    world.vehicle("A2")
    items = [transport("t1", **wrong), transport("t2", vehicle="A2")]
    answer = door.send("POST", f"{DOOR}/transports", {"transports": items})
    assert told(answer) == [(0, code, field)]
    assert list(Transport.objects.values_list("ref", flat=True)) == ["t2"]


def test_a_second_patient_in_one_vehicle_is_refused(door: Machine) -> None:
    items = [transport("t1"), transport("t2")]
    assert told(door.send("POST", f"{DOOR}/transports", {"transports": items})) == [(1, "vehicle_busy", "vehicle")]


def test_the_same_transport_again_is_no_event(door: Machine) -> None:
    door.send("POST", f"{DOOR}/transports", {"transports": [transport()]})
    before = Event.objects.count()
    assert told(door.send("POST", f"{DOOR}/transports", {"transports": [transport()]})) == []
    assert Event.objects.count() == before


def test_a_report_never_moves_a_destination(door: Machine, world: World) -> None:
    door.send("POST", f"{DOOR}/transports", {"transports": [transport()]})
    answer = door.send("POST", f"{DOOR}/transports", {"transports": [transport(destination="saint-luc")]})
    assert next((code, field) for _, code, field in told(answer))[0] == "destination_differs"
    assert Transport.objects.get().destination_id == "saint-pierre"


def test_a_transport_that_has_ended_is_not_revived(door: Machine) -> None:
    door.send("POST", f"{DOOR}/transports", {"transports": [transport()]})
    door.send("POST", f"{DOOR}/transports", {"transports": [transport(state="arrived")]})
    assert Transport.objects.get().state == "arrived"
    answer = door.send("POST", f"{DOOR}/transports", {"transports": [transport()]})
    assert told(answer)[0][1] == "wrong_state"


def test_an_end_told_twice_is_told_once(door: Machine) -> None:
    door.send("POST", f"{DOOR}/transports", {"transports": [transport()]})
    door.send("POST", f"{DOOR}/transports", {"transports": [transport(state="arrived")]})
    before = Event.objects.count()
    assert told(door.send("POST", f"{DOOR}/transports", {"transports": [transport(state="arrived")]})) == []
    assert Event.objects.count() == before


def test_something_that_is_no_batch_is_refused_with_the_remedy(cad: Machine) -> None:
    answer = cad.send("PUT", f"{DOOR}/vehicles", [vehicle()])
    assert answer.status_code == 422
    assert answer.json()["code"] == "batch_required"


def test_a_batch_beyond_the_limit_is_refused_whole(cad: Machine) -> None:
    answer = cad.send("POST", f"{DOOR}/positions", {"positions": [{}] * 1001})
    assert answer.json()["code"] == "batch_too_large"


def test_without_the_scope_the_door_is_shut(world: World, login: Any) -> None:
    answer = login("dina").put(f"{DOOR}/vehicles", {"vehicles": []}, content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["code"] == "denied"


def test_a_token_nobody_issued_is_told_so(world: World) -> None:
    answer = Machine("made-up").send("PUT", f"{DOOR}/vehicles", {"vehicles": []})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
