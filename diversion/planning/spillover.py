"""How many more patients would have come to sites that are closed: read off the same hours of past days.

A rhythm, not a prophecy: the mean and the spread of what was recorded, or None where too little was. Days on which
nothing at all was recorded say nothing, nor do days on which the sites were closed then too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HOURS: Final = 2
#: Two of each weekday. Below that a single bad night would be a rhythm.
LEAST_DAYS: Final = 14
MOST_DAYS: Final = 28
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One patient brought to a site by a vehicle."""

    site_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Closure:
    """When a site may have taken fewer than usual; ``until`` is None while it lasts."""

    site_id: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Expected:
    """Patients within the next ``hours``: their mean, and what nine days in ten stayed above and below."""

    hours: int
    patients: float
    low: int
    high: int
    days: int


def expected(
    sites: Collection[str], arrivals: Sequence[Arrival], closures: Sequence[Closure], now: datetime
) -> Expected | None:
    """What would come to these sites together if they were open; None with too little record to say."""
    anywhere = sorted(one.at for one in arrivals)
    here = sorted(one.at for one in arrivals if one.site_id in sites)
    begins = [now - DAY * back for back in range(1, MOST_DAYS + 1)]
    counts = sorted(
        _between(here, begin, begin + timedelta(hours=HOURS))
        for begin in begins
        # No vehicle reported anywhere in the half days around is no quiet night, it is no record.
        if _between(anywhere, begin - DAY / 2, begin + DAY / 2)
        and not _closed(sites, closures, begin, begin + timedelta(hours=HOURS))
    )
    if len(counts) < LEAST_DAYS:
        return None
    tenth = len(counts) // 10
    return Expected(HOURS, sum(counts) / len(counts), counts[tenth], counts[-1 - tenth], len(counts))


def _between(moments: Sequence[datetime], begin: datetime, end: datetime) -> int:
    """How many of these, in order, lie in the interval."""
    return bisect_left(moments, end) - bisect_left(moments, begin)


def _closed(sites: Collection[str], closures: Sequence[Closure], begin: datetime, end: datetime) -> bool:
    return any(
        one.site_id in sites and one.since < end and (one.until is None or one.until > begin) for one in closures
    )
