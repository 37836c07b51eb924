"""One patient's way from the scene to a door that admits them; it ends once, and remembers what delayed it."""

from __future__ import annotations

from dataclasses import dataclass, field

import simpy

from diversion.journeys.port import Journey
from diversion.planning.options import Patient
from diversion.study.calls import Call
from diversion.study.region import Region
from hospitals.geo import Point


@dataclass
class Notice:
    """Told to one department about one patient; ``answered`` is None until somebody there has."""

    site_id: str
    sent: float
    after_redirect: bool
    answered: float | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Leg:
    """A drive, straight as the line's estimate is: ``takes`` is what it will really take, in seconds."""

    start: Point
    end: Point
    began: float
    takes: float
    foretold: float

    def position(self, now: float) -> Point:
        share = min(1.0, max(0.0, (now - self.began) / self.takes))
        return Point(
            self.start.lat + share * (self.end.lat - self.start.lat),
            self.start.lon + share * (self.end.lon - self.start.lon),
        )


@dataclass
class Trip:
    """``bound`` is where the crew is taking the patient, ``ordered`` where it has been told to and has not answered."""

    call: Call
    region: Region
    bound: str
    process: simpy.Process
    ordered: str | None = None
    kept: bool = False
    leg: Leg | None = None
    at_door: bool = False
    turned_away: bool = False
    affected: float | None = None
    foreseen: float = 0.0
    decided: float | None = None
    arrived: float | None = None
    notices: list[Notice] = field(default_factory=list)

    @property
    def under_way(self) -> bool:
        return self.arrived is None

    @property
    def heading(self) -> str:
        return self.ordered or self.bound

    def position(self, now: float) -> Point:
        return self.call.known.point if self.leg is None else self.leg.position(now)

    def ways(self, now: float) -> tuple[Journey, ...]:
        """The journeys from where it is."""
        if self.leg is None:
            return self.call.ways
        return self.region.ways(self.position(now), now, self.call.known.mode)

    def patient(self, now: float) -> Patient:
        """As planning sees them; a vehicle at a door has nothing left to drive."""
        began = self.call.leaves if self.leg is None else self.leg.began
        foretold = self.region.way(self.call.ways, self.bound).seconds if self.leg is None else self.leg.foretold
        left = 0 if self.at_door else max(0, int(began + foretold - now))
        return self.call.known.patient(self.heading, left)

    def set_out(self, now: float) -> Leg:
        """On the way to where it is bound, from where it is."""
        self.leg = self._leg(now)
        self.at_door = False
        return self.leg

    def become_affected(self, now: float) -> None:
        """From now on measured: ``foreseen`` is when they would have arrived, had nothing closed."""
        if self.affected is None:
            self.affected = now
            leg = self.leg or self._leg(self.call.leaves)
            self.foreseen = leg.began + leg.takes

    def _leg(self, now: float) -> Leg:
        column = self.region.column(self.bound)
        place, foretold = self.region.places[column], self.ways(now)[column].seconds
        takes = foretold * self.call.strays[column]
        return Leg(self.position(now), Point(place.lat, place.lon), now, takes, foretold)
