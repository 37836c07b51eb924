"""Builders of an exercise: the world with its registry told, so that it can be copied; short ways to begin and end."""

from __future__ import annotations

from typing import Any

from diversion.actors import SYSTEM, Actor
from diversion.commands.exercises import close_exercise, open_exercise
from diversion.commands.members import issue_token
from diversion.identity import token_actor
from diversion.log import CommandKey, Recorded
from tests.world import REGION, World

EXERCISE = f"{REGION}-exercise-1"


def told(world: World) -> World:
    """Give the rows the entries they would have had if a file had made them, telephone numbers included."""
    region = world.region
    region.dispatch_phone, region.version = "+32 2 000 00 00", 1
    region.registry = {
        "id": region.pk,
        "name": region.name,
        "timezone": region.timezone,
        "boundary": region.boundary,
        "dispatch_phone": region.dispatch_phone,
        "policy": region.policy,
        "vehicle_statuses": region.vehicle_statuses,
        "capabilities": region.capabilities,
    }
    region.save()
    for hospital in region.hospitals.all():
        hospital.registry = {"id": hospital.pk, "name": hospital.name, "network": None, "notes": "Call 02 000 00 01"}
        hospital.save()
    for site in region.sites.all():
        site.phone = site.phone_ed = "+32 2 000 00 02"
        site.registry = _entry(site)
        site.save()
    return world


def _entry(site: Any) -> dict[str, Any]:
    same = ("name", "short", "zone", "address", "phone", "phone_ed", "ed_level", "destination", "smur_base")
    position = {
        "lat": site.lat,
        "lon": site.lon,
        "precision": site.position_precision,
        "confidence": site.position_confidence,
    }
    return {
        **{name: getattr(site, name) for name in same},
        "id": site.pk,
        "hospital": site.hospital_id,
        "position": position,
        "beds": None,
        "fps_site_number": None,
        "recognition_number": None,
        "ed_level_inferred": False,
        "capabilities": site.capabilities,
        "confidence": site.confidence,
        "sources": [],
        "notes": "Call 02 000 00 03",
    }


def begin(actor: Actor = SYSTEM, region: str = REGION) -> Recorded:
    return open_exercise(actor=actor, key=CommandKey.new(), region_id=region)


def end(actor: Actor = SYSTEM, region: str = EXERCISE) -> Recorded:
    return close_exercise(actor=actor, key=CommandKey.new(), region_id=region)


def machine(region: str, *scopes: str, site: str | None = None) -> tuple[Actor, str]:
    _, secret = issue_token(actor=SYSTEM, key=CommandKey.new(), region_id=region, name="m", scopes=scopes, site_id=site)
    actor = token_actor(secret)
    assert actor is not None
    return actor, secret
