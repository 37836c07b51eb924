"""The rhythm of a region: what arrived where in the last weeks, read from the rows as plain values. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from diversion.models import Diversion, Transport
from diversion.planning.spillover import DAY, MOST_DAYS, Arrival, Closure, Expected, expected


def expected_at(region_id: str, sites: Collection[str], now: datetime) -> Expected | None:
    """What would come to these sites in the next hours if they were open; None where the record is too short."""
    since = now - DAY * (MOST_DAYS + 1)
    arrived = Transport.objects.filter(region_id=region_id, state="arrived", ended_at__gte=since)
    rows = arrived.values_list("destination_id", "ended_at")
    arrivals = [Arrival(site_id, at) for site_id, at in rows if at is not None]
    # Any episode at all: what its gates were at each hour is in the log, and a doubtful day is better left out.
    episodes = Diversion.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=since), site_id__in=sites)
    closures = [Closure(*row) for row in episodes.values_list("site_id", "declared_at", "ended_at")]
    return expected(sites, arrivals, closures, now)
