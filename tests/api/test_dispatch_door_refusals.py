"""What the dispatch door refuses instead of taking it wrongly, and the remedy each refusal names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from diversion.models import Event, Notice, Redirect, Transport, Vehicle
from tests.access.actors import secret_of
from tests.api.conftest import Machine
from tests.world import REGION, World

DOOR = f"/api/cad/regions/{REGION}"
BASE = {"name": "Poste Cité", "site": "saint-jean", "lat": 50.8544, "lon": 4.3604}


def report(cad: Machine, ref: str = "t1", **more: Any) -> list[dict[str, Any]]:
    """Tell one transport; the errors of the answer."""
    usual = {"vehicle": "a1", "destination": "saint-pierre", "urgency": "urgent", "state": "under_way"}
    answer = cad.send("POST", f"{DOOR}/transports", {"transports": [{"ref": ref, **usual, **more}]})
    assert answer.status_code == 200, answer.content
    errors: list[dict[str, Any]] = answer.json()["errors"]
    assert answer.json()["accepted"] == (0 if errors else 1)
    return errors


def put(cad: Machine, **more: Any) -> list[dict[str, Any]]:
    item = {"ref": "a1", "call_sign": "Alpha 1", "kind": "ambulance", **more}
    errors: list[dict[str, Any]] = cad.send("PUT", f"{DOOR}/vehicles", {"vehicles": [item]}).json()["errors"]
    return errors


@pytest.fixture
def door(cad: Machine) -> Machine:
    """The door, with one vehicle known."""
    assert put(cad) == []
    return cad


@pytest.fixture
def known(door: Machine) -> Transport:
    assert report(door) == []
    return Transport.objects.get()


# ------------------------------------------------------------------ an order that its crew has not answered


@pytest.mark.parametrize("state", ["under_way", "arrived", "cancelled"])
def test_a_report_from_the_ordered_site_waits_for_the_acknowledgement(
    world: World, door: Machine, known: Transport, state: str
):
    order = world.order(known, "saint-luc")
    before = Event.objects.count()
    (error,) = report(door, destination="saint-luc", state=state)
    assert (error["code"], error["field"]) == ("order_open", "destination")
    assert f"POST /api/redirects/{order.pk}/acknowledge" in error["detail"]
    assert Event.objects.count() == before
    assert Redirect.objects.get().state == "ordered"


def test_once_acknowledged_the_arrival_is_recorded_where_it_was(world: World, door: Machine, known: Transport):
    world.crew_answers(world.order(known, "saint-luc"))
    assert report(door, destination="saint-luc", state="arrived") == []
    assert Event.objects.latest("seq").fact["destination"] == "saint-luc"
    assert dict(Notice.objects.values_list("site_id", "state")) == {"saint-pierre": "withdrawn", "saint-luc": "arrived"}


def test_a_report_of_the_present_destination_is_taken_while_an_order_is_open(
    world: World, door: Machine, known: Transport
):
    world.order(known, "saint-luc")
    assert report(door, urgency="vital") == []
    assert report(door, urgency="vital", state="arrived") == []


# ------------------------------------------------------------------ transports


@pytest.mark.parametrize("state", ["arrived", "cancelled"])
def test_the_end_of_a_transport_nobody_opened_is_refused(door: Machine, state: str):
    (error,) = report(door, "misspelt", state=state)
    assert (error["ref"], error["code"], error["field"]) == ("misspelt", "unknown_transport", "ref")
    assert "under_way first" in error["detail"]


@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(days=115)])
def test_an_estimate_from_a_wrong_clock_is_refused(door: Machine, off: timedelta):
    (error,) = report(door, eta_at=(datetime.now(UTC) + off).isoformat())
    assert (error["code"], error["field"]) == ("eta_out_of_range", "eta_at")
    assert not Transport.objects.exists()


def test_an_old_estimate_sent_along_is_no_reason_to_refuse_an_arrival(door: Machine, known: Transport):
    passed = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert report(door, state="arrived", eta_at=passed) == []
    assert Transport.objects.get().state == "arrived"


def test_a_time_without_an_offset_is_refused(door: Machine):
    (error,) = report(door, eta_at="2026-03-11T04:09:00")
    assert (error["code"], error["field"]) == ("invalid", "eta_at")
    assert "offset" in error["detail"]


def test_a_journey_that_has_begun_is_not_planned_again(door: Machine, known: Transport):
    (error,) = report(door, state="planned")
    assert (error["code"], error["field"]) == ("wrong_state", "state")


def test_another_destination_is_refused_with_the_one_it_has(door: Machine, known: Transport):
    (error,) = report(door, destination="saint-jean")
    assert error["detail"] == "It is going to 'saint-pierre'. Send 'saint-pierre', or have a dispatcher redirect it."


def test_a_need_said_twice_is_one_need(door: Machine):
    assert report(door, needs=["ct", "stroke", "ct"]) == []
    assert Transport.objects.get().needs == ["ct", "stroke"]


def test_a_word_that_is_none_of_a_list_brings_the_list(door: Machine):
    (error,) = report(door, urgency="soon")
    assert error["detail"] == '"soon" is none of: vital, urgent, routine.'


def test_a_vehicle_out_of_service_says_how_it_comes_back(door: Machine):
    assert put(door, active=False) == []
    (error,) = report(door)
    assert error["code"] == "unknown_vehicle"
    assert "active: true" in error["detail"]


# ------------------------------------------------------------------ vehicles and positions


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"site": "nowhere"}, "unknown_site", "base.site"),
        ({"lat": BASE["lon"], "lon": BASE["lat"]}, "outside_region", "base.lat"),
    ],
)
def test_a_base_that_cannot_be_right_is_refused(cad: Machine, wrong: dict[str, Any], code: str, field: str):
    (error,) = put(cad, base=BASE | wrong)
    assert (error["ref"], error["code"], error["field"]) == ("a1", code, field)
    assert not Vehicle.objects.exists()
    assert put(cad, base=BASE) == []


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"lat": 4.35, "lon": 50.85}, "exchanged?"),
        ({"vehicle": "a9"}, "send it to /vehicles first"),
    ],
)
def test_a_refused_position_says_what_to_do(door: Machine, wrong: dict[str, Any], remedy: str):
    item = {"vehicle": "a1", "lat": 50.85, "lon": 4.35, "at": datetime.now(UTC).isoformat()} | wrong
    (error,) = door.send("POST", f"{DOOR}/positions", {"positions": [item]}).json()["errors"]
    assert remedy in error["detail"]


@pytest.mark.parametrize("year", [2020, 2999])
def test_a_position_of_another_time_is_told_what_time_it_is_here(door: Machine, year: int):
    item = {"vehicle": "a1", "lat": 50.85, "lon": 4.35, "at": f"{year}-01-01T00:00:00Z"}
    (error,) = door.send("POST", f"{DOOR}/positions", {"positions": [item]}).json()["errors"]
    said = datetime.fromisoformat(error["detail"].partition("it is ")[2].partition(" here")[0])
    assert abs(datetime.now(UTC) - said) < timedelta(minutes=1)


# ------------------------------------------------------------------ reading


@pytest.mark.parametrize("read", ["snapshot", "feed"])
def test_the_picture_of_a_site_nobody_knows_is_refused(real_world: World, read: str):
    machine = Machine(real_world.cad_secret)
    answer = machine.send("GET", f"/api/regions/{REGION}/{read}?audience=sites:nowhere")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_site")
    assert "'nowhere'" in answer.json()["detail"]


@pytest.mark.parametrize("read", ["snapshot", "feed"])
def test_a_key_of_a_site_is_denied_the_picture_of_dispatch(real_world: World, read: str):
    machine = Machine(secret_of(real_world, "feed:read", site="saint-luc"))
    answer = machine.send("GET", f"/api/regions/{REGION}/{read}?audience=dispatch")
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")
