"""What a reader is told, in which order: hello, then the picture, then every event once, and a tick in silence."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.utils import timezone

from diversion.commands import vehicles
from diversion.commands.vehicles import Sighting
from diversion.models import ClockBeat, Event, LastPosition
from tests.feed.conftest import Join
from tests.sockets import Server
from tests.world import REGION, World


def head() -> int:
    return Event.objects.latest("seq").seq


def test_the_first_frame_is_a_greeting_and_the_second_the_whole_picture(real_world: World, join: Join):
    reader = join("dina")
    hello, snapshot = reader.next(), reader.next()
    assert (hello["type"], hello["region"], hello["audience"]) == ("hello", REGION, "dispatch")
    assert hello["you"] == {"name": "Dina", "roles": [{"role": "dispatcher", "region": REGION, "site": None}]}
    assert snapshot["type"] == "snapshot"
    assert {one["id"] for one in snapshot["entities"] if one["kind"] == "site"} >= {"saint-pierre", "huderf"}


def test_the_greeting_says_what_time_it_is(real_world: World, join: Join):
    said = datetime.fromisoformat(join("dina").next("hello")["server_time"])
    assert abs(timezone.now() - said) < timedelta(seconds=20)


def test_an_event_reaches_a_reader_within_a_second(real_world: World, join: Join):
    reader = join("dina")
    reader.next("snapshot")
    diversion = real_world.declare()
    frame = reader.next("events")
    event = frame["events"][-1]
    assert (event["kind"], event["fact"]["diversion"]) == ("diversion.declared", str(diversion.pk))
    assert frame["cursor"] == f"{event['seq']}:{event['id']}"
    delay = datetime.now(tz=timezone.get_current_timezone()) - datetime.fromisoformat(event["at"])
    assert delay < timedelta(seconds=10)


def test_in_silence_ticks_tell_the_time_and_the_cursor(real_world: World, join: Join):
    ClockBeat.objects.create(name="clock", at=timezone.now())
    reader = join("dina")
    snapshot = reader.next("snapshot")
    first, second = reader.next("tick"), reader.next("tick")
    assert first["cursor"] == snapshot["cursor"]
    assert first["clock_at"] is not None
    gap = datetime.fromisoformat(second["at"]) - datetime.fromisoformat(first["at"])
    assert timedelta(seconds=1) < gap < timedelta(seconds=10)


def test_a_dead_clock_shows_in_the_tick(real_world: World, join: Join):
    assert join("dina").next("tick")["clock_at"] is None


def test_a_site_is_told_of_its_own_patients_alone(real_world: World, join: Join):
    lucas, ruth = join("lucas"), join("ruth")
    lucas.next("snapshot")
    ruth.next("snapshot")
    real_world.transport("a1", "saint-luc")
    told = lucas.next("events")["events"][0]
    assert [change["kind"] for change in told["changes"]] == ["notice"]
    assert set(told["fact"]) == {"call_sign"}
    real_world.declare()
    assert ruth.next("events")["events"][0]["kind"] == "diversion.declared"
    assert ruth.seqs == [head()]


def test_a_site_never_sees_vehicles_transports_redirects_or_positions(real_world: World, join: Join):
    lucas, dina = join("lucas"), join("dina")
    transport = real_world.transport("a1", "saint-luc")
    dina.next("snapshot")
    report(real_world)
    dina.next("positions")
    real_world.crew_answers(real_world.order(transport, "saint-jean"))
    real_world.declare()
    lucas.events_up_to(head())
    assert "positions" not in {frame["type"] for frame in lucas.frames}
    text = json.dumps([frame for frame in lucas.frames if frame["type"] != "hello"])
    for kind in ("vehicle", "transport", "redirect"):
        assert f'"kind": "{kind}"' not in text
    assert str(transport.vehicle_id) not in text


def test_dispatch_may_look_through_a_sites_eyes(real_world: World, join: Join):
    reader = join("dina", audience="sites:saint-luc")
    assert reader.next("hello")["audience"] == "sites:saint-luc"
    assert "transport" not in {one["kind"] for one in reader.next("snapshot")["entities"]}


def test_an_event_a_site_does_not_see_still_moves_its_cursor_with_the_tick(real_world: World, join: Join):
    lucas = join("lucas")
    lucas.next("snapshot")
    real_world.vehicle("a1")
    lucas.until(lambda frame: frame["type"] == "tick" and frame["cursor"].startswith(f"{head()}:"))
    assert lucas.seqs == []


# ------------------------------------------------------------------ positions


def report(world: World, lat: float = 50.85) -> None:
    vehicles.report_positions(
        actor=world.cad, region_id=REGION, sightings=[Sighting("a1", lat, 4.35, timezone.now(), 90.0, 12.5)]
    )


def test_dispatch_sees_positions_within_a_second_or_two(real_world: World, join: Join):
    vehicle = real_world.vehicle("a1")
    reader = join("dina")
    reader.next("snapshot")
    report(real_world)
    told = reader.next("positions")["positions"][0]
    assert (told[0], told[1], told[2], told[4], told[5]) == (str(vehicle.pk), 50.85, 4.35, 90.0, 12.5)


def test_positions_are_coalesced_to_the_latest(real_world: World, join: Join):
    real_world.vehicle("a1")
    reader = join("dina")
    reader.next("snapshot")
    for step in range(20):
        report(real_world, 50.8 + step / 64)
    latest = 50.8 + 19 / 64
    last = reader.until(lambda frame: frame["type"] == "positions" and frame["positions"][0][1] == latest)
    assert len(last["positions"]) == 1
    assert sum(frame["type"] == "positions" for frame in reader.frames) < 20


def test_a_picture_brings_the_last_positions_with_it(real_world: World, join: Join):
    vehicle = real_world.vehicle("a1")
    now = timezone.now()
    LastPosition.objects.create(vehicle=vehicle, lat=50.9, lon=4.4, at=now, received_at=now)
    assert join("dina").next("snapshot")["positions"][0][:3] == [str(vehicle.pk), 50.9, 4.4]


# ------------------------------------------------------------------ the same by HTTP


def test_by_http_the_same_documents_are_read(real_world: World, join: Join, login, server: Server):
    real_world.declare()
    dina = login("dina")
    by_socket = join("dina").next("snapshot")
    by_http = dina.get(f"/api/regions/{REGION}/snapshot").json()
    for document in (by_http, by_socket):
        document["entities"].sort(key=lambda one: (one["kind"], one["id"]))
        del document["at"]
    assert by_http == by_socket
    after = "0:-"
    frame = dina.get(f"/api/regions/{REGION}/feed", {"after": after}).json()
    resumed = join("dina", after=after)
    assert resumed.next("events") == frame
