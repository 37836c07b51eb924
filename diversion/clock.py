"""The clock: finds what has fallen due by looking at rows, and has it done by commands. Two clocks do no harm.

It keeps no timers: a clock that was dead for an hour does on its return what should have been done, once. One thing
that is refused holds up no other; but as long as anything due is left undone the clock does not say that it lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final, TypeVar
from uuid import UUID

import structlog

from diversion import moment
from diversion.actors import CLOCK
from diversion.commands.attesting import mark_unconfirmed, overdue_attestations
from diversion.commands.casualties import overdue_offers, tell_missing_offers
from diversion.commands.channels import now_due, report_silent_worker, test_channel, unserved
from diversion.commands.escalation import escalate_to_supervisor, report_unseen
from diversion.commands.notices import escalate_notice
from diversion.commands.overload import expire_overload, expired_overload, judge_overload, unsettled_overload
from diversion.commands.presence import fallen_silent, record_presence
from diversion.commands.purging import purge_if_due
from diversion.commands.questions import overdue_questions, tell_stragglers
from diversion.commands.reaching import ring_again
from diversion.commands.restoring import restored_streams, tell_restored
from diversion.errors import DomainError
from diversion.log import CommandKey
from diversion.models import ClockBeat, Diversion, Notice, Stream
from diversion.states import NOTICE_UNANSWERED
from hospitals.models import Region
from hospitals.policies import policy_of

log = structlog.get_logger(__name__)

#: How much of a log's end could be cut off without any line elsewhere that names what is gone.
ANCHORED_EVERY: Final = timedelta(hours=1)

T = TypeVar("T")


def tick() -> None:
    """One turn: do every duty, and say that the clock lives."""
    each(DUTIES, lambda duty: duty())
    # Last, so that a clock that cannot do its work does not claim to be alive.
    ClockBeat.objects.update_or_create(name="clock", defaults={"at": moment.now()})


def each(due: Iterable[T], do: Callable[[T], object]) -> int:
    """Do every one, also those after one that is refused; how many. Raises ExceptionGroup of what was refused."""
    done, refused = 0, []
    for one in due:
        try:
            do(one)
            done += 1
        except (DomainError, ExceptionGroup) as error:
            refused.append(error)
    if refused:
        raise ExceptionGroup(f"{len(refused)} of what had fallen due was refused", refused)
    return done


def tell_restore() -> int:
    """Tell every region whose database was restored, before anything is done in a past it may not know; how many."""
    return each(restored_streams(), lambda pk: tell_restored(actor=CLOCK, key=CommandKey.new(), region_id=pk))


def escalate_unanswered() -> int:
    """Escalate every notice unanswered for longer than its region allows; how many."""
    due = [pk for region in Region.objects.open() for pk in _overdue(region, "escalate_after_s", "escalated_at")]
    return each(due, lambda pk: escalate_notice(actor=CLOCK, key=CommandKey.new(), notice_id=pk))


def record_silences() -> int:
    """Tell every site that has fallen silent, or been heard otherwise than was told; how many."""
    return each(fallen_silent(), lambda pk: record_presence(actor=CLOCK, key=CommandKey.new(), site_id=pk))


def mark_unattested() -> int:
    """Tell every declaration that nobody has attested in time; how many."""
    return each(overdue_attestations(), lambda pk: mark_unconfirmed(actor=CLOCK, key=CommandKey.new(), diversion_id=pk))


def settle_overload() -> int:
    """End, suspend and resume declarations of overload as each region's policy says; how many."""
    ended = each(expired_overload(), lambda pk: expire_overload(actor=CLOCK, key=CommandKey.new(), diversion_id=pk))
    return ended + each(
        unsettled_overload(), lambda region: judge_overload(actor=CLOCK, key=CommandKey.new(), region_id=region)
    )


def name_stragglers() -> int:
    """Tell who has not answered a regional question in time; how many questions."""
    return each(overdue_questions(), lambda pk: tell_stragglers(actor=CLOCK, key=CommandKey.new(), question_id=pk))


def name_missing_offers() -> int:
    """Tell who has not said in time what they can take of many casualties; how many places."""
    return each(
        overdue_offers(), lambda pk: tell_missing_offers(actor=CLOCK, key=CommandKey.new(), mass_casualty_id=pk)
    )


def tell_supervisor() -> int:
    """Take every notice a step further that nobody has answered since dispatch was told; how many."""
    due = [pk for region in Region.objects.open() for pk in _overdue(region, "supervisor_after_s", "supervisor_at")]
    return each(due, lambda pk: escalate_to_supervisor(actor=CLOCK, key=CommandKey.new(), notice_id=pk))


def tell_unseen() -> int:
    """Tell every declaration that nobody at dispatch has marked as seen for too long; how many."""
    due = [pk for region in Region.objects.open() for pk in _unseen(region)]
    return each(due, lambda pk: report_unseen(actor=CLOCK, key=CommandKey.new(), diversion_id=pk))


def test_channels() -> int:
    """Try every channel whose last test is too long ago; how many."""
    return each(now_due(), lambda pk: test_channel(actor=CLOCK, key=CommandKey.new(), channel_id=pk))


def record_silent_worker() -> int:
    """Say of every channel that nobody takes deliveries for it; how many."""
    due = unserved(moment.now())
    return each(due, lambda pk: report_silent_worker(actor=CLOCK, key=CommandKey.new(), channel_id=pk))


def anchor_logs() -> int:
    """Say once an hour what every log's head is, for the lines leave the machine and its end cannot be cut off unseen.

    Between two clocks it may be said twice. How many were said.
    """
    now = moment.now()
    if ClockBeat.objects.filter(name="anchors", at__gt=now - ANCHORED_EVERY).exists():
        return 0
    streams = list(Stream.objects.order_by("pk"))
    for one in streams:
        log.info("log_anchored", region=one.pk, seq=one.head, hash=one.hash)
    ClockBeat.objects.update_or_create(name="anchors", defaults={"at": now})
    return len(streams)


def _overdue(region: Region, limit: str, step: str) -> list[UUID]:
    """Notices unanswered for longer than a limit of the policy, for which this step has not been taken."""
    before = moment.now() - timedelta(seconds=policy_of(region.policy)[limit])
    late = Notice.objects.filter(
        region=region, state__in=NOTICE_UNANSWERED, sent_at__lte=before, **{f"{step}__isnull": True}
    )
    return list(late.order_by("sent_at").values_list("pk", flat=True))


def _unseen(region: Region) -> list[UUID]:
    before = moment.now() - timedelta(seconds=policy_of(region.policy)["unseen_after_s"])
    late = Diversion.objects.running().filter(
        region=region, seen_at__isnull=True, unseen_at__isnull=True, news_at__lte=before
    )
    return list(late.values_list("pk", flat=True))


#: What the clock does in each turn. What patients wait for comes first.
DUTIES: Final[tuple[Callable[[], int], ...]] = (
    tell_restore,
    escalate_unanswered,
    tell_supervisor,
    tell_unseen,
    record_silences,
    mark_unattested,
    settle_overload,
    name_missing_offers,
    name_stragglers,
    ring_again,
    record_silent_worker,
    test_channels,
    anchor_logs,
    purge_if_due,
)
