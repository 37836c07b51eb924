"""Transports: one live per vehicle; opening announces, ending closes, and only a redirect moves one."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from diversion.commands import transports
from diversion.errors import Conflict, Denied, Invalid, NotFound
from diversion.log import CommandKey
from diversion.models import Event, Notice, Redirect, Transport
from tests.world import REGION, World


def update(world: World, transport: Transport, who: str = "dina", version: int | None = None, **changes: Any):
    recorded = transports.update_transport(
        actor=getattr(world, who),
        key=CommandKey.new(),
        transport_id=transport.pk,
        changes=changes,
        version=version,
    )
    transport.refresh_from_db()
    return recorded


def finish(world: World, transport: Transport, outcome: str = "arrived", who: str = "cad"):
    recorded = transports.finish_transport(
        actor=getattr(world, who), key=CommandKey.new(), transport_id=transport.pk, outcome=outcome
    )
    transport.refresh_from_db()
    return recorded


def open_(world: World, who: str = "dina", *, to: str = "saint-pierre", ref: str | None = None, **said: Any):
    vehicle = said.pop("vehicle", None) or world.vehicle("a1").pk
    state = said.pop("state", "under_way")
    return transports.open_transport(
        actor=getattr(world, who),
        key=CommandKey.new(),
        region_id=said.pop("region", REGION),
        vehicle_id=vehicle,
        destination_id=to,
        patient=transports.Patient(urgency="urgent", **said),
        journey=transports.Journey(state=state, ref=ref),
    )


def test_opening_a_transport_announces_it_in_the_same_event(world: World):
    recorded = open_(world)
    assert [event.kind for event in recorded.events] == ["transport.opened"]
    assert [one["kind"] for one in recorded.events[0].changes] == ["transport", "notice"]
    assert Notice.objects.get().site_id == "saint-pierre"


def test_a_planned_transport_is_announced_when_it_gets_under_way(world: World):
    transport = world.transport("a1", state="planned")
    assert not Notice.objects.exists()
    update(world, transport, state="under_way")
    assert world.notice(transport).state == "sent"


def test_a_planned_transport_already_announced_is_not_announced_twice(world: World):
    from diversion.commands import notices

    transport = world.transport("a1", state="planned")
    notices.send_notice(actor=world.dina, key=CommandKey.new(), transport_id=transport.pk)
    update(world, transport, state="under_way")
    assert Notice.objects.count() == 1


def test_a_vehicle_carries_one_patient_at_a_time(world: World):
    transport = world.transport("a1")
    with pytest.raises(Conflict) as refused:
        open_(world, vehicle=transport.vehicle_id)
    assert (refused.value.code, refused.value.row) == ("vehicle_busy", transport)
    assert "t-a1" in refused.value.detail


def test_the_database_itself_allows_one_live_transport_per_vehicle(world: World):
    transport = world.transport("a1")
    transport.pk, transport.ref = uuid.uuid4(), "another"
    with pytest.raises(IntegrityError, match="transport_one_live_per_vehicle"), transaction.atomic():
        transport.save(force_insert=True)


def test_after_arriving_a_vehicle_takes_its_next_patient(world: World):
    transport = world.transport("a1")
    finish(world, transport)
    assert open_(world, vehicle=transport.vehicle_id).events


def test_a_reference_is_used_once(world: World):
    open_(world, ref="T-1")
    with pytest.raises(Conflict) as refused:
        open_(world, ref="T-1", vehicle=world.vehicle("a2").pk)
    assert (refused.value.code, refused.value.field) == ("ref_taken", "ref")


def test_the_database_itself_keeps_references_apart(world: World):
    transport = world.transport("a1")
    finish(world, transport)
    transport.pk = uuid.uuid4()
    with pytest.raises(IntegrityError, match="transport_ref_once_per_region"), transaction.atomic():
        transport.save(force_insert=True)


def test_a_transport_without_a_reference_is_one_of_many(world: World):
    open_(world)
    assert open_(world, vehicle=world.vehicle("a2").pk).events


def test_an_ended_transport_has_an_end(world: World):
    transport = world.transport("a1")
    with pytest.raises(IntegrityError, match="transport_end_matches_state"), transaction.atomic():
        Transport.objects.filter(pk=transport.pk).update(state="arrived")


@pytest.mark.parametrize("who", ["dina", "sofie", "cad"])
def test_dispatch_and_its_system_open_transports(world: World, who: str):
    assert open_(world, who).events


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "sam"])
def test_nobody_else_opens_transports(world: World, who: str):
    with pytest.raises(Denied):
        open_(world, who)


@pytest.mark.parametrize("state", ["arrived", "cancelled", "flying"])
def test_a_transport_begins_planned_or_under_way(world: World, state: str):
    with pytest.raises(Invalid) as refused:
        open_(world, state=state)
    assert refused.value.code == "wrong_state"


def test_a_need_is_a_capability_of_the_region(world: World):
    with pytest.raises(Invalid) as refused:
        open_(world, needs=("helipad",))
    assert (refused.value.code, refused.value.field) == ("unknown_need", "needs")
    assert "cath_lab, ct, stroke, trauma" in refused.value.detail


def test_a_vehicle_nobody_knows_carries_nobody(world: World):
    with pytest.raises(NotFound):
        open_(world, vehicle=uuid.uuid4())


def test_a_destination_that_does_not_exist_is_refused(world: World):
    with pytest.raises(Invalid) as refused:
        open_(world, to="saint-nowhere")
    assert (refused.value.code, refused.value.field) == ("unknown_site", "destination")


def test_a_region_that_does_not_exist_is_not_found(world: World):
    with pytest.raises(NotFound):
        open_(world, region="nowhere")


def test_what_is_not_news_is_no_event(world: World):
    transport = world.transport("a1")
    assert update(world, transport, urgency="urgent", needs=[], physician_on_board=False).events == ()


def test_an_estimate_is_news_from_a_minute_on(world: World):
    eta = timezone.now() + timedelta(minutes=9)
    transport = world.transport("a1", eta_at=eta)
    assert update(world, transport, eta_at=eta + timedelta(seconds=59)).events == ()
    assert update(world, transport, eta_at=eta + timedelta(seconds=60)).events
    assert transport.eta_at == eta + timedelta(seconds=60)


@pytest.mark.parametrize("off", [timedelta(minutes=-11), timedelta(hours=12, minutes=1), timedelta(days=115)])
def test_an_estimate_that_only_a_wrong_clock_makes_is_refused(world: World, off: timedelta):
    wrong = timezone.now() + off
    with pytest.raises(Invalid, match="must lie between") as refused:
        world.transport("a1", eta_at=wrong)
    assert (refused.value.code, refused.value.field) == ("eta_out_of_range", "eta_at")
    with pytest.raises(Invalid, match="must lie between"):
        update(world, world.transport("a2"), eta_at=wrong)


@pytest.mark.parametrize("off", [timedelta(minutes=-9), timedelta(hours=11, minutes=59)])
def test_a_late_crew_and_a_planned_journey_are_estimated(world: World, off: timedelta):
    assert world.transport("a1", eta_at=timezone.now() + off).eta_at is not None


def test_an_estimate_told_again_after_it_has_passed_is_still_no_news(world: World):
    transport = world.transport("a1")
    passed = timezone.now() - timedelta(hours=1)
    Transport.objects.filter(pk=transport.pk).update(eta_at=passed)
    assert update(world, transport, eta_at=passed).events == ()


def test_losing_the_estimate_is_news(world: World):
    transport = world.transport("a1", eta_at=timezone.now())
    assert update(world, transport, eta_at=None).events


def test_the_department_sees_what_changes_about_its_patient(world: World):
    transport = world.transport("a1")
    event = update(world, transport, urgency="vital", needs=["stroke"]).events[0]
    notice = next(one["state"] for one in event.changes if one["kind"] == "notice")
    assert (notice["urgency"], notice["needs"]) == ("vital", ["stroke"])


def test_a_transport_under_way_is_not_planned_again(world: World):
    with pytest.raises(Conflict) as refused:
        update(world, world.transport("a1"), state="planned")
    assert (refused.value.code, refused.value.field) == ("wrong_state", "state")


def test_who_acts_on_an_old_picture_is_refused(world: World):
    transport = world.transport("a1")
    seen = transport.version
    update(world, transport, urgency="vital")
    with pytest.raises(Conflict) as refused:
        update(world, transport, version=seen, urgency="routine")
    assert refused.value.code == "stale_version"


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "sam"])
def test_nobody_else_tells_a_transport_differently(world: World, who: str):
    with pytest.raises(Denied):
        update(world, world.transport("a1"), who, urgency="vital")


def test_arriving_ends_the_transport_and_its_notice(world: World):
    transport = world.transport("a1")
    event = finish(world, transport).events[0]
    assert (transport.state, Notice.objects.get().state) == ("arrived", "arrived")
    assert {one["kind"]: one["state"] for one in event.changes} == {"transport": None, "notice": None}


def test_cancelling_withdraws_the_notice(world: World):
    transport = world.transport("a1")
    finish(world, transport, "cancelled")
    assert Notice.objects.get().state == "withdrawn"


def test_arriving_with_an_order_unanswered_cancels_the_order(world: World):
    transport = world.transport("a1")
    redirect = world.order(transport, "saint-luc")
    event = finish(world, transport).events[0]
    assert Redirect.objects.get(pk=redirect.pk).state == "cancelled"
    assert event.fact["destination"] == "saint-pierre"
    assert transport.ordered_destination_id is None


def test_all_that_hung_on_it_leaves_the_live_set_with_it(world: World):
    transport = world.transport("a1")
    world.crew_answers(world.order(transport, "saint-luc"))
    world.order(transport, "saint-jean")
    event = finish(world, transport).events[0]
    assert [one["kind"] for one in event.changes] == ["transport", "redirect", "redirect", "notice", "notice"]
    assert all(one["state"] is None for one in event.changes)


def test_an_ended_transport_is_not_ended_again(world: World):
    transport = world.transport("a1")
    finish(world, transport)
    with pytest.raises(Conflict, match="is arrived"):
        finish(world, transport, "cancelled")


def test_an_ended_transport_is_not_told_differently(world: World):
    transport = world.transport("a1")
    finish(world, transport)
    with pytest.raises(Conflict, match="is arrived"):
        update(world, transport, urgency="vital")


def test_ending_knows_two_outcomes(world: World):
    with pytest.raises(Conflict):
        finish(world, world.transport("a1"), "under_way")


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "sam"])
def test_nobody_else_ends_a_transport(world: World, who: str):
    with pytest.raises(Denied):
        finish(world, world.transport("a1"), who=who)


def test_an_event_of_a_transport_names_no_patient(world: World):
    world.transport("a1", urgency="vital")
    event = Event.objects.latest("seq")
    assert set(event.fact) == {"transport", "vehicle", "call_sign", "destination", "urgency"}
