"""Overload: the only kind of declaration a region's policy may end by time or suspend. What is broken never is.

Both rules are off unless the region's policy sets them (``overload_limit_minutes``, ``suspend_at_sites``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from diversion import access, moment
from diversion.actors import Actor
from diversion.commands import episodes
from diversion.commands.rows import region, take_all, take_sites
from diversion.kinds import EventKind
from diversion.log import CommandKey, Recorded, change
from diversion.models import Diversion
from diversion.models.diversions import DiversionQuerySet
from hospitals import gates
from hospitals.causes import OVERLOAD
from hospitals.models import Region
from hospitals.policies import policy_of


def expire_overload(*, actor: Actor, key: CommandKey, diversion_id: UUID) -> Recorded:
    """End a declaration of overload whose time is up, as the region's policy says."""
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        site, diversion = episodes.take_episode(log, diversion_id, "diversion.fall_due")
        if _is_over(diversion, site.region, log.now):
            episodes.end(diversion, "lifted", log.now)
            episodes.record(log, EventKind.DIVERSION_LIFTED, site, diversion, reason="overload_limit")
    return log.answer()


def expired_overload() -> list[UUID]:
    """Declarations of overload whose time is up."""
    running = Diversion.objects.running().filter(cause__in=OVERLOAD, region__closed_at__isnull=True)
    return [one.pk for one in running.select_related("region") if _is_over(one, one.region, moment.now())]


def _is_over(diversion: Diversion, home: Region, now: datetime) -> bool:
    """Whether its time is up. A cause may change during an episode: from then on it is no longer limited."""
    minutes = policy_of(home.policy)["overload_limit_minutes"]
    limited = minutes > 0 and diversion.cause in OVERLOAD
    return limited and diversion.declared_at + timedelta(minutes=minutes) <= now


def judge_overload(*, actor: Actor, key: CommandKey, region_id: str) -> Recorded:
    """Suspend every declaration of overload while too many sites divert for it; resume them when the time is up."""
    with change(region_id, actor=actor, key=key) as log:
        here = region(region_id)
        log.role = access.require(actor, "diversion.fall_due", here)
        sites = take_sites(one.site_id for one in _diverting(region_id))
        rows = {one.pk: one for one in take_all(_running(region_id))}
        until = _suspended_until(here, list(rows.values()), log.now)
        for diversion in rows.values():
            if diversion.site_id in sites and diversion.suspended_until != until:
                diversion.suspended_until = until
                kind = EventKind.DIVERSION_SUSPENDED if until else EventKind.DIVERSION_RESUMED
                episodes.record(log, kind, sites[diversion.site_id], diversion)
    return log.answer()


def unsettled_overload() -> list[str]:
    """The regions in which declarations of overload are to be suspended or resumed now."""
    now = moment.now()
    return [home.pk for home in Region.objects.open().order_by("pk") if _is_unsettled(home, now)]


def _is_unsettled(home: Region, now: datetime) -> bool:
    diverting = _diverting(home.pk)
    until = _suspended_until(home, diverting, now)
    return any(one.suspended_until != until for one in diverting)


def _suspended_until(home: Region, running: list[Diversion], now: datetime) -> datetime | None:
    """Until when overload counts for nothing here: a suspension that runs, a new one, or None."""
    policy = policy_of(home.policy)
    diverting = [one for one in running if gates.restricts(one.said())]
    if not policy["suspend_at_sites"] > 0:
        return None
    standing = [one.suspended_until for one in diverting if one.suspended_until and one.suspended_until > now]
    if standing:
        return max(standing)
    enough = len({one.site_id for one in diverting}) >= policy["suspend_at_sites"]
    return now + timedelta(minutes=policy["suspension_minutes"]) if enough else None


def _running(region_id: str) -> DiversionQuerySet:
    return Diversion.objects.running().filter(region_id=region_id, cause__in=OVERLOAD)


def _diverting(region_id: str) -> list[Diversion]:
    return [one for one in _running(region_id) if gates.restricts(one.said())]
