"""Many casualties at one place: free vehicles gather there, and leave it as the dispatcher says."""

from __future__ import annotations

from typing import Any

import pytest

from diversion.simulate import assumptions
from diversion.simulate.gathering import Place, places
from diversion.simulate.geometry import Point, distance
from diversion.simulate.missions import Unit
from diversion.simulate.town import Town
from tests.simulate.cast import city
from tests.simulate.centre import Centre, transport, vehicle

#: In the west of the Region, more than two kilometres from every post.
LAT, LON = 50.795, 4.30
#: Everybody has arrived by then, seconds.
LONG = 25 * 60


def counted(vital: int | None, urgent: int | None, routine: int | None) -> dict[str, int | None]:
    return {"vital": vital, "urgent": urgent, "routine": routine}


def casualties(counts: dict[str, int | None], identity: str = "fire", **changes: Any) -> dict[str, Any]:
    return {"id": identity, "lat": LAT, "lon": LON, "counts": counts, "arrived": []} | changes


@pytest.fixture
def centre(brussels: Town) -> Centre:
    """Nobody else calls, so that what the vehicles do has one reason."""
    made = Centre(city(brussels, warm=False, demand=1e-6))
    for unit in made.city.work.units:
        made.shows(("vehicle", vehicle(unit.vehicle.ref), f"id-{unit.vehicle.ref}"))
    return made


@pytest.fixture
def place(brussels: Town) -> Point:
    return brussels.plane.metres(LON, LAT)


def called(centre: Centre, kind: str = "ambulance") -> list[Unit]:
    return [unit for unit in centre.city.work.units if unit.called_to and unit.vehicle.kind == kind]


def standing(centre: Centre) -> list[Unit]:
    return [unit for unit in centre.city.work.units if unit.called_to and unit.status == "on_scene"]


def opens(centre: Centre, counts: dict[str, int | None], **changes: Any) -> None:
    centre.shows(("mass_casualty", casualties(counts, **changes), "fire"))


async def test_as_many_ambulances_as_wait_go_there_the_nearest_first(centre: Centre, place: Point):
    ambulances = [unit for unit in centre.city.work.units if unit.vehicle.kind == "ambulance"]
    nearest = sorted(ambulances, key=lambda unit: distance(unit.point, place))[:5]
    opens(centre, counted(1, 2, 2))
    await centre.seconds(1)
    assert {unit.vehicle.ref for unit in called(centre)} == {unit.vehicle.ref for unit in nearest}
    assert [unit.status for unit in called(centre)] == ["assigned"] * 5
    assert len(called(centre, "pit")) == len(called(centre, "smur")) == 1


async def test_a_share_of_the_ambulances_stays_for_the_rest_of_the_city(centre: Centre):
    opens(centre, counted(20, 60, 120))
    await centre.seconds(30)
    ambulances = [unit for unit in centre.city.work.units if unit.vehicle.kind == "ambulance"]
    assert len(called(centre)) == int(len(ambulances) * assumptions.GATHER_SHARE)


async def test_two_places_share_what_one_would_get(centre: Centre):
    opens(centre, counted(20, 60, 120))
    centre.shows(("mass_casualty", casualties(counted(20, 60, 120), "crash"), "crash"))
    await centre.seconds(30)
    ambulances = [unit for unit in centre.city.work.units if unit.vehicle.kind == "ambulance"]
    assert len(called(centre)) == int(len(ambulances) * assumptions.GATHER_SHARE)


async def test_a_few_go_while_nobody_has_counted_and_nobody_where_nobody_is(centre: Centre):
    opens(centre, counted(0, 0, None))
    await centre.seconds(1)
    assert called(centre) == called(centre, "smur") == []
    opens(centre, counted(None, None, None))
    await centre.seconds(1)
    assert len(called(centre)) == assumptions.GATHER_FIRST


def test_whoever_has_left_or_arrived_waits_no_longer(centre: Centre, brussels: Town):
    arrived = [{"site_id": "erasme", "urgency": "vital", "number": 2}]
    opens(centre, counted(4, 6, None), arrived=arrived)
    centre.transport(transport("sim-old-1", "sim-brussels-ambulance-1", mass_casualty_id="fire"))
    [told] = places(centre.picture, brussels.plane)
    assert told.waiting == 10 - 2 - 1
    assert Place("fire", (0.0, 0.0), -3).wanted == 0


async def test_they_stand_there_on_scene_and_nobody_else_gets_them(centre: Centre, place: Point):
    opens(centre, counted(2, 2, 2))
    await centre.seconds(LONG)
    there = standing(centre)
    assert len([unit for unit in there if unit.vehicle.kind == "ambulance"]) == 6
    assert all(distance(unit.point, place) <= assumptions.AT_PLACE_M for unit in there)
    assert not any(unit.free for unit in there)
    assert centre.outbox._vehicles[there[0].vehicle.ref]["status"] == "on_scene"
    assert centre.waiting() == {}, "nobody is announced by the city itself"


