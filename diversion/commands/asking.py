"""Asking hospitals, whatever is asked: only sites of the region, only who was asked answers, and silence is told once.

What one site said is kept with who said it and when; a later word replaces it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from diversion import moment
from diversion.errors import Invalid
from diversion.log import Log
from diversion.models import MassCasualty, Question
from diversion.wire.positions import instant
from hospitals.models import Region, Site
from hospitals.policies import policy_of


def sites_to_ask(here: Region, named: Sequence[str] | None, *, otherwise: Iterable[str]) -> list[str]:
    """Those named, or ``otherwise`` where none is. Raises Invalid for one of another region."""
    unknown = sorted(set(named or ()) - set(here.sites.values_list("pk", flat=True)))
    if unknown:
        raise Invalid("unknown_site", f"{unknown[0]} is not in {here.pk}.", field="sites")
    return sorted(set(named or otherwise))


def deadline(log: Log, here: Region, minutes: int | None, *, rule: str) -> datetime:
    """Until when an answer is waited for: ``minutes`` from now, or as many as the region's ``rule`` says."""
    return log.now + timedelta(minutes=minutes or policy_of(here.policy)[rule])


def site_that_answers(asked: Question | MassCasualty, site_id: str) -> Site:
    """Raises Invalid for a site that was not asked."""
    site = Site.objects.filter(pk=site_id, region_id=asked.region_id).first()
    if site is None or site_id not in asked.sites:
        raise Invalid("unknown_site", f"{site_id} was not asked.", field="site")
    return site


def as_said(log: Log, said: Mapping[str, Any], *, comment: str, called_by: str | None) -> dict[str, Any]:
    """What is kept of one site's word. ``called_by``: who told dispatch so; None where the site says it itself."""
    by = f"{called_by} ({log.actor.name})" if called_by else log.actor.name
    return {**said, "comment": comment.strip(), "by": by, "at": instant(log.now)}


def fallen_due(still_open: QuerySet[Question] | QuerySet[MassCasualty]) -> list[UUID]:
    """Those past their deadline of which nobody has been told who is missing."""
    late = still_open.filter(overdue_at__isnull=True, deadline_at__lte=moment.now(), region__closed_at__isnull=True)
    return [one.pk for one in late.order_by("pk") if one.missing()]
