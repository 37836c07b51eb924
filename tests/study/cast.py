"""A tiny region on one meridian, where everything can be reckoned by hand: kilometres north of the scene are places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from diversion.planning.options import Place
from diversion.planning.plan import Policy
from diversion.simulate.demand import Patient as Drawn
from diversion.study.calls import Call, Known, bound_for
from diversion.study.closures import shut
from diversion.study.incident import Desk, Incident
from diversion.study.region import Region, region
from diversion.study.ways import Way
from hospitals.geo import EARTH_RADIUS_M, Point
from tests.planning.builders import place

#: Degrees of latitude.
KM = math.degrees(1000 / EARTH_RADIUS_M)
SHUT = shut(frozenset({"failing"}))


def there(km: float) -> Point:
    return Point(50.0 + km * KM, 4.0)


def tiny(policy: Policy | None = None, **sites: float) -> Region:
    """Sites by name, at so many kilometres north of the scene."""
    places = tuple(_at(name, km) for name, km in sorted(sites.items()))
    return Region(
        code="tiny",
        town=region("namur").town,
        places=places,
        networks=dict.fromkeys(sites),
        capabilities=frozenset(),
        policy=policy or Policy(detour_limit_s=900, inbound_limit=4),
        crew_overdue_s=30,
        scale=1.0,
    )


def _at(name: str, km: float) -> Place:
    return replace(place(name), lat=there(km).lat, lon=there(km).lon)


def call(
    of: Region, number: int = 1, *, urgency: str = "routine", leaves: float = 0.0, answers_s: float = 20.0
) -> Call:
    """Somebody who leaves the scene then, on the journeys as they are estimated, with a crew that answers in 5 s."""
    drawn = Drawn((0.0, 0.0), urgency, (), "adult", "female", False, False, False, True)
    known = Known(drawn, UUID(int=number), there(0))
    ways = of.ways(known.point, leaves, known.mode)
    usual = bound_for(known.patient("", None), of.places, ways)
    return Call(known, leaves - 150, leaves, ways, (1.0,) * len(ways), 5.0, (answers_s, answers_s), usual)


def play(of: Region, calls: Sequence[Call], way: Way, *, at: float = 100.0, desk: Desk | None = None) -> Incident:
    return Incident(of, SHUT, at, way, desk or Desk()).play(calls)
