"""Deliveries: written in the transaction of the event they tell, tried until they arrive or are given up, never lost.

The row is the order to deliver; a job in the queue only rings for it. A worker takes a delivery for as long as a try
may last (LEASE) and says what became of it; if it never does, the clock rings again. So a delivery may be repeated
after a worker was killed, but it is never forgotten. Deliveries are no part of the picture and do not travel; what
they tell about a channel's health does. Locks: the channel, then the delivery, after all other rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from diversion import access, moment
from diversion.actors import Actor
from diversion.commands.hearing import hearing
from diversion.commands.holders import may_still
from diversion.commands.rows import take
from diversion.errors import NotFound
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Channel, ClockBeat, Delivery, Diversion, MassCasualty, Notice, Question
from diversion.models.channels import DELIVERY_WAITING, TEST
from diversion.reaching import words
from diversion.reaching.sending import Message
from diversion.states import DIVERSION_RUNNING, NOTICE_UNANSWERED
from diversion.wire.entities import entity_of
from hospitals.models import Region, Versioned

#: Seconds until each further try; after the last one it is given up. A blip is over in seconds, a restarted gateway
#: in minutes; what is older than eight minutes would tell of a picture that has passed.
BACKOFF: Final = (5, 15, 45, 120, 300)
#: From this many failed tries on the channel counts as failing: one may be a blip, and waiting longer costs lives.
TELL_AFTER: Final = 2
#: How long one try may last before somebody else makes it: longer than connecting and answering (10 s each) take.
LEASE: Final = timedelta(seconds=45)
#: The queue's clock and ours may differ by this much; a job that comes this early is not sent away.
SKEW: Final = timedelta(seconds=1)
#: What is due for this long and has no job in the queue is rung for again.
GRACE: Final = timedelta(seconds=5)
#: At most so many in one turn of the clock.
BATCH: Final = 200
QUEUE: Final = "reaching"
DELIVER: Final = "deliver"


def tell(
    log: Log, *, hears: str, subject: Versioned, title: str, body: str, said: Mapping[str, Any], but: UUID | None = None
) -> int:
    """Have every channel that carries a subject tell the event just added to the log; to how many.

    Title and body are keys of the catalogue with ``%(name)s`` for what is said. ``but`` is left out.
    """
    channels = [channel for channel in hearing(hears, log.region_id, _sites_of(subject)) if channel.pk != but]
    for channel in channels:
        order(log, channel, hears=hears, subject=subject, written=words.Words(title, body), said=said)
    return len(channels)


def _sites_of(subject: Versioned) -> list[str]:
    """Whose own channels are told: the site's that it is about, or those of every site that is asked."""
    if isinstance(subject, Question | MassCasualty):
        return list(subject.sites)
    site_id = getattr(subject, "site_id", None)
    return [site_id] if site_id else []


def order(
    log: Log, channel: Channel, *, hears: str, subject: Versioned, written: words.Words, said: Mapping[str, Any]
) -> Delivery:
    """One delivery, and the ring for it, in the transaction of the event that was added last."""
    region = Region.objects.get(pk=log.region_id)
    body = words.message(region, written.body, said)
    delivery = Delivery.objects.create(
        region=region,
        channel=channel,
        # The event's row is written later in this transaction; its foreign key is checked when that commits.
        event_id=log.events[-1].pk,
        hears=hears,
        subject_kind=entity_of(subject).kind,
        subject_id=str(subject.pk),
        title=words.message(region, written.title, said),
        # A device opens the page by itself.
        body=body if channel.device else words.with_link(body),
        created_at=log.now,
        next_at=log.now,
    )
    ring(delivery)
    return delivery


def ring(delivery: Delivery) -> None:
    """Put a job for it into the queue, part of the transaction that is open. One is enough: it is asked for once."""
    name = str(delivery.pk)
    try:
        # A savepoint: that a job is waiting already must not undo what else is being written.
        with transaction.atomic():
            jobs.configure_task(DELIVER, queue=QUEUE, queueing_lock=name, schedule_at=delivery.next_at).defer(
                delivery_id=name
            )
    except AlreadyEnqueued:
        return


