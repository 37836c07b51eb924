"""Two people at the same moment: one outcome, both told the truth, whichever of them the database let go first.

Each pair is run several times, since either may win; what must hold holds in both orders.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from diversion import clock
from diversion.commands import diversions, notices, presence, redirects, transports, vehicles
from diversion.commands.saying import Declaration
from diversion.errors import Conflict, DomainError, Invalid
from diversion.log import CommandKey, Recorded
from diversion.models import Diversion, Event, Notice, Redirect, SitePresence, Transport, Vehicle
from tests.threads import both
from tests.world import REGION, World

ROUNDS = 3


def outcome(work: Callable[[], Recorded]) -> Callable[[], Any]:
    """The recorded answer or the refusal; anything else, such as a deadlock, is an error of the test."""

    def run() -> Any:
        try:
            return work()
        except DomainError as refused:
            return refused

    return run


def order(world: World, transport: Transport, to: str, who: str = "dina", version: int | None = None) -> Any:
    return outcome(
        lambda: redirects.order_redirect(
            actor=getattr(world, who),
            key=CommandKey.new(),
            transport_id=transport.pk,
            to_site_id=to,
            version=version,
        )
    )


def recorded(answers: list[Any]) -> list[Recorded]:
    return [one for one in answers if isinstance(one, Recorded)]


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_of_two_dispatchers_who_saw_the_same_picture_one_is_told_that_it_changed(
    real_world: World, followed: Callable[[], None], attempt: int
):
    transport = real_world.transport("a1")
    seen = transport.version
    answers = both(
        order(real_world, transport, "saint-luc", "dina", seen),
        order(real_world, transport, "saint-jean", "dirk", seen),
    )
    refusals = [one for one in answers if isinstance(one, Conflict)]
    assert (len(recorded(answers)), len(refusals)) == (1, 1)
    assert refusals[0].code == "stale_version"
    winner = Redirect.objects.get(transport=transport)
    assert refusals[0].row.ordered_destination_id == winner.to_site_id
    followed()


def test_of_two_dispatchers_who_do_not_say_what_they_saw_the_later_order_stands(
    real_world: World, followed: Callable[[], None]
):
    transport = real_world.transport("a1")
    answers = both(order(real_world, transport, "saint-luc"), order(real_world, transport, "saint-jean", "dirk"))
    assert len(recorded(answers)) == 2
    assert sorted(Redirect.objects.values_list("state", flat=True)) == ["ordered", "superseded"]
    followed()


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_a_site_that_closes_while_somebody_is_sent_there_affects_him_or_asks_for_a_reason(
    real_world: World, followed: Callable[[], None], attempt: int
):
    transport = real_world.transport("a1")
    said = Declaration(cause="fire", gates={"ambulances": "closed"})
    _, ordered = both(
        outcome(
            lambda: diversions.declare_diversion(
                actor=real_world.lucas, key=CommandKey.new(), site_id="saint-luc", declaration=said
            )
        ),
        order(real_world, transport, "saint-luc"),
    )
    transport.refresh_from_db()
    if isinstance(ordered, Recorded):
        assert transport.affected_since is not None
    else:
        assert isinstance(ordered, Invalid)
        assert (ordered.code, transport.ordered_destination_id) == ("reason_required", None)
    followed()


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_taking_an_order_back_and_the_crews_answer_do_not_both_happen(
    real_world: World, followed: Callable[[], None], attempt: int
):
    transport = real_world.transport("a1")
    redirect = real_world.order(transport, "saint-luc")
    answers = both(
        outcome(
            lambda: redirects.cancel_redirect(actor=real_world.dina, key=CommandKey.new(), redirect_id=redirect.pk)
        ),
        outcome(lambda: real_world.crew_answers(redirect)),
    )
    redirect.refresh_from_db()
    transport.refresh_from_db()
    assert len(recorded(answers)) == 1
    assert (redirect.state, transport.destination_id) in {("cancelled", "saint-pierre"), ("acknowledged", "saint-luc")}
    assert next(one for one in answers if isinstance(one, Conflict)).row.state == redirect.state
    followed()


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_a_notice_is_not_acknowledged_after_it_was_withdrawn(
    real_world: World, followed: Callable[[], None], attempt: int
):
    transport = real_world.transport("a1", "saint-jean")
    redirect, notice = real_world.order(transport, "saint-luc"), real_world.notice(transport)
    acknowledged, _ = both(
        outcome(lambda: notices.acknowledge_notice(actor=real_world.ruth, key=CommandKey.new(), notice_id=notice.pk)),
        outcome(lambda: real_world.crew_answers(redirect)),
    )
    notice.refresh_from_db()
    assert notice.state == "withdrawn"
    assert (notice.acknowledged_at is not None) == isinstance(acknowledged, Recorded)
    followed()


def test_two_clocks_escalate_once(real_world: World, time_machine: Any, followed: Callable[[], None]):
    for number in range(4):
        real_world.transport(f"a{number}")
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    both(clock.tick, clock.tick)
    assert Event.objects.filter(kind="notice.escalated").count() == 4
    followed()


def test_two_clocks_tell_a_silence_once(real_world: World, time_machine: Any):
    presence.beat(actor=real_world.ruth, site_id="saint-jean", screen="s", visible=True, sound_armed=True)
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    both(clock.tick, clock.tick)
    assert Event.objects.filter(kind="presence.changed", fact__state="silent").count() == 1
    assert SitePresence.objects.get(pk="saint-jean").state == "silent"


def test_two_screens_that_start_together_are_both_counted(real_world: World):
    def beat(screen: str) -> Callable[[], Any]:
        return lambda: presence.beat(
            actor=real_world.ruth, site_id="saint-jean", screen=screen, visible=True, sound_armed=True
        )

    both(beat("desk"), beat("door"), beat("triage"))
    presence.beat(actor=real_world.ruth, site_id="saint-jean", screen="desk", visible=True, sound_armed=True)
    assert SitePresence.objects.get(pk="saint-jean").screens == 3


def test_two_declarations_at_one_site_are_both_in_its_picture(real_world: World, followed: Callable[[], None]):
    both(
        lambda: real_world.declare(cause="power", gates={"ambulances": "life_threatening"}),
        lambda: real_world.declare(cause="fire", gates={"walk_ins": "closed"}, actor=real_world.dina),
    )
    site = next(one for one in Event.objects.latest("seq").changes if one["kind"] == "site")["state"]
    assert (site["gates"]["ambulances"]["value"], site["gates"]["walk_ins"]["value"]) == ("life_threatening", "closed")
    followed()


def test_lifting_twice_at_once_lifts_once(real_world: World, followed: Callable[[], None]):
    diversion = real_world.declare()

    def lift(who: str) -> Callable[[], Any]:
        return outcome(
            lambda: diversions.lift_diversion(
                actor=getattr(real_world, who), key=CommandKey.new(), diversion_id=diversion.pk
            )
        )

    answers = both(lift("clara"), lift("dina"))
    assert len(recorded(answers)) == 1
    assert Event.objects.filter(kind="diversion.lifted").count() == 1
    followed()


def test_one_vehicle_is_not_given_two_patients(real_world: World, followed: Callable[[], None]):
    vehicle = real_world.vehicle("a1")

    def open_(to: str) -> Callable[[], Any]:
        return outcome(
            lambda: transports.open_transport(
                actor=real_world.dina,
                key=CommandKey.new(),
                region_id=REGION,
                vehicle_id=vehicle.pk,
                destination_id=to,
                patient=transports.Patient(urgency="urgent"),
            )
        )

    answers = both(open_("saint-luc"), open_("saint-jean"))
    assert len(recorded(answers)) == 1
    assert Transport.objects.count() == 1
    followed()


def test_one_reference_opened_twice_at_once_is_one_transport(real_world: World, followed: Callable[[], None]):
    cars = [real_world.vehicle("a1"), real_world.vehicle("a2")]

    def open_(car: Vehicle) -> Callable[[], Any]:
        return outcome(
            lambda: transports.open_transport(
                actor=real_world.cad,
                key=CommandKey.new(),
                region_id=REGION,
                vehicle_id=car.pk,
                destination_id="saint-luc",
                patient=transports.Patient(urgency="urgent"),
                journey=transports.Journey(ref="T-1"),
            )
        )

    answers = both(*(open_(car) for car in cars))
    assert len(recorded(answers)) == 1
    assert isinstance(next(one for one in answers if not isinstance(one, Recorded)), Conflict)
    followed()


def test_a_vehicle_made_known_twice_at_once_is_one_vehicle(real_world: World, followed: Callable[[], None]):
    def put() -> Recorded:
        said = {"call_sign": "Bravo 1", "kind": "ambulance"}
        return vehicles.put_vehicle(actor=real_world.cad, key=CommandKey.new(), region_id=REGION, ref="b1", said=said)

    answers = both(outcome(put), outcome(put), outcome(put))
    assert recorded(answers)
    assert Vehicle.objects.filter(ref="b1").count() == 1
    followed()


def test_arriving_while_being_redirected_is_one_or_the_other(real_world: World, followed: Callable[[], None]):
    transport = real_world.transport("a1")
    both(
        order(real_world, transport, "saint-luc"),
        outcome(
            lambda: transports.finish_transport(
                actor=real_world.cad, key=CommandKey.new(), transport_id=transport.pk, outcome="arrived"
            )
        ),
    )
    assert Transport.objects.get(pk=transport.pk).state == "arrived"
    assert not Redirect.objects.filter(state="ordered").exists()
    followed()


def test_a_slip_taken_back_while_its_effect_is_acted_on_leaves_a_sound_picture(
    real_world: World, followed: Callable[[], None]
):
    transport = real_world.transport("a1")
    diversion = real_world.declare()
    both(
        outcome(
            lambda: diversions.withdraw_diversion(
                actor=real_world.clara, key=CommandKey.new(), diversion_id=diversion.pk, reason="slip"
            )
        ),
        order(real_world, transport, "saint-luc"),
    )
    assert Diversion.objects.get().state == "withdrawn"
    assert Transport.objects.get().affected_since is None
    assert Notice.objects.get().site_id == "saint-pierre"
    followed()
