"""What a vehicle's way of driving and the hour make of a car's time on free roads, fitted from recorded journeys.

Invariant: a factor rests on enough recorded journeys of its own source, mode and hours, or on the next wider group that
has enough, or on the figure this began with; it says how many.

Where that figure comes from: an emergency profile on the Brussels network of 2013 (speeds a quarter higher, contraflow
at 15 km/h on minor streets, bus lanes, no turn bans) took 0.79 of the car's time, within four seconds on average. No
engine has such costs of its own, and against real ambulances nothing has been compared before a region's own journeys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from statistics import median, quantiles
from typing import Any, Final
from zoneinfo import ZoneInfo

from diversion.journeys.port import Journey, Mode

ZONE: Final = ZoneInfo("Europe/Brussels")
BEGAN_WITH: Final[Mapping[Mode, float]] = {Mode.CAR: 1.0, Mode.PRIORITY: 0.79}
#: With fewer journeys the tenth and ninetieth percentile are one or two drives, and the median moves by a tenth.
ENOUGH: Final = 30
#: Slower or faster than this by the estimate, a journey was not one drive: a stop, a wrong clock, a report made later.
PLAUSIBLE: Final = (0.25, 4.0)


class Band(StrEnum):
    """Hours alike on the road, in Brussels time."""

    NIGHT = "night"
    PEAK = "peak"
    DAY = "day"


#: Every hour together: what a band without enough journeys takes.
ANY: Final = "any"


def band_of(moment: datetime) -> Band:
    """Night from 22 to 6; peak on working days from 7 to 10 and from 16 to 19; day otherwise."""
    there = moment.astimezone(ZONE)
    if there.hour >= 22 or there.hour < 6:
        return Band.NIGHT
    busy = 7 <= there.hour < 10 or 16 <= there.hour < 19
    return Band.PEAK if busy and there.weekday() < 5 else Band.DAY


@dataclass(frozen=True, slots=True)
class Factor:
    """Multiplies a car's seconds. Nine in ten journeys lie from ``low`` to ``high``; None until some were fitted."""

    factor: float
    low: float | None = None
    high: float | None = None
    journeys: int = 0


@dataclass(frozen=True, slots=True)
class Driven:
    """One journey as it was foretold and as it was: ``car_s`` is the source's own time, ``took_s`` what passed."""

    source: str
    mode: Mode
    band: Band
    car_s: float
    took_s: float


class Factors:
    """By source, mode and band; empty, everything is what it began with."""

    def __init__(self, fitted: Mapping[tuple[str, Mode, str], Factor] | None = None) -> None:
        self.fitted = dict(fitted or {})

    def of(self, source: str, mode: Mode, band: Band) -> Factor:
        """The factor of the narrowest group with enough journeys."""
        for group in ((source, mode, band.value), (source, mode, ANY)):
            if group in self.fitted:
                return self.fitted[group]
        return Factor(BEGAN_WITH[mode])

    def applied(self, journey: Journey, mode: Mode, band: Band) -> Journey:
        """The journey as this vehicle drives it. A fitted interval replaces the source's own."""
        by = self.of(journey.source, mode, band)
        low = journey.low * by.factor if by.low is None else journey.seconds * by.low
        high = journey.high * by.factor if by.high is None else journey.seconds * by.high
        return replace(
            journey,
            seconds=round(journey.seconds * by.factor),
            low=round(low),
            high=round(high),
            factor=by.factor,
        )

    def as_stored(self) -> list[dict[str, Any]]:
        """Plain data, in a fixed order."""
        return [
            {"source": source, "mode": mode.value, "band": band, **asdict(factor)}
            for (source, mode, band), factor in sorted(self.fitted.items())
        ]

    @classmethod
    def stored(cls, rows: Iterable[Mapping[str, Any]]) -> Factors:
        """What ``as_stored`` gave. Raises KeyError or ValueError for anything else."""
        return cls(
            {
                (row["source"], Mode(row["mode"]), row["band"]): Factor(
                    row["factor"], row["low"], row["high"], row["journeys"]
                )
                for row in rows
            }
        )


def fit(driven: Iterable[Driven]) -> Factors:
    """The median of what journeys took by what was foretold for a car, with the bounds of nine in ten."""
    ratios: dict[tuple[str, Mode, str], list[float]] = defaultdict(list)
    for one in driven:
        ratio = one.took_s / one.car_s if one.car_s > 0 else 0.0
        if PLAUSIBLE[0] <= ratio <= PLAUSIBLE[1]:
            for band in (one.band.value, ANY):
                ratios[one.source, one.mode, band].append(ratio)
    return Factors({group: _fitted(found) for group, found in ratios.items() if len(found) >= ENOUGH})


def _fitted(ratios: list[float]) -> Factor:
    twentieths = quantiles(ratios, n=20, method="inclusive")
    return Factor(round(median(ratios), 3), round(twentieths[0], 3), round(twentieths[-1], 3), len(ratios))
