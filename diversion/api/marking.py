"""Marking: every answer about something in an exercise says so in its header, refusals and command answers included.

Told by the address: a region's and a place's id say it themselves, any other row is asked for its region.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Model
from django.http import HttpRequest

from diversion.commands.rows import region_of
from diversion.errors import NotFound
from diversion.models import Diversion, MassCasualty, Notice, Question, Redirect, Transport
from hospitals.exercises import is_exercise, is_place_of_exercise

HEADER: Final = "X-Exercise"

#: Which rows an address with a row's key is about, by its first part.
_ROWS: Final[Mapping[str, type[Model]]] = {
    "diversions": Diversion,
    "transports": Transport,
    "redirects": Redirect,
    "notices": Notice,
    "questions": Question,
    "mass-casualties": MassCasualty,
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
        return is_exercise(region_of(rows, route["pk"], "row"))
    except NotFound:
        return False
