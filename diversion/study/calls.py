"""A day's patients, with everything that chance decides about them drawn before anybody decides anything.

So the same patients meet the same crews, roads and departments whichever way is studied: the days differ by the
decisions alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final
from uuid import UUID

import numpy as np

from diversion.journeys.port import Journey, Mode
from diversion.planning.options import Option, Patient, Place, options
from diversion.simulate import assumptions
from diversion.simulate.demand import Demand
from diversion.simulate.demand import Patient as Drawn
from diversion.study.region import Region, region
from hospitals.geo import Point

#: How far journeys stray from the estimate, as the spread of a factor around one: the line's mean error is 11 % of the
#: time (design notes on journey times; README.md), and a normal error of that mean has a spread a quarter larger.
STRAY: Final = 0.14
#: A crew that does not answer by terminal is called by radio once it is overdue: so much later. Assumed.
RADIO_S: Final = (15.0, 45.0)
#: Patients among whom those are found who were bound somewhere. Some hundred and fifty for each department in Brussels.
POOL: Final = 2_000


class NobodyBound(ValueError):
    """Nobody would ever be on the way to these sites, so that a number bound there cannot be drawn."""


@dataclass(frozen=True, slots=True)
class Known:
    """One patient as far as anybody knows them, and where they are fetched."""

    drawn: Drawn
    id: UUID
    point: Point

    @property
    def mode(self) -> Mode:
        """Blue lights are for those who cannot wait, as the product has it."""
        return Mode.CAR if self.drawn.urgency == "routine" else Mode.PRIORITY

    def patient(self, heading_to: str, near_arrival_s: int | None) -> Patient:
        """As planning sees them."""
        return Patient(
            self.id,
            self.drawn.urgency,
            self.drawn.needs,
            self.drawn.pit,
            self.drawn.age_band,
            heading_to,
            near_arrival_s=near_arrival_s,
            physician_on_board=self.drawn.physician_stays,
        )


@dataclass(frozen=True, slots=True)
class Call:
    """One patient and what will happen, in seconds after midnight; per place in the region's order where a tuple.

    ``strays``: what the journey to each place really takes, as a multiple of the estimate. ``crew_s``: until the crew
    has taken an order. ``answers_s``: how long a department needs for the first notice, and for one after a redirect.
    ``usual``: where the rule brings them while every gate is open.
    """

    known: Known
    announced: float
    leaves: float
    ways: tuple[Journey, ...]
    strays: tuple[float, ...]
    crew_s: float
    answers_s: tuple[float, float]
    usual: str

    @property
    def id(self) -> UUID:
        return self.known.id


def nearest(found: Sequence[Option]) -> Option | None:
    """The shortest journey among those that admit: the rule by which destinations are named. None if none admits."""
    return min((one for one in found if one.admits), key=lambda one: (one.seconds, one.site_id), default=None)


class Source:
    """Draws patients of one region from one seed, each with all their chance."""

    def __init__(self, of: Region, seed: str, rate: float = 1.0) -> None:
        self.region = of
        self._rng = random.Random(f"study:{seed}")
        self._numbers = np.random.default_rng(self._rng.getrandbits(64))
        self._demand = Demand(of.town, self._rng.getrandbits(32), of.scale * rate, of.capabilities)

    def between(self, begin: float, end: float) -> Iterator[Call]:
        """As many as these hours bring, minute by minute."""
        for minute in range(int(begin // 60), int(end // 60)):
            for drawn in self._demand.during(60.0, minute / 60 % 24):
                if drawn.carried:
                    yield self._call(drawn, minute * 60 + self._rng.uniform(0, 60))

    def any(self, number: int) -> Iterator[Call]:
        """So many patients of no particular hour."""
        return (self._call(self._demand.draw(), 0.0) for _ in range(number))

    def bound(self, sites: frozenset[str], number: int, at: float) -> list[Call]:
        """So many who are on the way to one of these sites ``at`` that moment, as one would find them.

        Raises NobodyBound for sites that nobody is brought to.
        """
        pool = [call for call in pool_of(self.region.code) if call.usual in sites]
        if number and not pool:
            raise NobodyBound(f"nobody would be on the way to {', '.join(sorted(sites))}")
        lasts = [call.leaves - call.announced + self.region.way(call.ways, call.usual).seconds for call in pool]
        # Who takes longer is more often found under way.
        picked = self._rng.choices(range(len(pool)), lasts, k=number) if number else []
        began = [at - self._rng.uniform(0, lasts[one]) for one in picked]
        return [self._call(pool[one].known.drawn, begin) for one, begin in zip(picked, began, strict=True)]

    def _call(self, drawn: Drawn, at: float) -> Call:
        lon, lat = self.region.town.plane.degrees(drawn.point)
        known = Known(drawn, UUID(int=self._rng.getrandbits(128)), Point(lat, lon))
        ways = self.region.ways(known.point, at, known.mode)
        strays = np.exp(self._numbers.normal(-STRAY * STRAY / 2, STRAY, len(ways)))
        first, second = (self._rng.uniform(*assumptions.STAFF_ACKNOWLEDGES_S) for _ in range(2))
        return Call(
            known=known,
            announced=at,
            leaves=at + assumptions.PLANNED_BEFORE_S,
            ways=ways,
            strays=tuple(strays.tolist()),
            crew_s=self._crew_s(),
            answers_s=(first, second),
            usual=bound_for(known.patient("", None), self.region.places, ways),
        )

    def _crew_s(self) -> float:
        silent, answers = self._rng.random() < assumptions.CREW_SILENT, self._rng.uniform(*assumptions.CREW_ANSWERS_S)
        return self.region.crew_overdue_s + self._rng.uniform(*RADIO_S) if silent else answers


def bound_for(patient: Patient, places: Sequence[Place], ways: Sequence[Journey]) -> str:
    """Where a patient without a destination is brought: by the rule, or the nearest regardless where none admits."""
    found = options(patient, places, ways)
    chosen = nearest(found) or min(found, key=lambda one: (one.seconds, one.site_id))
    return chosen.site_id


@cache
def pool_of(code: str) -> tuple[Call, ...]:
    """Patients to find those in who were bound somewhere: the same for all seeds, drawn once."""
    return tuple(Source(region(code), "pool").any(POOL))


@lru_cache(maxsize=8)
def calls_between(code: str, seed: str, rate: float, begin: float, end: float) -> tuple[Call, ...]:
    """Calls as they are announced; kept, because the closures and ways of one seed share them."""
    return tuple(sorted(Source(region(code), seed, rate).between(begin, end), key=lambda call: call.announced))
