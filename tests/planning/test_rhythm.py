"""The plan says what more would come, from what the rows hold of the last weeks; without them it says nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from diversion.models import Transport
from tests.world import REGION, World


def arrived(world: World, site: str, days: range, each: int) -> None:
    """Patients brought to a site within an hour from now on each of these days past."""
    vehicle = world.vehicle("past")
    soon = timezone.now() + timedelta(minutes=40)
    Transport.objects.bulk_create(
        Transport(
            region=world.region,
            vehicle=vehicle,
            destination_id=site,
            urgency="urgent",
            state="arrived",
            opened_at=soon - timedelta(days=day, minutes=20),
            ended_at=soon - timedelta(days=day),
        )
        for day in days
        for _ in range(each)
    )


def planned(login: Any) -> Any:
    return login("dina").get(f"/api/regions/{REGION}/plan").json()


def test_the_plan_says_how_many_more_would_come_in_the_next_hours(world: World, login: Any):
    arrived(world, "saint-pierre", range(1, 21), 3)
    arrived(world, "saint-luc", range(1, 21), 5)
    world.transport("a1")
    world.declare()
    assert planned(login)["expected"] == {"hours": 2, "patients": 3.0, "low": 3, "high": 3, "days": 20}


def test_days_on_which_the_site_was_in_trouble_are_left_out(world: World, login: Any):
    arrived(world, "saint-pierre", range(1, 21), 3)
    world.transport("a1")
    declared = world.declare()
    declared.declared_at -= timedelta(days=3, hours=1)
    declared.save()
    assert planned(login)["expected"]["days"] == 17


def test_too_short_a_record_is_said_to_be_too_short(world: World, login: Any):
    arrived(world, "saint-pierre", range(1, 6), 3)
    world.transport("a1")
    world.declare()
    assert planned(login)["expected"] is None
