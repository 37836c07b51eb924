"""The clock: finds what has fallen due by looking at rows, and has it done by commands. Two clocks do no harm.

It keeps no timers: a clock that was dead for an hour does on its return what should have been done, once. One thing
that is refused holds up no other; but as long as anything due is left undone the clock does not say that it lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

from diversion.actors import CLOCK
from diversion.commands.notices import escalate_notice
from diversion.commands.presence import fallen_silent, record_presence
from diversion.errors import DomainError
from diversion.log import CommandKey
from diversion.models import ClockBeat, Notice
from diversion.states import NOTICE_UNANSWERED
from hospitals.models import Region
from hospitals.policies import policy_of

T = TypeVar("T")


def tick() -> None:
    """One turn: escalate what nobody has answered, tell who has fallen silent, and say that the clock lives."""
    each((escalate_unanswered, record_silences), lambda duty: duty())
    # Last, so that a clock that cannot do its work does not claim to be alive.
    ClockBeat.objects.update_or_create(name="clock", defaults={"at": timezone.now()})


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


def escalate_unanswered() -> int:
    """Escalate every notice unanswered for longer than its region allows; how many."""
    due = [pk for region in Region.objects.all() for pk in _overdue(region)]
    return each(due, lambda pk: escalate_notice(actor=CLOCK, key=CommandKey.new(), notice_id=pk))


def record_silences() -> int:
    """Tell every site that has fallen silent, or been heard otherwise than was told; how many."""
    return each(fallen_silent(), lambda pk: record_presence(actor=CLOCK, key=CommandKey.new(), site_id=pk))


def _overdue(region: Region) -> list[UUID]:
    limit = timezone.now() - timedelta(seconds=policy_of(region.policy)["escalate_after_s"])
    late = Notice.objects.filter(
        region=region, state__in=NOTICE_UNANSWERED, escalated_at__isnull=True, sent_at__lte=limit
    )
    return list(late.order_by("sent_at").values_list("pk", flat=True))
