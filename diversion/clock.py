"""The clock: finds what has fallen due by looking at rows, and has it done by commands. Two clocks do no harm.

It keeps no timers: a clock that was dead for an hour does on its return what should have been done, once.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from diversion.actors import CLOCK
from diversion.commands.notices import escalate_notice
from diversion.commands.presence import record_silences
from diversion.log import CommandKey
from diversion.models import ClockBeat, Notice
from diversion.states import NOTICE_UNANSWERED
from hospitals.models import Region
from hospitals.policies import policy_of


def tick() -> None:
    """One turn: escalate what nobody has answered, tell who has fallen silent, and say that the clock lives."""
    escalate_unanswered()
    record_silences()
    # Last, so that a clock that cannot do its work does not claim to be alive.
    ClockBeat.objects.update_or_create(name="clock", defaults={"at": timezone.now()})


def escalate_unanswered() -> int:
    """Escalate every notice unanswered for longer than its region allows; how many."""
    due = [pk for region in Region.objects.all() for pk in _overdue(region)]
    for notice_id in due:
        escalate_notice(actor=CLOCK, key=CommandKey.new(), notice_id=notice_id)
    return len(due)


def _overdue(region: Region) -> list[UUID]:
    limit = timezone.now() - timedelta(seconds=policy_of(region.policy)["escalate_after_s"])
    late = Notice.objects.filter(
        region=region, state__in=NOTICE_UNANSWERED, escalated_at__isnull=True, sent_at__lte=limit
    )
    return list(late.order_by("sent_at").values_list("pk", flat=True))