async def test_they_go_back_to_ordinary_duty_when_it_is_over(centre: Centre):
    opens(centre, counted(2, 2, 2))
    await centre.seconds(LONG)
    there = standing(centre)
    centre.shows(("mass_casualty", None, "fire"))
    await centre.seconds(1)
    assert {unit.status for unit in there} == {"returning"}
    assert all(unit.free for unit in there)


async def test_one_that_stands_there_leaves_for_its_destination_at_once(centre: Centre, place: Point):
    opens(centre, counted(1, 1, 1))
    await centre.seconds(LONG)
    unit = called(centre)[0]
    centre.transport(transport(None, unit.vehicle.ref, mass_casualty_id="fire"))
    await centre.seconds(1)
    assert unit.status == "transporting"
    assert distance(unit.point, place) <= assumptions.AT_PLACE_M, "from where it stood"
    assert centre.waiting() == {"uuid-None": "under_way"}
    assert len(called(centre)) == 2, "as many as still wait"
    await centre.seconds(LONG)
    assert centre.waiting() == {"uuid-None": "arrived"}


async def test_one_that_was_sent_by_a_slip_is_there_again_when_that_is_taken_back(centre: Centre):
    opens(centre, counted(1, 1, 1))
    await centre.seconds(LONG)
    unit = called(centre)[0]
    centre.transport(transport(None, unit.vehicle.ref, mass_casualty_id="fire"))
    await centre.seconds(5)
    centre.shows(("transport", None, "uuid-None"))
    await centre.seconds(120)
    assert unit in standing(centre)


@pytest.mark.parametrize("begins", ["planned", "under_way"])
async def test_one_that_is_still_driving_there_fetches_its_patient_first(centre: Centre, place: Point, begins: str):
    opens(centre, counted(1, 1, 1))
    await centre.seconds(120)
    unit = max(called(centre), key=lambda unit: distance(unit.point, place))
    assert unit.status == "assigned"
    centre.transport(transport(None, unit.vehicle.ref, state=begins, mass_casualty_id="fire"))
    told = []
    for _ in range(LONG // 5):
        await centre.seconds(5)
        told.append((unit.status, distance(unit.point, place) <= assumptions.AT_PLACE_M))
        if unit.status == "transporting":
            break
    assert ("on_scene", True) in told
    assert told[-1] == ("transporting", True)
    assert centre.waiting() == {"uuid-None": "under_way"}


async def test_what_was_called_under_way_is_never_told_as_planned_again(centre: Centre, place: Point):
    opens(centre, counted(1, 1, 1))
    await centre.seconds(120)
    unit = max(called(centre), key=lambda unit: distance(unit.point, place))
    centre.transport(transport(None, unit.vehicle.ref, mass_casualty_id="fire"))
    await centre.seconds(2)
    assert unit.status == "assigned"
    assert centre.waiting() == {"uuid-None": "under_way"}


async def test_a_free_vehicle_chosen_from_afar_drives_to_the_place_first(centre: Centre, place: Point):
    opens(centre, counted(1, 0, 0))
    await centre.seconds(1)
    unit = max((unit for unit in centre.city.work.units if unit.free), key=lambda unit: distance(unit.point, place))
    centre.transport(transport(None, unit.vehicle.ref, mass_casualty_id="fire"))
    await centre.seconds(2)
    assert unit.status == "assigned"
    assert unit.mission is not None
    assert distance(unit.mission.patient.point, place) < 1


async def test_whoever_is_under_way_when_it_ends_goes_on(centre: Centre):
    opens(centre, counted(1, 1, 1))
    await centre.seconds(120)
    unit = called(centre)[0]
    centre.transport(transport(None, unit.vehicle.ref, mass_casualty_id="fire"))
    await centre.seconds(1)
    centre.shows(("mass_casualty", None, "fire"))
    await centre.seconds(LONG)
    assert centre.waiting() == {"uuid-None": "arrived"}


async def test_a_patient_of_an_earlier_run_is_driven_on_and_not_fetched_again(centre: Centre):
    opens(centre, counted(1, 1, 1))
    await centre.seconds(1)
    ref = "sim-brussels-ambulance-20"
    centre.picture.positions[f"id-{ref}"] = (4.30, 50.84)
    centre.transport(transport(None, ref, mass_casualty_id="fire"))
    assert centre.dispatch.take_over() == 1
    assert centre.unit(ref).status == "transporting"
