"""Crews: each says which vehicle it is on, answers for that one and for no other, and may say that it cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from diversion import access
from diversion.actors import SYSTEM
from diversion.commands import crews, redirects
from diversion.errors import Conflict, Denied, Invalid
from diversion.identity import user_actor
from diversion.log import CommandKey
from diversion.models import CrewDuty, Event, Membership, Redirect, Vehicle
from diversion.models.crews import SHIFT
from tests.world import REGION, World


@pytest.fixture(autouse=True)
def cleo(world: World) -> None:
    """A colleague of Carl's."""
    user = world.users["cleo"] = User.objects.create(username="cleo", first_name="Cleo")
    world.people["cleo"] = user_actor(user)
    Membership.objects.create(user=user, role="crew", region=world.region)


def board(world: World, ref: str, who: str = "carl") -> None:
    vehicle = Vehicle.objects.get(ref=ref)
    crews.board_vehicle(actor=getattr(world, who), key=CommandKey.new(), vehicle_id=vehicle.pk)


def aboard(world: World, who: str = "carl") -> str | None:
    duty = access.duty_of(getattr(world, who), REGION)
    return duty.vehicle.ref if duty else None


def answer(world: World, redirect: Redirect, who: str = "carl", channel: str = "crew_page") -> None:
    redirects.acknowledge_redirect(
        actor=getattr(world, who), key=CommandKey.new(), redirect_id=redirect.pk, channel=channel
    )


def object_to(world: World, redirect: Redirect, reason: str = "road", **more: Any) -> None:
    redirects.object_to_redirect(
        actor=more.pop("actor", world.carl), key=CommandKey.new(), redirect_id=redirect.pk, reason=reason, **more
    )


# ------------------------------------------------------------------ on which vehicle


def test_nobody_is_assumed_to_be_on_a_vehicle(world: World):
    world.vehicle("a1")
    assert aboard(world) is None


def test_the_crew_says_which_and_that_is_on_record(world: World):
    world.vehicle("a1")
    board(world, "a1")
    assert aboard(world) == "a1"
    event = Event.objects.latest("seq")
    assert (event.kind, event.actor["name"], event.fact["call_sign"]) == ("crew.boarded", "Carl", "a1")


def test_two_may_be_on_one_vehicle_and_nobody_on_two(world: World):
    world.vehicle("a1")
    world.vehicle("a2")
    board(world, "a1")
    board(world, "a1", "cleo")
    board(world, "a2")
    assert (aboard(world), aboard(world, "cleo")) == ("a2", "a1")


def test_the_end_of_a_shift_is_said_once(world: World):
    world.vehicle("a1")
    board(world, "a1")
    for _ in range(2):
        crews.leave_vehicle(actor=world.carl, key=CommandKey.new(), region_id=REGION)
    assert aboard(world) is None
    assert list(Event.objects.order_by("seq").values_list("kind", flat=True))[-1] == "crew.left"
    assert Event.objects.filter(kind="crew.left").count() == 1


def test_who_forgot_to_say_so_is_on_no_vehicle_the_next_day(world: World):
    world.vehicle("a1")
    board(world, "a1")
    CrewDuty.objects.update(since=timezone.now() - SHIFT + timedelta(minutes=1))
    assert aboard(world) == "a1"
    CrewDuty.objects.update(since=timezone.now() - SHIFT)
    assert aboard(world) is None


def test_a_vehicle_out_of_service_has_no_crew(world: World):
    world.vehicle("a1")
    board(world, "a1")
    Vehicle.objects.update(active=False)
    assert aboard(world) is None
    with pytest.raises(Invalid, match="out of service"):
        board(world, "a1")


@pytest.mark.parametrize("who", ["dina", "clara", "ines", "ada", "sam", "cad"])
def test_only_a_crew_boards(world: World, who: str):
    world.vehicle("a1")
    with pytest.raises(Denied):
        board(world, "a1", who)


def test_the_servers_own_command_line_is_on_no_vehicle(world: World):
    vehicle = world.vehicle("a1")
    with pytest.raises(Denied):
        crews.board_vehicle(actor=SYSTEM, key=CommandKey.new(), vehicle_id=vehicle.pk)


