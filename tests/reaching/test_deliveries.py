"""A delivery is written with its event, tried until it arrives or is given up, and dropped when it is no longer so."""

from __future__ import annotations

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from diversion import clock, tasks
from diversion.actors import WORKER
from diversion.commands import diversions, notices, reaching
from diversion.errors import Denied, NotFound
from diversion.kinds import EventKind
from diversion.log import CommandKey, change
from diversion.models import Channel, Delivery, Event
from tests.reaching.channels import Make, add, deliveries, pass_time, try_all
from tests.reaching.sinks import Gateway, Mailbox
from tests.world import REGION, World


def fail(channel: Channel, times: int) -> Channel:
    for _ in range(times):
        try_all()
    channel.refresh_from_db()
    return channel


# ------------------------------------------------------------------ written with its event


def test_a_declaration_is_told_at_once_in_both_languages(world: World, tested, gateway: Gateway):
    tested()
    world.declare()
    try_all()
    assert len(gateway.got) == 1
    told = gateway.got[0]
    assert told["title"] == "saint-pierre\u00a0: déclaration / saint-pierre: melding"
    assert "ambulances déviées" in told["message"]
    assert "ziekenwagens omgeleid" in told["message"]


def test_a_message_names_no_vehicle_and_says_where_to_look(world: World, tested, gateway: Gateway, later, settings):
    settings.PUBLIC_URL = "https://diversion.example"
    tested()
    world.transport("a1", "saint-jean", urgency="vital", age_band="infant")
    later(121)
    clock.tell_supervisor()
    try_all()
    text = str(gateway.got)
    assert "https://diversion.example" in text
    assert "a1" not in text
    assert not any(word in text for word in ("vital", "infant", "ambulance"))


def test_delivery_and_job_stand_or_fall_with_their_event(real_world: World, gateway: Gateway):
    channel = add(real_world, gateway.address)
    before = (Delivery.objects.count(), ProcrastinateJob.objects.count())
    with pytest.raises(RuntimeError):
        _tell_and_break(real_world, channel)
    assert (Delivery.objects.count(), ProcrastinateJob.objects.count()) == before
    real_world.declare()
    delivery = Delivery.objects.get(hears="declaration")
    assert delivery.event.kind == "diversion.declared"
    assert ProcrastinateJob.objects.filter(queueing_lock=str(delivery.pk), status="todo").count() == 1


def _tell_and_break(world: World, channel: Channel) -> None:
    with change(REGION, actor=world.ada, key=CommandKey.new()) as log:
        log.add(EventKind.MEMBER_CHANGED)
        said = {"hears": "declaration", "title": "SIMULATION", "body": "SIMULATION", "said": {}}
        assert reaching.tell(log, subject=channel, **said) == 1
        raise RuntimeError


def test_a_channel_is_told_what_it_hears_and_of_its_own_site(world: World, channel: Make):
    channel("All", hears=["declaration"])
    channel("Deaf", hears=["question"])
    channel("Own", hears=["declaration"], site="saint-pierre")
    channel("Other", hears=["declaration"], site="saint-luc")
    world.declare()
    assert {one.channel.name for one in deliveries("declaration")} == {"All", "Own"}


@pytest.mark.parametrize("mark", ["SIMULATION – ", "SIMULATIE – "])
def test_where_nothing_is_real_the_title_says_so_first(world: World, tested, gateway: Gateway, mark: str):
    world.region.simulated = True
    world.region.save()
    tested()
    world.declare()
    try_all()
    assert gateway.titles[0].startswith("SIMULATION")
    assert mark in gateway.titles[0]
    assert mark in gateway.got[0]["message"]


def test_mail_goes_by_smtp(world: World, mailbox: Mailbox):
    made = add(world, mailbox.address, "Mail")
    assert made.medium == "email"
    try_all()
    assert len(mailbox.mails) == 1
    assert "on.call@hospital.example" in mailbox.mails[0]


# ------------------------------------------------------------------ tried until it arrives


def test_what_fails_is_tried_again_later_and_later_and_then_given_up(world: World, tested, gateway: Gateway, later):
    tested()
    later(0)
    world.declare()
    gateway.status = 500
    waits = []
    for _ in reaching.BACKOFF:
        try_all()
        waits.append((deliveries("declaration")[0].next_at - timezone.now()).total_seconds())
        assert deliveries("declaration")[0].state == "failed"
    try_all()
    assert tuple(waits) == reaching.BACKOFF
    assert deliveries("declaration")[0].state == "gave_up"
    assert len(gateway.got) == len(reaching.BACKOFF) + 1
    try_all()
    assert len(gateway.got) == len(reaching.BACKOFF) + 1


def test_one_failure_is_a_blip_and_two_are_told(world: World, tested, gateway: Gateway):
    made = tested()
    world.declare()
    gateway.status = 503
    assert fail(made, 1).failing_since is None
    assert fail(made, 1).failing_since is not None
    assert made.last_error == "refused 503"
    event = Event.objects.latest("seq")
    assert (event.kind, event.actor["name"]) == ("channel.failing", "worker")
    assert fail(made, 3).failing_since is not None
    assert Event.objects.filter(kind="channel.failing").count() == 1


