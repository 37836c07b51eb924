"""The chain of a redirect: ordered, answered by the crew, announced to the new department, withdrawn at the old."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from diversion.commands import redirects, transports
from diversion.errors import Conflict, Denied, Invalid, NotFound
from diversion.log import CommandKey
from diversion.models import Event, LastPosition, Notice, Redirect
from hospitals.models import Hospital, Region, Site
from tests.world import World


def told(kind: str) -> list[dict]:
    return [one for one in Event.objects.latest("seq").changes if one["kind"] == kind]


# ------------------------------------------------------------------ ordering


def test_an_order_moves_nothing_until_the_crew_answers(world: World):
    transport = world.transport("a1")
    world.order(transport, "saint-luc")
    transport.refresh_from_db()
    assert (transport.destination_id, transport.ordered_destination_id) == ("saint-pierre", "saint-luc")
    assert world.notice(transport).site_id == "saint-pierre"


def test_an_order_keeps_the_options_as_they_stood(world: World):
    transport = world.transport("a1")
    LastPosition.objects.create(
        vehicle=transport.vehicle, lat=50.84, lon=4.36, at=timezone.now(), received_at=timezone.now()
    )
    world.declare()
    redirect = world.order(transport, "saint-luc")
    options = {one["site_id"]: one for one in redirect.options}
    assert options["saint-luc"]["admits"] is True
    assert all(one["seconds"] > 0 and one["source"] for one in redirect.options)
    assert [one["seconds"] for one in redirect.options] == sorted(one["seconds"] for one in redirect.options)


def test_an_order_says_who_decided_and_in_which_role(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    assert (redirect.ordered_by["name"], redirect.ordered_by["role"]) == ("Dina", "dispatcher")


def test_a_site_that_does_not_admit_the_patient_needs_a_reason(world: World):
    transport = world.transport("a1")
    world.declare("saint-luc", actor=world.lucas)
    with pytest.raises(Invalid) as refused:
        world.order(transport, "saint-luc", reason="  ")
    assert (refused.value.code, refused.value.field) == ("reason_required", "reason")


def test_with_a_reason_no_site_is_refused(world: World):
    transport = world.transport("a1")
    world.declare("saint-luc", actor=world.lucas)
    redirect = world.order(transport, "saint-luc", reason="their own patient, agreed by phone")
    transport.refresh_from_db()
    assert redirect.reason == "their own patient, agreed by phone"
    assert transport.affected_since is not None


def test_a_second_order_supersedes_the_first(world: World):
    transport = world.transport("a1")
    first = world.order(transport, "saint-luc")
    second = world.order(transport, "saint-jean")
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "ordered")
    assert {one["id"] for one in told("redirect")} == {str(first.pk), str(second.pk)}


def test_one_order_is_open_at_a_time(world: World):
    transport = world.transport("a1")
    first = world.order(transport, "saint-luc")
    world.order(transport, "saint-jean")
    with pytest.raises(IntegrityError, match="redirect_one_open_per_transport"), transaction.atomic():
        Redirect.objects.filter(pk=first.pk).update(state="ordered")


def test_ordering_where_it_is_heading_anyway_is_refused(world: World):
    with pytest.raises(Conflict) as refused:
        world.order(world.transport("a1"), "saint-pierre")
    assert refused.value.code == "already_heading_there"


def test_sending_it_back_where_it_still_goes_is_done_by_cancelling(world: World):
    transport = world.transport("a1")
    world.order(transport, "saint-luc")
    with pytest.raises(Conflict) as refused:
        world.order(transport, "saint-pierre")
    assert refused.value.code == "cancel_the_order"


def test_who_orders_on_an_old_picture_is_refused(world: World):
    transport = world.transport("a1")
    seen = transport.version
    world.order(transport, "saint-luc", version=seen)
    with pytest.raises(Conflict) as refused:
        world.order(transport, "saint-jean", version=seen)
    assert refused.value.code == "stale_version"


def test_a_site_of_another_region_is_no_destination(world: World):
    other = Region.objects.create(id="elsewhere", name={}, boundary=[])
    hospital = Hospital.objects.create(id="h-far", region=other, name={})
    Site.objects.create(
        id="far", region=other, hospital=hospital, name={}, short={}, zone="", address={}, lat=50, lon=4,
        position_precision="", position_confidence="", destination="general", confidence="",
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        world.order(world.transport("a1"), "far")
    assert refused.value.code == "unknown_site"


def test_a_site_that_does_not_exist_is_no_destination(world: World):
    with pytest.raises(NotFound):
        world.order(world.transport("a1"), "saint-nowhere")


def test_what_has_arrived_is_not_redirected(world: World):
    transport = world.transport("a1")
    transports.finish_transport(actor=world.cad, key=CommandKey.new(), transport_id=transport.pk, outcome="arrived")
    with pytest.raises(Conflict, match="is arrived"):
        world.order(transport, "saint-luc")


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "sam", "cad"])
def test_only_dispatch_orders(world: World, who: str):
    transport = world.transport("a1")
    with pytest.raises(Denied):
        redirects.order_redirect(
            actor=getattr(world, who), key=CommandKey.new(), transport_id=transport.pk, to_site_id="saint-luc"
        )


# ------------------------------------------------------------------ the crew's answer


def test_the_crews_answer_moves_the_transport(world: World):
    transport = world.transport("a1")
    redirect = world.order(transport, "saint-luc")
    world.crew_answers(redirect, "radio")
    transport.refresh_from_db()
    redirect.refresh_from_db()
    assert (transport.destination_id, transport.ordered_destination_id) == ("saint-luc", None)
    assert (redirect.state, redirect.channel, redirect.acknowledged_by) == ("acknowledged", "radio", "a1")


def test_the_old_department_is_told_where_its_patient_goes_and_the_new_one_where_from(world: World):
    transport = world.transport("a1")
    world.crew_answers(world.order(transport, "saint-luc"))
    old, new = Notice.objects.order_by("sent_at")
    assert (old.site_id, old.state, old.redirected_to_id) == ("saint-pierre", "withdrawn", "saint-luc")
    assert (new.site_id, new.state, new.redirected_from_id) == ("saint-luc", "sent", "saint-pierre")
    assert {one["id"] for one in told("notice")} == {str(old.pk), str(new.pk)}


def test_the_withdrawn_notice_stays_visible_until_the_transport_ends(world: World):
    transport = world.transport("a1")
    world.crew_answers(world.order(transport, "saint-luc"))
    assert [one["state"]["state"] for one in told("notice")] == ["withdrawn", "sent"]


def test_the_estimate_for_the_old_place_does_not_stand_for_the_new_one(world: World):
    transport = world.transport("a1", eta_at=timezone.now() + timedelta(minutes=3))
    world.crew_answers(world.order(transport, "saint-luc"))
    transport.refresh_from_db()
    assert transport.eta_at is None


def test_with_a_known_position_the_new_estimate_is_ours(world: World):
    now = timezone.now()
    transport = world.transport("a1", eta_at=now)
    LastPosition.objects.create(vehicle=transport.vehicle, lat=50.84, lon=4.36, at=now, received_at=now)
    world.crew_answers(world.order(transport, "saint-luc"))
    transport.refresh_from_db()
    assert transport.eta_at is not None
    assert timedelta(minutes=2) < transport.eta_at - now < timedelta(minutes=30)


def test_a_dispatcher_may_note_the_answer_heard_by_radio(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    redirects.acknowledge_redirect(
        actor=world.dirk, key=CommandKey.new(), redirect_id=redirect.pk, channel="radio", by="Mehdi"
    )
    redirect.refresh_from_db()
    assert redirect.acknowledged_by == "Mehdi"


def test_a_second_answer_changes_nothing(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    world.crew_answers(redirect)
    assert world.crew_answers(redirect, "radio").events == ()
    redirect.refresh_from_db()
    assert redirect.channel == "cad"


def test_an_answer_to_a_superseded_order_is_refused(world: World):
    transport = world.transport("a1")
    first = world.order(transport, "saint-luc")
    world.order(transport, "saint-jean")
    with pytest.raises(Conflict) as refused:
        world.crew_answers(first)
    assert (refused.value.code, refused.value.data["now"]) == ("wrong_state", "superseded")
    assert refused.value.row == first


def test_an_answer_comes_by_a_known_channel(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    with pytest.raises(Invalid) as refused:
        world.crew_answers(redirect, "carrier pigeon")
    assert refused.value.code == "unknown_channel"


@pytest.mark.parametrize("who", ["clara", "lucas", "ruth", "ines", "ada", "sam"])
def test_no_hospital_answers_for_a_crew(world: World, who: str):
    redirect = world.order(world.transport("a1"), "saint-luc")
    with pytest.raises(Denied):
        redirects.acknowledge_redirect(
            actor=getattr(world, who), key=CommandKey.new(), redirect_id=redirect.pk, channel="radio"
        )


def test_a_redirect_and_back_again_announces_the_patient_anew(world: World):
    transport = world.transport("a1")
    world.crew_answers(world.order(transport, "saint-luc"))
    world.crew_answers(world.order(transport, "saint-pierre"))
    assert world.notice(transport).site_id == "saint-pierre"
    assert Notice.objects.filter(transport=transport).count() == 3


def test_a_transport_is_announced_to_one_place_at_a_time(world: World):
    transport = world.transport("a1")
    world.crew_answers(world.order(transport, "saint-luc"))
    with pytest.raises(IntegrityError, match="notice_one_open_per_transport"), transaction.atomic():
        Notice.objects.filter(transport=transport).update(state="sent")