def test_the_database_too_lets_nobody_be_on_two(world: World):
    said = {"user": world.users["carl"], "region": world.region, "since": timezone.now()}
    CrewDuty.objects.create(vehicle=world.vehicle("a1"), **said)
    other = world.vehicle("a2")
    with pytest.raises(IntegrityError, match="crew_duty_one_vehicle_per_person"), transaction.atomic():
        CrewDuty.objects.create(vehicle=other, **said)


# ------------------------------------------------------------------ the answer to an order


def test_a_crew_answers_for_its_own_vehicle(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    board(world, "a1")
    answer(world, redirect)
    redirect.refresh_from_db()
    assert (redirect.state, redirect.channel, redirect.acknowledged_by) == ("acknowledged", "crew_page", "a1")
    assert Event.objects.latest("seq").actor["role"] == "crew"


def test_a_crew_on_another_vehicle_is_refused(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    world.vehicle("a2")
    board(world, "a2")
    with pytest.raises(Denied, match="the vehicle's crew"):
        answer(world, redirect)
    with pytest.raises(Denied):
        object_to(world, redirect)


def test_a_crew_on_no_vehicle_is_refused(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    with pytest.raises(Denied):
        answer(world, redirect)


def test_who_is_no_crew_any_more_is_refused_though_still_on_the_vehicle(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    board(world, "a1")
    world.users["carl"].memberships.all().delete()
    with pytest.raises(Denied):
        answer(world, redirect)


@pytest.mark.parametrize(("who", "channel"), [("carl", "radio"), ("dina", "crew_page"), ("cad", "crew_page")])
def test_what_a_crew_says_itself_is_told_apart_from_what_others_report(world: World, who: str, channel: str):
    redirect = world.order(world.transport("a1"), "saint-luc")
    board(world, "a1")
    with pytest.raises(Invalid, match="crew_page"):
        answer(world, redirect, who, channel)


def test_saying_that_one_cannot_is_news_and_no_veto(world: World):
    transport = world.transport("a1")
    redirect = world.order(transport, "saint-luc")
    board(world, "a1")
    object_to(world, redirect)
    redirect.refresh_from_db()
    transport.refresh_from_db()
    assert (redirect.state, redirect.objection) == ("ordered", "road")
    assert transport.ordered_destination_id == "saint-luc"
    event = Event.objects.latest("seq")
    assert (event.kind, event.fact["objection"], event.fact["call_sign"]) == ("redirect.objected", "road", "a1")
    assert {change["kind"]: change["scope"] for change in event.changes} == {"redirect": []}


def test_a_crew_that_could_not_may_follow_all_the_same(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    board(world, "a1")
    object_to(world, redirect)
    answer(world, redirect)
    redirect.refresh_from_db()
    assert (redirect.state, redirect.objection) == ("acknowledged", "road")


def test_another_reason_is_said_in_words(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    board(world, "a1")
    with pytest.raises(Invalid, match="Say what"):
        object_to(world, redirect, "other", comment="  ")
    object_to(world, redirect, "other", comment=" the bridge is up ")
    redirect.refresh_from_db()
    assert redirect.objection_comment == "the bridge is up"


def test_a_reason_nobody_knows_is_refused(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    board(world, "a1")
    with pytest.raises(Invalid, match="arriving, patient, road, other"):
        object_to(world, redirect, "lazy")


def test_an_order_that_is_over_is_not_objected_to(world: World):
    redirect = world.order(world.transport("a1"), "saint-luc")
    board(world, "a1")
    answer(world, redirect)
    with pytest.raises(Conflict, match="acknowledged"):
        object_to(world, redirect)


@pytest.mark.parametrize("who", ["dina", "cad", "clara"])
def test_only_the_crew_itself_says_that_it_cannot(world: World, who: str):
    redirect = world.order(world.transport("a1"), "saint-luc")
    with pytest.raises(Denied):
        object_to(world, redirect, actor=getattr(world, who))