def test_a_gateway_that_is_not_there_is_unreachable(world: World, tested, gateway: Gateway):
    made = tested()
    gateway.stop()
    world.declare()
    assert fail(made, 2).last_error == "unreachable"


def test_the_others_are_told_that_a_channel_fails_but_not_itself(world: World, channel: Make, mailbox: Mailbox):
    broken = channel("Broken", hears=["channel_failing"])
    add(world, mailbox.address, "Mail", hears=["channel_failing"])
    Channel.objects.filter(pk=broken.pk).update(sealed="damaged")
    try_all()
    try_all()
    told = deliveries("channel_failing")
    assert [one.channel.name for one in told] == ["Mail"]
    try_all()
    assert "Broken" in mailbox.mails[-1] or "QnJva2Vu" in mailbox.mails[-1]


def test_a_later_success_clears_the_failure(world: World, tested, gateway: Gateway):
    made = tested()
    world.declare()
    gateway.status = 500
    fail(made, 2)
    gateway.status = 200
    try_all()
    made.refresh_from_db()
    assert (made.failing_since, made.last_error) == (None, None)
    assert Event.objects.latest("seq").kind == "channel.recovered"
    assert deliveries("declaration")[0].state == "sent"


def test_that_it_fails_is_not_told_any_more_once_it_works(
    world: World, channel: Make, mailbox: Mailbox, gateway: Gateway
):
    broken = channel("Broken")
    add(world, mailbox.address, "Mail", hears=["channel_failing"])
    gateway.status = 500
    waiting = {one.pk for one in deliveries() if one.channel_id == broken.pk}
    for _ in range(2):
        pass_time()
        [tasks.deliver(str(pk)) for pk in waiting]
    gateway.status = 200
    pass_time()
    [tasks.deliver(str(pk)) for pk in waiting]
    try_all()
    assert [one.state for one in deliveries("channel_failing")] == ["not_needed"]


def test_somebody_else_at_it_means_nothing_to_do(world: World, tested, gateway: Gateway):
    tested()
    world.declare()
    pending = deliveries("declaration")[0]
    assert reaching.claim(pending.pk) is not None
    assert reaching.claim(pending.pk) is None
    tasks.deliver(str(pending.pk))
    assert gateway.got == []


def test_a_late_success_counts_and_a_late_failure_does_not(world: World, tested):
    tested()
    world.declare()
    pending = deliveries("declaration")[0]

    def report(attempt: int, error: str | None) -> None:
        reaching.record_outcome(
            actor=WORKER, key=CommandKey.new(), delivery_id=pending.pk, attempt=attempt, error=error
        )
        pending.refresh_from_db()

    for _ in range(2):
        pass_time()
        assert reaching.claim(pending.pk) is not None
    report(1, "failed")
    assert pending.state == "queued"
    report(1, None)
    assert pending.state == "sent"
    report(2, "failed")
    assert pending.state == "sent"


def test_only_a_worker_reports_what_became_of_a_try(world: World, tested):
    tested()
    world.declare()
    pending = deliveries("declaration")[0]
    for who in ("dina", "ada", "cad"):
        with pytest.raises(Denied):
            reaching.record_outcome(
                actor=getattr(world, who), key=CommandKey.new(), delivery_id=pending.pk, attempt=1, error=None
            )
    with pytest.raises(NotFound):
        reaching.record_outcome(
            actor=WORKER, key=CommandKey.new(), delivery_id=world.region.stream.head_event, attempt=1, error=None
        )


def test_what_nobody_took_is_rung_for_again_and_only_once(world: World, tested):
    tested()
    world.declare()
    assert reaching.ring_again() == 0
    _forget_jobs()  # as a killed worker does with the job it had taken
    pass_time()
    assert reaching.ring_again() == 1
    assert reaching.ring_again() == 0


def _forget_jobs() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


# ------------------------------------------------------------------ dropped when it is no longer so


def test_a_declaration_that_has_ended_is_not_told_late(world: World, tested, gateway: Gateway):
    tested()
    diversion = world.declare()
    diversions.withdraw_diversion(
        actor=world.clara, key=CommandKey.new(), diversion_id=diversion.pk, reason="wrong campus"
    )
    try_all()
    assert gateway.got == []
    assert deliveries("declaration")[0].state == "not_needed"


def test_a_declaration_seen_meanwhile_is_not_told_as_unseen(world: World, tested, later, gateway: Gateway):
    tested(hears=["unseen_declaration"])
    diversion = world.declare()
    later(61)
    assert clock.tell_unseen() == 1
    diversions.see_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    try_all()
    assert gateway.got == []


def test_an_acknowledged_notice_stops_its_messages(world: World, tested, later, gateway: Gateway):
    tested(hears=["unanswered_notice"])
    notice = world.notice(world.transport("a1", "saint-jean"))
    later(121)
    assert clock.tell_supervisor() == 1
    notices.acknowledge_notice(actor=world.ruth, key=CommandKey.new(), notice_id=notice.pk)
    try_all()
    assert gateway.got == []
    assert deliveries("unanswered_notice")[0].state == "not_needed"
