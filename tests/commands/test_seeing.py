"""Dispatch has seen a declaration: said once, by dispatch alone."""

from __future__ import annotations

import pytest

from diversion.commands import diversions
from diversion.errors import Conflict, Denied
from diversion.log import CommandKey
from diversion.models import Diversion, Event
from tests.world import World


def see(world: World, diversion: Diversion, who: str = "dina"):
    recorded = diversions.see_diversion(actor=getattr(world, who), key=CommandKey.new(), diversion_id=diversion.pk)
    diversion.refresh_from_db()
    return recorded


def test_the_first_dispatcher_to_see_it_stays_on_record(world: World):
    diversion = world.declare()
    see(world, diversion, "dina")
    assert see(world, diversion, "dirk").events == ()
    assert diversion.seen_by == "Dina"
    assert Event.objects.filter(kind="diversion.seen").count() == 1


def test_a_supervisor_may_see_it_too(world: World):
    diversion = world.declare()
    see(world, diversion, "sofie")
    assert diversion.seen_at is not None


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "sam", "cad"])
def test_nobody_else_can_say_that_dispatch_has_seen_it(world: World, who: str):
    diversion = world.declare()
    with pytest.raises(Denied):
        see(world, diversion, who)
    diversion.refresh_from_db()
    assert diversion.seen_at is None


def test_what_has_ended_is_not_seen_any_more(world: World):
    diversion = world.declare()
    diversions.lift_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    with pytest.raises(Conflict):
        see(world, diversion)
