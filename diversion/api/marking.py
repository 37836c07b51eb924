"""Marking: every answer about something in an exercise says so in its header, refusals and command answers included.

Told by the address: a region's and a place's id say it themselves, any other row is asked for its region.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Manager
from django.http import HttpRequest

from diversion.models import Diversion, MassCasualty, Notice, Question, Redirect, Transport
from hospitals.exercises import is_exercise, is_place_of_exercise

HEADER: Final = "X-Exercise"

#: Rows whose region is kept in mind: one on a screen is asked about again and again.
REMEMBERED: Final = 10_000

#: Which rows an address with a row's key is about, by its first part.
_ROWS: Final[Mapping[str, Manager[Any]]] = {
    "diversions": Diversion.objects,
    "transports": Transport.objects,
    "redirects": Redirect.objects,
    "notices": Notice.objects,
    "questions": Question.objects,
    "mass-casualties": MassCasualty.objects,
}


def is_about_exercise(request: HttpRequest, route: Mapping[str, Any]) -> bool:
    """Whether an address leads into an exercise; False for one that is about no place at all."""
    region = route.get("region") or route.get("region_id")
    if region is not None:
        return is_exercise(region)
    if "site" in route:
        return is_place_of_exercise(route["site"])
    rows = _ROWS.get(request.path.removeprefix("/api/").partition("/")[0])
    if rows is None or "pk" not in route:
        return False
    try:
        return is_exercise(_region_of(rows, route["pk"]))
    except ObjectDoesNotExist:
        return False


@lru_cache(REMEMBERED)
def _region_of(rows: Manager[Any], pk: UUID) -> str:
    """The region of a row, which never changes. Raises ObjectDoesNotExist, which is not remembered."""
    return str(rows.values_list("region_id", flat=True).get(pk=pk))
