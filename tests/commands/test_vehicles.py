"""Vehicles are what the dispatch system says they are; positions are judged one by one and the latest wins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from diversion.commands import vehicles
from diversion.commands.vehicles import Sighting
from diversion.errors import Conflict, Denied, Invalid
from diversion.log import CommandKey
from diversion.models import Event, LastPosition, Vehicle
from tests.world import REGION, World


def put(world: World, ref: str = "a1", who: str = "cad", **said):
    said = {"call_sign": ref, "kind": "ambulance", **said}
    return vehicles.put_vehicle(actor=getattr(world, who), key=CommandKey.new(), region_id=REGION, ref=ref, said=said)


def report(world: World, *sightings: Sighting, who: str = "cad") -> list[str]:
    refused = vehicles.report_positions(actor=getattr(world, who), region_id=REGION, sightings=sightings)
    return [one.error.code for one in refused]


def seen(ref: str = "a1", *, ago: float = 0, lat: float = 50.85, lon: float = 4.35) -> Sighting:
    return Sighting(ref, lat, lon, timezone.now() - timedelta(seconds=ago))


def test_a_new_vehicle_is_available_until_told_otherwise(world: World):
    assert put(world).events[0].kind == "vehicle.added"
    assert Vehicle.objects.get(ref="a1").status == "available"


def test_the_same_report_again_is_no_event(world: World):
    put(world, status="available", operator="Red Cross")
    assert put(world, status="available", operator="Red Cross").events == ()


def test_a_change_says_what_changed(world: World):
    put(world)
    event = put(world, status="transporting").events[0]
    assert (event.kind, event.fact["changed"]) == ("vehicle.changed", ["status"])


def test_what_is_not_mentioned_stays(world: World):
    put(world, operator="Red Cross")
    put(world, status="transporting")
    assert Vehicle.objects.get(ref="a1").operator == "Red Cross"


def test_a_status_is_one_of_the_region(world: World):
    with pytest.raises(Invalid) as refused:
        put(world, status="on_the_moon")
    assert (refused.value.code, refused.value.field) == ("unknown_status", "status")


def test_a_vehicle_with_a_patient_is_not_taken_out_of_the_picture(world: World):
    world.transport("a1")
    with pytest.raises(Conflict) as refused:
        put(world, active=False)
    assert refused.value.code == "vehicle_busy"
    assert "t-a1" in refused.value.detail


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"site_id": "nowhere"}, "unknown_site", "base.site"),
        ({"lat": 4.36, "lon": 50.85}, "outside_region", "base.lat"),
    ],
)
def test_a_base_is_in_the_region(world: World, wrong: dict, code: str, field: str):
    base = {"name": "base", "site_id": "saint-jean", "lat": 50.85, "lon": 4.36}
    with pytest.raises(Invalid) as refused:
        put(world, base={**base, **wrong})
    assert (refused.value.code, refused.value.field) == (code, field)
    assert put(world, base=base).events


def test_a_vehicle_may_be_without_a_base(world: World):
    put(world, base={"name": "base", "site_id": None, "lat": 50.85, "lon": 4.36})
    assert put(world, base=None).events


def test_a_retired_vehicle_leaves_the_live_set(world: World):
    put(world)
    event = put(world, active=False).events[0]
    assert event.changes[0]["state"] is None


def test_a_new_call_sign_reaches_the_departments_that_wait_for_it(world: World):
    transport = world.transport("a1")
    event = put(world, call_sign="Bravo 1").events[0]
    notice = next(one["state"] for one in event.changes if one["kind"] == "notice")
    assert notice["vehicle"]["call_sign"] == "Bravo 1"
    assert notice["transport_id"] == str(transport.pk)


@pytest.mark.parametrize("who", ["dina", "sofie", "clara", "ruth", "ines", "ada", "sam"])
def test_only_the_dispatch_system_makes_vehicles_known(world: World, who: str):
    with pytest.raises(Denied):
        put(world, who=who)


def test_a_reference_is_one_vehicle(world: World):
    put(world)
    with pytest.raises(IntegrityError, match="vehicle_ref_once_per_region"), transaction.atomic():
        Vehicle.objects.create(region=world.region, ref="a1", call_sign="x", kind="pit", status="available")


# ------------------------------------------------------------------ positions


def test_positions_are_not_logged(world: World):
    put(world)
    before = Event.objects.count()
    assert report(world, seen()) == []
    assert Event.objects.count() == before
    assert LastPosition.objects.get().lat == 50.85


def test_the_latest_wins_whatever_the_order_of_arrival(world: World):
    put(world)
    report(world, seen(ago=5, lat=50.80))
    report(world, seen(ago=50, lat=50.70))
    assert LastPosition.objects.get().lat == 50.80


def test_within_a_batch_the_latest_wins_too(world: World):
    put(world)
    report(world, seen(ago=1, lat=50.81), seen(ago=9, lat=50.79))
    assert LastPosition.objects.get().lat == 50.81


def test_bad_positions_are_refused_one_by_one_and_good_ones_kept(world: World):
    put(world)
    put(world, "a2")
    codes = report(
        world,
        seen(),
        seen("ghost"),
        seen("a2", ago=121),
        seen("a2", ago=-11),
        seen("a2", lat=48.85, lon=2.35),
        seen("a2", lat=50.9),
    )
    assert codes == ["unknown_vehicle", "stale_position", "future_position", "outside_region"]
    assert {one.vehicle.ref: one.lat for one in LastPosition.objects.select_related("vehicle")} == {
        "a1": 50.85,
        "a2": 50.9,
    }


def test_a_clock_a_few_seconds_ahead_is_forgiven(world: World):
    put(world)
    assert report(world, seen(ago=-9)) == []


def test_a_retired_vehicle_has_no_position(world: World):
    put(world)
    put(world, active=False)
    assert report(world, seen()) == ["unknown_vehicle"]


@pytest.mark.parametrize("who", ["dina", "clara", "ruth", "ines", "ada", "sam"])
def test_only_the_dispatch_system_reports_positions(world: World, who: str):
    with pytest.raises(Denied):
        report(world, seen(), who=who)
