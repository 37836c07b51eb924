"""A notice is sent, seen, acknowledged by a person; unanswered it escalates once; a concern is no veto."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from diversion import clock
from diversion.actors import CLOCK
from diversion.commands import notices, transports
from diversion.errors import Conflict, Denied, Invalid, NotFound
from diversion.log import CommandKey
from diversion.models import Event, Notice
from tests.world import World


@pytest.fixture
def notice(world: World) -> Notice:
    """A patient announced to Saint-Jean, where Ruth receives."""
    return world.notice(world.transport("a1", "saint-jean"))


def act(world: World, what: str, notice: Notice, who: str = "ruth", **more):
    command = {
        "see": notices.see_notice,
        "acknowledge": notices.acknowledge_notice,
        "concern": notices.raise_concern,
    }[what]
    if what == "concern":
        more.setdefault("reason", "no bed before 16:00")
    recorded = command(actor=getattr(world, who), key=CommandKey.new(), notice_id=notice.pk, **more)
    notice.refresh_from_db()
    return recorded


def test_seen_is_not_acknowledged(world: World, notice: Notice):
    act(world, "see", notice)
    assert (notice.state, notice.acknowledged_at) == ("seen", None)


def test_seeing_it_on_a_second_screen_is_no_news(world: World, notice: Notice):
    act(world, "see", notice)
    assert act(world, "see", notice).events == ()


def test_seeing_it_after_it_was_acknowledged_changes_nothing(world: World, notice: Notice):
    act(world, "acknowledge", notice)
    assert act(world, "see", notice).events == ()
    assert notice.state == "acknowledged"


def test_whoever_acknowledges_is_on_record(world: World, notice: Notice):
    act(world, "acknowledge", notice)
    assert (notice.state, notice.acknowledged_by) == ("acknowledged", "Ruth")


def test_acknowledging_twice_is_no_news(world: World, notice: Notice):
    act(world, "acknowledge", notice)
    assert act(world, "acknowledge", notice).events == ()


def test_a_dispatcher_may_acknowledge_what_was_heard_by_phone(world: World, notice: Notice):
    act(world, "acknowledge", notice, "dina")
    assert notice.acknowledged_by == "Dina"


def test_a_concern_carries_its_reason_and_does_not_stop_the_patient(world: World, notice: Notice):
    event = act(world, "concern", notice).events[0]
    assert (notice.state, notice.concern) == ("concern", "no bed before 16:00")
    assert event.fact["reason"] == "no bed before 16:00"
    assert notice.transport.destination_id == "saint-jean"


def test_a_concern_needs_a_reason(world: World, notice: Notice):
    with pytest.raises(Invalid) as refused:
        act(world, "concern", notice, reason="  ")
    assert refused.value.code == "reason_required"


def test_a_patient_one_worried_about_is_acknowledged_all_the_same(world: World, notice: Notice):
    act(world, "concern", notice)
    act(world, "acknowledge", notice)
    assert (notice.state, notice.concern) == ("acknowledged", "no bed before 16:00")


def test_a_worry_that_comes_later_is_settled_by_acknowledging_again(world: World, notice: Notice):
    act(world, "acknowledge", notice)
    act(world, "concern", notice)
    assert act(world, "acknowledge", notice).events
    assert notice.state == "acknowledged"


def test_the_same_concern_is_not_raised_twice(world: World, notice: Notice):
    act(world, "concern", notice)
    with pytest.raises(Conflict) as refused:
        act(world, "concern", notice)
    assert (refused.value.code, refused.value.row) == ("wrong_state", notice)


@pytest.mark.parametrize("outcome", ["arrived", "cancelled"])
def test_a_late_acknowledgement_never_reopens(world: World, notice: Notice, outcome: str):
    transports.finish_transport(
        actor=world.cad, key=CommandKey.new(), transport_id=notice.transport_id, outcome=outcome
    )
    with pytest.raises(Conflict) as refused:
        act(world, "acknowledge", notice)
    notice.refresh_from_db()
    assert refused.value.data["now"] == notice.state
    assert notice.acknowledged_at is None


def test_acknowledging_a_withdrawn_notice_is_refused(world: World, notice: Notice):
    world.crew_answers(world.order(notice.transport, "saint-luc"))
    with pytest.raises(Conflict) as refused:
        act(world, "acknowledge", notice)
    assert refused.value.row.redirected_to_id == "saint-luc"


@pytest.mark.parametrize("what", ["see", "acknowledge", "concern"])
@pytest.mark.parametrize("who", ["clara", "lucas", "ines", "ada", "sam", "cad"])
def test_only_its_own_department_and_dispatch_answer_a_notice(world: World, notice: Notice, who: str, what: str):
    with pytest.raises(Denied):
        act(world, what, notice, who)
    notice.refresh_from_db()
    assert notice.state == "sent"


def test_a_notice_that_does_not_exist_is_not_found(world: World):
    with pytest.raises(NotFound):
        notices.see_notice(actor=world.ruth, key=CommandKey.new(), notice_id=Notice().pk)


# ------------------------------------------------------------------ sending


def test_a_planned_transport_is_announced_when_dispatch_says_so(world: World):
    transport = world.transport("a1", state="planned")
    recorded = notices.send_notice(actor=world.dina, key=CommandKey.new(), transport_id=transport.pk)
    assert [event.kind for event in recorded.events] == ["notice.sent"]
    assert world.notice(transport).site_id == "saint-pierre"


def test_a_transport_is_not_announced_twice(world: World, notice: Notice):
    with pytest.raises(Conflict) as refused:
        notices.send_notice(actor=world.dina, key=CommandKey.new(), transport_id=notice.transport_id)
    assert refused.value.code == "already_announced"


def test_an_ended_transport_is_not_announced(world: World):
    transport = world.transport("a1", state="planned")
    transports.finish_transport(actor=world.cad, key=CommandKey.new(), transport_id=transport.pk, outcome="cancelled")
    with pytest.raises(Conflict) as refused:
        notices.send_notice(actor=world.dina, key=CommandKey.new(), transport_id=transport.pk)
    assert refused.value.code == "wrong_state"


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "sam"])
def test_only_dispatch_and_its_system_announce(world: World, who: str):
    transport = world.transport("a1", state="planned")
    with pytest.raises(Denied):
        notices.send_notice(actor=getattr(world, who), key=CommandKey.new(), transport_id=transport.pk)


# ------------------------------------------------------------------ escalating


@pytest.fixture
def later(time_machine):
    """Moves time on from the moment of the test; the same instant until moved again."""
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    return lambda seconds: time_machine.move_to(now + timedelta(seconds=seconds), tick=False)


def test_a_minute_without_an_answer_escalates(later, world: World, notice: Notice):
    later(59)
    assert clock.escalate_unanswered() == 0
    later(60)
    assert clock.escalate_unanswered() == 1
    notice.refresh_from_db()
    assert notice.escalated_at is not None


def test_it_escalates_once(later, world: World, notice: Notice):
    later(61)
    clock.tick()
    clock.tick()
    assert Event.objects.filter(kind="notice.escalated").count() == 1


def test_the_clock_is_named_as_who_escalated(later, world: World, notice: Notice):
    later(61)
    clock.tick()
    assert Event.objects.latest("seq").actor["kind"] == "clock"


def test_seen_but_not_acknowledged_still_escalates(later, world: World, notice: Notice):
    act(world, "see", notice)
    later(61)
    assert clock.escalate_unanswered() == 1


@pytest.mark.parametrize("what", ["acknowledge", "concern"])
def test_an_answer_stops_the_clock(later, world: World, notice: Notice, what: str):
    act(world, what, notice)
    later(600)
    assert clock.escalate_unanswered() == 0


def test_the_region_decides_how_long_is_too_long(later, world: World, notice: Notice):
    world.region.policy = {"escalate_after_s": 20}
    world.region.save()
    later(21)
    assert clock.escalate_unanswered() == 1


def test_an_escalated_notice_is_acknowledged_like_any_other(later, world: World, notice: Notice):
    later(61)
    clock.tick()
    act(world, "acknowledge", notice)
    assert notice.state == "acknowledged"
    assert notice.escalated_at is not None


def test_a_clock_that_was_dead_does_on_its_return_what_was_due_once(later, world: World, notice: Notice):
    second = world.notice(world.transport("a2", "saint-jean"))
    later(3600)
    assert clock.escalate_unanswered() == 2
    second.refresh_from_db()
    assert second.escalated_at == timezone.now()


def test_one_thing_that_is_refused_holds_up_no_other_and_is_not_passed_over(world: World, notice: Notice):
    def escalate(pk: uuid.UUID) -> None:
        notices.escalate_notice(actor=CLOCK, key=CommandKey.new(), notice_id=pk)

    with pytest.raises(ExceptionGroup) as told:
        clock.each([uuid.uuid4(), notice.pk], escalate)
    assert told.group_contains(NotFound)
    notice.refresh_from_db()
    assert notice.escalated_at is not None


@pytest.mark.parametrize("who", ["dina", "sofie", "clara", "ruth", "ines", "ada", "sam", "cad"])
def test_only_the_clock_escalates(world: World, notice: Notice, who: str):
    with pytest.raises(Denied):
        notices.escalate_notice(actor=getattr(world, who), key=CommandKey.new(), notice_id=notice.pk)


def test_escalating_what_was_answered_meanwhile_changes_nothing(world: World, notice: Notice):
    act(world, "acknowledge", notice)
    assert notices.escalate_notice(actor=CLOCK, key=CommandKey.new(), notice_id=notice.pk).events == ()
