"""Purging: what may be forgotten, and when. The log and every row of the picture are kept for ever and not named here.

None of this is part of the picture, so nothing of it is in the log. It goes in small batches, so that no turn of the
clock and no writer waits for it, oldest rules first; what a purge that was killed left undone the next one does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString

from django.conf import settings
from django.db import connection

from diversion import moment
from diversion.models import ClockBeat

#: Rows of each kind in one go: some milliseconds.
BATCH: Final = 1000
#: How often the clock looks for what may go.
EVERY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of a table that may go once they are so old; ``days`` is asked of the settings where it differs by place."""

    table: LiteralString
    where: LiteralString
    days: float | None = None
    setting: str | None = None

    def keep(self) -> timedelta:
        return timedelta(days=float(getattr(settings, self.setting)) if self.setting else self.days or 0)


#: ``%(limit)s`` is the moment before which a row is old enough.
RULES: Final[Mapping[str, Rule]] = {
    # What a key answered: nobody retries a command after a month, and each beat that changed nothing leaves one.
    "receipts": Rule("diversion_commandreceipt", "at < %(limit)s", setting="KEEP_RECEIPTS_DAYS"),
    # What was sent to whom, with its text; that it was to be sent is in the log. An inquiry may ask within a year.
    "deliveries": Rule(
        "diversion_delivery",
        "state IN ('sent', 'gave_up', 'not_needed') AND created_at < %(limit)s",
        setting="KEEP_DELIVERIES_DAYS",
    ),
    "sessions": Rule("diversion_loginsession", "expire_date < %(limit)s", days=0),
    # A browser that was closed has no further beat; what its silence meant has been told.
    "beats": Rule("diversion_screenbeat", "at < %(limit)s", days=7),
    "claims": Rule("diversion_claim", "until < %(limit)s", days=1),
    # Where a vehicle was last seen that has long been out of service: of its crew nothing else is known here.
    "positions": Rule("diversion_lastposition", "received_at < %(limit)s", setting="KEEP_POSITIONS_DAYS"),
    "rings": Rule("procrastinate_periodic_defers", "to_timestamp(defer_timestamp) < %(limit)s", days=30),
    "jobs": Rule(
        "procrastinate_jobs",
        """status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND NOT EXISTS
           (SELECT 1 FROM procrastinate_events e WHERE e.job_id = procrastinate_jobs.id AND e.at >= %(limit)s)""",
        days=30,
    ),
}


def purge_if_due(*, at_most: int = BATCH) -> int:
    """One batch of everything that may go; how many rows. Once nothing is left it rests until tomorrow."""
    now = moment.now()
    if ClockBeat.objects.filter(name="purge", at__gt=now - EVERY).exists():
        return 0
    gone = sum(forget(name, at_most=at_most) for name in RULES)
    if not gone:
        ClockBeat.objects.update_or_create(name="purge", defaults={"at": now})
    return gone


def forget(name: str, *, at_most: int = BATCH) -> int:
    """Delete rows of one kind that are old enough; how many. Whoever holds one keeps it: it goes the next time."""
    rule = RULES[name]
    chosen = f"SELECT ctid FROM {rule.table} WHERE {rule.where} LIMIT %(most)s FOR UPDATE SKIP LOCKED"  # noqa: S608
    # In one statement: between choosing and deleting a row could have become another. Chosen once: as a mere subquery
    # PostgreSQL may choose anew for each row of the table, and would delete them all.
    said = (
        f"WITH chosen AS MATERIALIZED ({chosen}) DELETE FROM {rule.table} old USING chosen WHERE old.ctid = chosen.ctid"  # noqa: S608
    )
    with connection.cursor() as cursor:
        cursor.execute(said, _limits(rule, at_most))
        return int(cursor.rowcount)


def to_forget(name: str) -> int:
    """How many rows of one kind are old enough."""
    rule = RULES[name]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {rule.table} WHERE {rule.where}", _limits(rule, 0))  # noqa: S608
        return int(cursor.fetchone()[0])


def _limits(rule: Rule, at_most: int) -> dict[str, datetime | int]:
    return {"limit": moment.now() - rule.keep(), "most": at_most}
