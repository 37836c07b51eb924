"""Soft claims: a desk says which vehicles it is deciding about. They bind nobody and run out by themselves."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from diversion.commands.claims import HOLD, hold_claims
from diversion.commands.transports import finish_transport
from diversion.errors import Denied, NotFound
from diversion.feed.reading import claims_at
from diversion.log import CommandKey
from diversion.models import Claim, Event, Transport
from tests.world import REGION, World

DESK, OTHER = UUID(int=1), UUID(int=2)


def hold(world: World, who: str, *transports: Transport, desk: UUID = DESK) -> None:
    hold_claims(actor=getattr(world, who), region_id=REGION, desk=desk, transports=[one.pk for one in transports])


def held(after: timedelta = timedelta()) -> list[tuple[str, int]]:
    """Who holds how many vehicles, so long from now."""
    return [(one["name"], len(one["transports"])) for one in claims_at(REGION, timezone.now() + after)]


def test_the_others_are_told_whose_it_is(world: World):
    transport = world.transport("a1")
    hold(world, "dina", transport)
    told = [{"desk": str(DESK), "name": "Dina", "transports": [str(transport.pk)]}]
    assert claims_at(REGION, timezone.now()) == told


def test_the_next_claim_of_a_desk_replaces_the_last(world: World):
    hold(world, "dina", world.transport("a1"))
    hold(world, "dina", world.transport("a2"), world.transport("a3"))
    assert held() == [("Dina", 2)]


def test_holding_nothing_gives_everything_up(world: World):
    hold(world, "dina", world.transport("a1"))
    hold(world, "dina")
    assert held() == []


def test_a_desk_that_says_nothing_more_holds_nothing_after_half_a_minute(world: World):
    hold(world, "dina", world.transport("a1"))
    assert held(HOLD - timedelta(seconds=1)) == [("Dina", 1)]
    assert held(HOLD) == []


def test_a_desk_that_renews_holds_on(world: World):
    transport = world.transport("a1")
    hold(world, "dina", transport)
    Claim.objects.update(until=timezone.now() + timedelta(seconds=1))
    hold(world, "dina", transport)
    assert held(HOLD - timedelta(seconds=1)) == [("Dina", 1)]


def test_what_has_run_out_is_removed_by_the_next_who_claims(world: World):
    hold(world, "dina", world.transport("a1"))
    Claim.objects.update(until=timezone.now())
    hold(world, "dirk", world.transport("a2"))
    assert [one.name for one in Claim.objects.all()] == ["Dirk"]


def test_two_desks_at_one_vehicle_are_both_told(world: World):
    transport = world.transport("a1")
    hold(world, "dina", transport)
    hold(world, "dirk", transport, desk=OTHER)
    assert sorted(held()) == [("Dina", 1), ("Dirk", 1)]


def test_nobody_speaks_for_a_colleagues_desk(world: World):
    """Desks are named in what everybody reads."""
    transport = world.transport("a1")
    hold(world, "dina", transport)
    hold(world, "dirk", desk=DESK)
    assert held() == [("Dina", 1)]


def test_a_claim_refuses_nobody_anything(world: World):
    transport = world.transport("a1")
    hold(world, "dirk", transport)
    assert world.order(transport, "saint-luc").state == "ordered"


def test_a_patient_who_has_arrived_is_nobodys(world: World):
    transport = world.transport("a1")
    finish_transport(actor=world.cad, key=CommandKey.new(), transport_id=transport.pk, outcome="arrived")
    hold(world, "dina", transport)
    assert held() == []


def test_a_claim_is_no_event(world: World):
    transport = world.transport("a1")
    before = Event.objects.count()
    hold(world, "dina", transport)
    assert Event.objects.count() == before


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "sam", "cad"])
def test_only_a_desk_claims(world: World, who: str):
    with pytest.raises(Denied):
        hold(world, who, world.transport("a1"))
    assert held() == []


def test_there_is_nothing_to_claim_in_a_region_that_is_none(world: World):
    with pytest.raises(NotFound):
        hold_claims(actor=world.dina, region_id="nowhere", desk=DESK, transports=[])
