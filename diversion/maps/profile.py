"""Which streets a vehicle may drive, in which directions, and how fast when nobody is in its way.

Invariant: a street is driven in a direction only if its tags allow a motor vehicle there; what they leave open is
decided by the kind of street alone.

The speeds are those of the car profile that OSRM ships (``car.lua``), so that both engines mean the same by a journey:
by kind of street, or four fifths of a posted limit where that is told. What vehicles with priority make of it is the
business of ``diversion.journeys.factors``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

#: Kind of street → km/h without a posted limit.
SPEEDS: Final[Mapping[str, float]] = {
    "motorway": 90,
    "motorway_link": 45,
    "trunk": 85,
    "trunk_link": 40,
    "primary": 65,
    "primary_link": 30,
    "secondary": 55,
    "secondary_link": 25,
    "tertiary": 40,
    "tertiary_link": 20,
    "unclassified": 25,
    "road": 25,
    "residential": 25,
    "living_street": 10,
    "service": 15,
}
#: Streets that lead through a region: where one of them ends at nothing, the extract was probably cut there.
MAIN: Final = frozenset({"motorway", "trunk", "primary", "secondary"})
#: What drivers keep of a posted limit over a whole street, crossings included (OSRM's speed_reduction).
OF_LIMIT: Final = 0.8
MILE_KM: Final = 1.609344
#: Limits that are told as a rule of the country or of a zone: what follows the colon → km/h in Belgium.
NAMED_LIMITS: Final[Mapping[str, float]] = {
    "urban": 50,
    "rural": 70,
    "motorway": 120,
    "zone30": 30,
    "zone:30": 30,
    "cyclestreet": 30,
    "living_street": 20,
}
CLOSED: Final = frozenset({"no", "private", "agricultural", "forestry", "delivery"})
#: More particular keys speak before more general ones.
ACCESS: Final = ("emergency", "motorcar", "motor_vehicle", "vehicle", "access")
_FIGURE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(mph)?$")


def speeds(tags: Mapping[str, str]) -> tuple[float, float]:
    """Km/h along the way and against it; 0 where it may not be driven, (0, 0) for what is no street."""
    kind = tags.get("highway", "")
    if kind not in SPEEDS or not _admitted(tags) or tags.get("service") == "parking_aisle" or tags.get("area") == "yes":
        return 0.0, 0.0
    limit = posted(tags.get("maxspeed", ""))
    kmh = SPEEDS[kind] if limit is None else limit * OF_LIMIT
    forward, backward = _directions(tags)
    return kmh * forward, kmh * backward


def posted(text: str) -> float | None:
    """A limit in km/h: "50", "30 mph", "BE:urban"; None when it is not told, or not as a figure."""
    found = _FIGURE.match(text.strip())
    if found is not None:
        kmh = float(found[1]) * (MILE_KM if found[2] else 1.0)
        return kmh if kmh > 0 else None
    return NAMED_LIMITS.get(text.partition(":")[2].lower())


def _admitted(tags: Mapping[str, str]) -> bool:
    told = next((tags[key] for key in ACCESS if key in tags), "yes")
    return told not in CLOSED


def _directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    told = tags.get("oneway", "")
    if told in {"-1", "reverse"}:
        return False, True
    if told in {"yes", "true", "1"}:
        return True, False
    implied = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
    return True, not implied or told == "no"
