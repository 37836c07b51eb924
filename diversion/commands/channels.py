"""Channels: how people are reached who look at no screen. Their addresses are sealed on the way in and never told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from diversion import access, moment
from diversion.actors import Actor
from diversion.commands.holders import ending
from diversion.commands.reaching import mark_failing, order, record, ring
from diversion.commands.rows import fresh, region, region_of, take
from diversion.errors import Conflict, Invalid, NotFound
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Channel, ClockBeat, Delivery
from diversion.models.channels import SUBJECTS, TEST
from diversion.reaching import addresses, sealing, words
from hospitals.models import Region, Site
from hospitals.policies import policy_of

#: A worker beats every 10 s through its queue; one that has been silent for this long delivers nothing.
WORKER_SILENT: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannel:
    """What is said of a new channel. ``address`` is a URL of the notification library, with its credentials."""

    name: str
    address: str
    hears: Sequence[str]
    site_id: str | None = None

    def __repr__(self) -> str:
        # A dataclass would print the address into any traceback.
        return f"NewChannel({self.name!r})"


def add_channel(*, actor: Actor, key: CommandKey, region_id: str, channel: NewChannel) -> Recorded:
    """Add a channel, and try it at once: one that was never tried is only a hope."""
    with change(region_id, actor=actor, key=key) as log:
        log.role = access.require(actor, "channel.change", region(region_id))
        if channel.site_id is not None and not Site.objects.filter(pk=channel.site_id, region_id=region_id).exists():
            raise NotFound("site", channel.site_id)
        row = Channel(region_id=region_id, site_id=channel.site_id)
        say(row, {"name": channel.name, "hears": channel.hears, "address": channel.address})
        record(log, EventKind.CHANNEL_ADDED, row)
        try_now(log, row)
    return log.answer()


def change_channel(
    *, actor: Actor, key: CommandKey, channel_id: UUID, version: int | None = None, changes: Mapping[str, Any]
) -> Recorded:
    """Tell its name, address or subjects differently. A new address is tried at once."""
    with change(_region(channel_id), actor=actor, key=key) as log:
        row = _take(log, channel_id, "channel.change")
        fresh(row, version)
        say(row, changes)
        record(log, EventKind.CHANNEL_CHANGED, row)
        if "address" in changes:
            try_now(log, row)
    return log.answer()


def retire_channel(*, actor: Actor, key: CommandKey, channel_id: UUID) -> Recorded:
    """Use it no more. What still waits to be delivered by it is dropped; what was delivered stays on record.

    A gateway is an administrator's to end; a device also its own user's, and that site's coordinators'.
    """
    with change(_region(channel_id), actor=actor, key=key) as log:
        row = _take(log, channel_id, lambda row: ending(row, actor))
        retire(log, row)
    return log.answer()


def test_channel(*, actor: Actor, key: CommandKey, channel_id: UUID) -> Recorded:
    """Try it now. A test that is still waiting for its next try is made now, and records nothing more."""
    with change(_region(channel_id), actor=actor, key=key) as log:
        row = _take(log, channel_id, "channel.test")
        waiting = Delivery.objects.waiting().select_for_update(no_key=True).filter(channel=row, hears=TEST)
        pending = list(waiting.order_by("pk"))
        for delivery in pending:
            if delivery.state == "failed":
                delivery.next_at = log.now
                delivery.save(update_fields=["next_at"])
                ring(delivery)
        if not pending:
            try_now(log, row)
    return log.answer()


def report_silent_worker(*, actor: Actor, key: CommandKey, channel_id: UUID) -> Recorded:
    """Nobody takes deliveries: the channel does not work, whatever its gateway would say."""
    with change(_region(channel_id), actor=actor, key=key) as log:
        row = _take(log, channel_id, "channel.report")
        if row.failing_since is None:
            mark_failing(log, row, "worker_silent")
    return log.answer()


# ------------------------------------------------------------------ what the clock finds


def due_for_test(here: Region, now: datetime) -> list[UUID]:
    """Channels whose last test is too long ago; those that fail are tried more often."""
    policy = policy_of(here.policy)
    old = Q(test_asked_at__isnull=True) | Q(test_asked_at__lte=now - timedelta(hours=policy["channel_test_hours"]))
    sick = Q(failing_since__isnull=False, test_asked_at__lte=now - timedelta(seconds=policy["channel_retest_s"]))
    if not worker_is_silent(now):
        # Whatever was said because of the worker is tried as soon as it is back.
        sick |= Q(last_error="worker_silent", test_asked_at__lte=now - WORKER_SILENT)
    found = here.channels.active().filter(old | sick)
    waiting = Delivery.objects.waiting().filter(region=here, hears=TEST).values("channel_id")
    return list(found.exclude(pk__in=waiting).order_by("pk").values_list("pk", flat=True))


def unserved(now: datetime) -> list[UUID]:
    """Channels for which no worker is there, and nobody has said so yet."""
    if not worker_is_silent(now):
        return []
    found = Channel.objects.active().filter(failing_since__isnull=True, test_asked_at__lte=now - WORKER_SILENT)
    return list(found.order_by("pk").values_list("pk", flat=True))


def worker_is_silent(now: datetime) -> bool:
    """Whether nobody takes deliveries."""
    return not ClockBeat.objects.filter(name="worker", at__gt=now - WORKER_SILENT).exists()


# ------------------------------------------------------------------ parts


def _region(channel_id: UUID) -> str:
    return region_of(Channel, channel_id, "channel")


def _take(log: Log, channel_id: UUID, action: str | Callable[[Channel], str]) -> Channel:
    row = take(Channel.objects.all(), channel_id, "channel")
    log.role = access.require(log.actor, action if isinstance(action, str) else action(row), row)
    if not row.active:
        raise Conflict("retired", "This channel is no longer in use.", row=row)
    return row


def say(row: Channel, said: Mapping[str, Any]) -> None:
    """Write what is said of a channel into its row. Raises Invalid."""
    row.name = str(said.get("name", row.name)).strip()
    row.hears = list(dict.fromkeys(said.get("hears", row.hears)))
    if not row.name:
        raise Invalid("name_required", "A channel needs a name: its address is never shown.", field="name")
    for subject in row.hears:
        if subject not in SUBJECTS:
            raise Invalid("unknown_subject", f"hears must be among {', '.join(SUBJECTS)}.", field="hears")
    same = Channel.objects.active().filter(region_id=row.region_id, name=row.name)
    if same.exclude(pk=row.pk).exists():
        raise Invalid("name_taken", "Another channel of this region has that name.", field="name")
    if "address" in said:
        _address(row, said["address"])


def _address(row: Channel, url: str) -> None:
    try:
        shown = addresses.read(url)
    except addresses.NoAddress as error:
        raise Invalid("bad_address", f"This is no address: {error}.", field="address") from None
    row.sealed, row.medium, row.ends = sealing.seal(url), shown.medium, shown.ends
    # Whatever it was, it is a gateway now.
    row.device = row.enrolled_by = None


def retire(log: Log, row: Channel) -> None:
    row.active = False
    record(log, EventKind.CHANNEL_RETIRED, row)


def try_now(log: Log, row: Channel) -> None:
    row.test_asked_at = log.now
    record(log, EventKind.CHANNEL_TEST_ASKED, row)
    said = {"channel": row.name, "since": log.now}
    order(log, row, hears=TEST, subject=row, written=words.TRIAL, said=said)


def now_due() -> list[UUID]:
    """Channels of every region that are due for a test."""
    now = moment.now()
    return [pk for here in Region.objects.order_by("pk") for pk in due_for_test(here, now)]
