"""Every drive is foretold and told with its arrival; what came of them becomes factors when somebody answers for it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from diversion.commands import journeys, redirects, transports, vehicles
from diversion.commands.vehicles import Sighting
from diversion.errors import Denied
from diversion.journeys.factors import ENOUGH, Factor, Factors
from diversion.journeys.port import Mode
from diversion.log import CommandKey
from diversion.models import Event, Transport
from diversion.situation import options_for
from hospitals.models import Region
from tests.world import REGION, World

HALVED = Factors({("line", Mode.PRIORITY, "any"): Factor(0.4, 0.3, 0.5, 60)})


def seen(world: World, ref: str) -> None:
    world.vehicle(ref)
    here = Sighting(ref, 50.87, 4.40, timezone.now())
    vehicles.report_positions(actor=world.cad, region_id=REGION, sightings=[here])


def arrive(world: World, transport: Transport) -> dict[str, Any]:
    transports.finish_transport(actor=world.cad, key=CommandKey.new(), transport_id=transport.pk, outcome="arrived")
    return Event.objects.filter(kind="transport.arrived").latest("seq").fact


def drive(world: World, ref: str, ratio: float, **more: Any) -> dict[str, Any]:
    """One drive that took so much of what was foretold for a car."""
    seen(world, ref)
    transport = world.transport(ref, **more)
    foretold = Transport.objects.get(pk=transport.pk).journey
    with time_machine.travel(timezone.now() + timedelta(seconds=foretold["seconds"] / foretold["factor"] * ratio)):
        return arrive(world, transport)


def test_an_arrival_tells_what_had_been_foretold_and_what_it_took(world: World):
    fact = drive(world, "a1", 0.9)["journey"]
    assert (fact["source"], fact["mode"], fact["factor"], fact["site"]) == ("line", "priority", 0.79, "saint-pierre")
    assert fact["took_s"] == pytest.approx(fact["seconds"] / 0.79 * 0.9, abs=2)
    assert fact["low"] < fact["seconds"] < fact["high"]
    assert {"lat", "lon"} & set(fact) == set()


def test_without_a_position_nothing_is_foretold_and_nothing_told(world: World):
    transport = world.transport("a1")
    assert transport.journey is None
    assert "journey" not in arrive(world, transport)


def test_whoever_cannot_wait_is_driven_with_priority_and_a_routine_patient_is_not(world: World):
    assert drive(world, "a1", 1.0, urgency="vital")["journey"]["mode"] == "priority"
    assert drive(world, "a2", 1.0, urgency="routine")["journey"]["mode"] == "car"


def test_a_planned_drive_is_foretold_when_it_begins(world: World):
    seen(world, "a1")
    transport = world.transport("a1", state="planned")
    assert transport.journey is None
    transports.update_transport(
        actor=world.cad, key=CommandKey.new(), transport_id=transport.pk, changes={"state": "under_way"}
    )
    transport.refresh_from_db()
    assert transport.journey["site"] == "saint-pierre"


def test_a_redirected_drive_is_foretold_anew_from_where_the_crew_turned(world: World):
    seen(world, "a1")
    transport = world.transport("a1")
    order = world.order(transport, "saint-jean")
    redirects.acknowledge_redirect(actor=world.dina, key=CommandKey.new(), redirect_id=order.pk, channel="radio")
    transport.refresh_from_db()
    assert transport.journey["site"] == "saint-jean"
    assert arrive(world, transport)["journey"]["site"] == "saint-jean"


def test_a_supervisor_takes_factors_into_use_on_the_record_and_options_follow(world: World):
    seen(world, "a1")
    transport = world.transport("a1")
    before = options_for(transport, timezone.now())[0]
    recorded = journeys.calibrate_journeys(actor=world.sofie, key=CommandKey.new(), region_id=REGION, factors=HALVED)
    fresh = Transport.objects.select_related("region").get(pk=transport.pk)
    after = next(one for one in options_for(fresh, timezone.now()) if one.site_id == before.site_id)
    assert after.seconds == pytest.approx(before.seconds / 0.79 * 0.4, abs=2)
    assert recorded.events[0].fact["factors"] == HALVED.as_stored()


def test_the_same_factors_again_record_nothing(world: World):
    for expected in (1, 0):
        recorded = journeys.calibrate_journeys(
            actor=world.sofie, key=CommandKey.new(), region_id=REGION, factors=HALVED
        )
        assert len(recorded.events) == expected


def test_a_dispatcher_does_not_decide_how_journeys_are_reckoned(world: World):
    with pytest.raises(Denied):
        journeys.calibrate_journeys(actor=world.dina, key=CommandKey.new(), region_id=REGION, factors=HALVED)
    assert Region.objects.get(pk=REGION).journey_factors == []


def test_the_command_fits_what_was_driven_and_uses_it_only_when_asked(world: World):
    for number in range(ENOUGH):
        drive(world, f"a{number}", 0.6)
    assert "30 drives" in fit()
    assert Region.objects.get(pk=REGION).journey_factors == []
    assert "In use" in fit("--apply")
    factors = Factors.stored(Region.objects.get(pk=REGION).journey_factors)
    assert factors.fitted["line", Mode.PRIORITY, "any"].factor == pytest.approx(0.6, abs=0.01)
    assert "in use already" in fit("--apply")


def test_the_command_says_when_there_is_too_little_to_fit(world: World):
    drive(world, "a1", 0.6)
    assert "1 journeys with an estimate. A group needs 30." in fit()


def test_an_unknown_region_is_refused_by_name(world: World):
    with pytest.raises(CommandError, match="'atlantis'"):
        call_command("fit_journeys", "atlantis")


def fit(*arguments: str) -> str:
    told = StringIO()
    call_command("fit_journeys", REGION, *arguments, stdout=told)
    return told.getvalue()