def ring_again() -> int:
    """Ring for whatever is due and has no job: its worker was killed, or the ring was lost. How many."""
    due = list(Delivery.objects.due_before(moment.now() - GRACE)[:BATCH])
    names = [str(one.pk) for one in due]
    rung = ProcrastinateJob.objects.filter(status="todo", queueing_lock__in=names)
    waiting = set(rung.values_list("queueing_lock", flat=True)) if due else set()
    missing = [one for one in due if str(one.pk) not in waiting]
    for delivery in missing:
        ring(delivery)
    return len(missing)


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery somebody has taken on: the number of the try, and what to send where."""

    id: UUID
    attempt: int
    sealed: str
    message: Message
    region_id: str
    #: The command whose event it tells.
    command_id: UUID


def claim(delivery_id: UUID) -> Taken | None:
    """Take a delivery that is due; None if there is nothing to do, or somebody else is at it."""
    with transaction.atomic():
        now = moment.now()
        rows = Delivery.objects.select_for_update(no_key=True, of=("self",)).select_related("channel", "event")
        delivery = rows.filter(pk=delivery_id).first()
        if delivery is None or delivery.state not in DELIVERY_WAITING or delivery.next_at > now + SKEW:
            return None
        if not _still_needed(delivery):
            delivery.state = "not_needed"
            delivery.save(update_fields=["state"])
            return None
        delivery.attempts += 1
        delivery.next_at = now + LEASE
        delivery.save(update_fields=["attempts", "next_at"])
    return Taken(
        delivery.pk,
        delivery.attempts,
        delivery.channel.sealed,
        _message(delivery),
        delivery.region_id,
        delivery.event.command_id,
    )


def _message(delivery: Delivery) -> Message:
    site = delivery.channel.site_id
    return Message(
        title=delivery.title,
        body=delivery.body,
        tag=f"{delivery.hears}:{delivery.subject_id}",
        page=reverse("site", args=[site]) if site else reverse("console", args=[delivery.region_id]),
        test=delivery.hears == TEST,
    )


def record_outcome(*, actor: Actor, key: CommandKey, delivery_id: UUID, attempt: int, error: str | None) -> Recorded:
    """What became of a try, and what it says about the channel. None as error: the gateway took it."""
    found = Delivery.objects.filter(pk=delivery_id).values_list("channel_id", "region_id").first()
    if found is None:
        raise NotFound("delivery", delivery_id)
    with change(found[1], actor=actor, key=key) as log:
        channel = take(Channel.objects.all(), found[0], "channel")
        log.role = access.require(actor, "channel.report", channel)
        delivery = take(Delivery.objects.all(), delivery_id, "delivery")
        # A second try may have been begun meanwhile: what it sends is sent, and only its own failure counts.
        if delivery.state in DELIVERY_WAITING and (error is None or delivery.attempts == attempt):
            _settle(delivery, error, log.now)
            _judge(log, channel, delivery, error)
    return log.answer()


def _settle(delivery: Delivery, error: str | None, now: datetime) -> None:
    delivery.last_error = error
    if error is None:
        delivery.state, delivery.sent_at = "sent", now
    elif delivery.attempts > len(BACKOFF):
        delivery.state = "gave_up"
    else:
        delivery.state = "failed"
        delivery.next_at = now + timedelta(seconds=BACKOFF[delivery.attempts - 1])
    delivery.save(update_fields=["state", "sent_at", "next_at", "last_error"])
    if delivery.state == "failed":
        ring(delivery)


def _judge(log: Log, channel: Channel, delivery: Delivery, error: str | None) -> None:
    """A success clears, a second failure condemns; a test's result is told either way."""
    tested = delivery.hears == TEST and (error is None or delivery.attempts == TELL_AFTER)
    if tested:
        channel.last_test_at, channel.last_test_ok = log.now, error is None
    if error is None and channel.failing_since is not None:
        channel.failing_since = channel.last_error = None
        record(log, EventKind.CHANNEL_RECOVERED, channel)
    elif error is not None and delivery.attempts >= TELL_AFTER and channel.failing_since is None:
        mark_failing(log, channel, error)
    elif tested:
        channel.last_error = error
        record(log, EventKind.CHANNEL_TESTED, channel, ok=error is None)


def mark_failing(log: Log, channel: Channel, error: str) -> None:
    """Say that a channel fails, to dispatch by the feed and to whom other channels reach by those."""
    channel.failing_since, channel.last_error = log.now, error
    record(log, EventKind.CHANNEL_FAILING, channel, error=error)
    said = {"channel": channel.name, "since": log.now}
    title, body = words.FAILING.title, words.FAILING.body
    tell(log, hears="channel_failing", subject=channel, but=channel.pk, title=title, body=body, said=said)


def record(log: Log, kind: EventKind, channel: Channel, **more: Any) -> None:
    fact = {"channel": str(channel.pk), "name": channel.name, "site": channel.site_id, **more}
    log.add(kind, channel, fact=fact)


def note_worker() -> None:
    """A worker's sign of life, made by a job of its own: it proves the whole way through the queue."""
    ClockBeat.objects.update_or_create(name="worker", defaults={"at": moment.now()})


# ------------------------------------------------------------------ what is no longer worth telling


def _still_needed(delivery: Delivery) -> bool:
    """Whether what it tells is still so. What has been answered or has ended is not told late."""
    asked = NEEDED.get(delivery.hears)
    channel = delivery.channel
    return channel.active and may_still(channel) and (asked is None or asked(delivery))


def _is_running(delivery: Delivery) -> bool:
    return Diversion.objects.filter(pk=delivery.subject_id, state__in=DIVERSION_RUNNING).exists()


def _is_unseen(delivery: Delivery) -> bool:
    unseen = Diversion.objects.filter(pk=delivery.subject_id, state__in=DIVERSION_RUNNING, seen_at__isnull=True)
    return unseen.exists()


def _is_unconfirmed(delivery: Delivery) -> bool:
    late = Diversion.objects.filter(pk=delivery.subject_id, state__in=DIVERSION_RUNNING)
    return late.filter(unconfirmed_since__isnull=False).exists()


def _is_asked(delivery: Delivery) -> bool:
    """Until it is closed; for a site's own channel until that site has answered."""
    asked = Question.objects.open().filter(pk=delivery.subject_id).first()
    return asked is not None and delivery.channel.site_id not in asked.answers


def _is_capacity_asked(delivery: Delivery) -> bool:
    """Until it has ended; for a site's own channel until that site has made an offer."""
    asked = MassCasualty.objects.open().filter(pk=delivery.subject_id).first()
    return asked is not None and delivery.channel.site_id not in asked.offers


def _is_unanswered(delivery: Delivery) -> bool:
    return Notice.objects.filter(pk=delivery.subject_id, state__in=NOTICE_UNANSWERED).exists()


def _is_failing(delivery: Delivery) -> bool:
    return Channel.objects.active().filter(pk=delivery.subject_id, failing_since__isnull=False).exists()


#: Asked when a delivery comes up; a subject that is not here is always still told.
NEEDED: Final[Mapping[str, Callable[[Delivery], bool]]] = {
    "declaration": _is_running,
    "unseen_declaration": _is_unseen,
    "unanswered_notice": _is_unanswered,
    "unconfirmed": _is_unconfirmed,
    "question": _is_asked,
    "mass_casualty": _is_capacity_asked,
    "channel_failing": _is_failing,
}
