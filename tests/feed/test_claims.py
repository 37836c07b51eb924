"""Claims on the feed: the other desks see within a second whose a vehicle is, and nobody else learns of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from diversion.commands.claims import hold_claims
from diversion.models import Claim
from tests.feed.conftest import Join
from tests.world import REGION, World


def hold(world: World, who: str, desk: UUID, *transports: UUID) -> None:
    hold_claims(actor=getattr(world, who), region_id=REGION, desk=desk, transports=transports)


def test_another_desk_is_told_who_is_at_a_vehicle_and_when_that_is_over(real_world: World, join: Join):
    transport = real_world.transport("a1")
    dirk, desk = join("dirk"), uuid4()
    dirk.next("snapshot")
    hold(real_world, "dina", desk, transport.pk)
    told = dirk.next("claims")["claims"]
    assert told == [{"desk": str(desk), "name": "Dina", "transports": [str(transport.pk)]}]
    # Her console died: nobody gives the vehicle up, and it is free all the same.
    Claim.objects.update(until=timezone.now())
    assert dirk.next("claims")["claims"] == []


def test_who_comes_later_is_told_as_well(real_world: World, join: Join):
    hold(real_world, "dina", uuid4(), real_world.transport("a1").pk)
    join("dirk").next("claims")
    assert [one["name"] for one in join("sofie").next("claims")["claims"]] == ["Dina"]


def test_a_site_learns_nothing_of_who_decides_about_what(real_world: World, join: Join):
    lucas, dirk = join("lucas"), join("dirk")
    lucas.next("snapshot")
    dirk.next("snapshot")
    hold(real_world, "dina", uuid4(), real_world.transport("a1").pk)
    dirk.next("claims")
    lucas.next("tick")
    assert "claims" not in {frame["type"] for frame in lucas.frames}


def test_a_desk_claims_over_http(real_world: World, login: Callable[[str], Client]):
    said = {"desk": str(uuid4()), "transports": [str(real_world.transport("a1").pk)]}
    answer = login("dina").post(f"/api/regions/{REGION}/claims", said, content_type="application/json")
    assert (answer.status_code, answer.json()["next_s"]) == (200, 10)
    assert Claim.objects.get().name == "Dina"
    refused = login("clara").post(f"/api/regions/{REGION}/claims", said, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "denied")
