"""A transport is affected while the gate it is bound for excludes it; set and cleared in the event that decides so."""

from __future__ import annotations

from typing import Any

import pytest

from diversion.commands import diversions, transports
from diversion.log import CommandKey
from diversion.models import Event, Transport
from tests.world import World


def affected(transport: Transport) -> bool:
    return Transport.objects.get(pk=transport.pk).affected_since is not None


def told_last() -> set[str]:
    return {one["id"] for one in Event.objects.latest("seq").changes if one["kind"] == "transport"}


def test_closing_a_gate_affects_what_is_bound_there_in_the_same_event(world: World):
    bound, elsewhere = world.transport("a1"), world.transport("a2", "saint-luc")
    world.declare()
    assert (affected(bound), affected(elsewhere)) == (True, False)
    assert told_last() == {str(bound.pk)}
    assert Event.objects.latest("seq").fact["affected"] == [str(bound.pk)]


def test_affected_since_is_the_moment_of_the_declaration(world: World):
    bound = world.transport("a1")
    world.declare()
    assert Transport.objects.get(pk=bound.pk).affected_since == Event.objects.latest("seq").at


def test_life_threatening_only_still_admits_a_vital_patient(world: World):
    vital, urgent = world.transport("a1", urgency="vital"), world.transport("a2", urgency="urgent")
    world.declare(gates={"ambulances": "life_threatening"})
    assert (affected(vital), affected(urgent)) == (False, True)


def test_a_closed_gate_admits_nobody_not_even_a_vital_patient(world: World):
    vital = world.transport("a1", urgency="vital")
    world.declare(gates={"ambulances": "closed"})
    assert affected(vital)


@pytest.mark.parametrize("by", [{"kind": "smur"}, {"kind": "pit"}, {"physician_on_board": True}])
def test_the_smur_gate_decides_for_a_medical_team_and_the_ambulance_gate_does_not(world: World, by: dict[str, Any]):
    transport = world.transport("m1", **by)
    first = world.declare(gates={"ambulances": "closed"})
    assert not affected(transport)
    diversions.amend_diversion(
        actor=world.clara,
        key=CommandKey.new(),
        diversion_id=first.pk,
        changes={"gates": {"smur_destination": "closed"}},
    )
    assert affected(transport)


@pytest.mark.parametrize("gates", [{"smur_base": "withdrawn"}, {"walk_ins": "closed"}, {"smur_destination": "closed"}])
def test_other_gates_do_not_concern_an_ambulance(world: World, gates: dict[str, str]):
    transport = world.transport("a1")
    world.declare(gates=gates)
    assert not affected(transport)


def test_a_second_declaration_does_not_restart_the_time(world: World):
    transport = world.transport("a1")
    world.declare()
    since = Transport.objects.get(pk=transport.pk).affected_since
    world.declare(cause="power")
    assert Transport.objects.get(pk=transport.pk).affected_since == since
    assert told_last() == set()


def test_opening_a_transport_to_a_closed_site_is_affected_from_the_start(world: World):
    world.declare()
    assert affected(world.transport("a1"))


def test_a_planned_transport_is_affected_as_well(world: World):
    transport = world.transport("a1", state="planned")
    world.declare()
    assert affected(transport)


def test_a_patient_who_becomes_vital_is_admitted_again(world: World):
    transport = world.transport("a1")
    world.declare(gates={"ambulances": "life_threatening"})
    transports.update_transport(
        actor=world.dina, key=CommandKey.new(), transport_id=transport.pk, changes={"urgency": "vital"}
    )
    assert not affected(transport)


def test_a_physician_who_boards_changes_the_gate_that_decides(world: World):
    transport = world.transport("a1")
    world.declare(gates={"smur_destination": "closed"})
    transports.update_transport(
        actor=world.dina, key=CommandKey.new(), transport_id=transport.pk, changes={"physician_on_board": True}
    )
    assert affected(transport)


def test_an_order_elsewhere_ends_being_affected_and_its_cancelling_brings_it_back(world: World):
    from diversion.commands import redirects

    transport = world.transport("a1")
    world.declare()
    redirect = world.order(transport, "saint-luc")
    assert not affected(transport)
    redirects.cancel_redirect(actor=world.dina, key=CommandKey.new(), redirect_id=redirect.pk)
    assert affected(transport)


def test_a_transport_ordered_to_a_site_that_closes_is_affected_there(world: World):
    transport = world.transport("a1")
    world.order(transport, "saint-luc")
    world.declare("saint-luc", actor=world.lucas)
    assert affected(transport)


def test_a_transport_ordered_away_is_not_affected_by_the_site_it_leaves(world: World):
    transport = world.transport("a1")
    world.order(transport, "saint-luc")
    world.declare("saint-pierre")
    assert not affected(transport)


def test_what_has_arrived_is_not_affected(world: World):
    transport = world.transport("a1")
    transports.finish_transport(actor=world.cad, key=CommandKey.new(), transport_id=transport.pk, outcome="arrived")
    world.declare()
    assert not affected(transport)


def test_a_vehicle_that_turns_out_to_be_a_smur_is_judged_by_the_smur_gate(world: World):
    from diversion.commands import vehicles
    from tests.world import REGION

    transport = world.transport("a1")
    world.declare(gates={"ambulances": "closed"})
    assert affected(transport)
    vehicles.put_vehicle(
        actor=world.cad, key=CommandKey.new(), region_id=REGION, ref="a1", said={"call_sign": "a1", "kind": "smur"}
    )
    assert not affected(transport)
