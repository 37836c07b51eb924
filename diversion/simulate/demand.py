"""Who calls, when and from where: a seeded stream of patients, at a rate that follows the hour of the day.

No patient has an identity here: an urgency, a need, an age band, a sex and a place to be fetched from.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from . import assumptions
from .geometry import Point
from .town import Town

_T = TypeVar("_T")
_MEAN_HOUR = sum(assumptions.HOURLY) / len(assumptions.HOURLY)


@dataclass(frozen=True, slots=True)
class Patient:
    point: Point
    urgency: str
    needs: tuple[str, ...]
    age_band: str
    sex: str
    smur: bool  # a mobile emergency team is sent too
    pit: bool  # a paramedic team is sent instead of an ambulance
    physician_stays: bool
    carried: bool


def departures_an_hour(hour: float, scale: float) -> float:
    """Drawn straight between the middles of the hours, so that the rate has no steps."""
    before = int((hour - 0.5) % 24)
    share = (hour - 0.5) % 24 - before
    here, after = assumptions.HOURLY[before], assumptions.HOURLY[(before + 1) % 24]
    rhythm = (here + (after - here) * share) / _MEAN_HOUR
    return assumptions.DEPARTURES_A_DAY / 24 * rhythm * scale


class Demand:
    """A Poisson stream with a moving rate: each patient waits until the rates add up to a drawn amount."""

    def __init__(self, town: Town, seed: int, scale: float, capabilities: frozenset[str]) -> None:
        self._town = town
        self._rng = random.Random(f"{seed}:demand")
        self._scale = scale
        self._capabilities = capabilities
        self._due = self._rng.expovariate(1.0)

    def during(self, seconds: float, hour: float) -> list[Patient]:
        self._due -= departures_an_hour(hour, self._scale) / 3600 * seconds
        patients = []
        while self._due <= 0:
            patients.append(self.draw())
            self._due += self._rng.expovariate(1.0)
        return patients

    def draw(self) -> Patient:
        rng = self._rng
        smur = rng.random() < assumptions.SMUR_A_DAY / assumptions.DEPARTURES_A_DAY
        pit = not smur and rng.random() < assumptions.PIT_A_DAY / assumptions.DEPARTURES_A_DAY
        urgency = pick(rng, assumptions.URGENCY_WITH_SMUR if smur else assumptions.URGENCY)
        age_band = pick(rng, assumptions.AGE_BANDS)
        return Patient(
            point=self._town.patient_point(rng),
            urgency=urgency,
            needs=self._needs(age_band),
            age_band=age_band,
            sex=pick(rng, assumptions.SEXES),
            smur=smur,
            pit=pit,
            physician_stays=smur and rng.random() < assumptions.PHYSICIAN_STAYS,
            carried=rng.random() < assumptions.CARRIED,
        )

    def _needs(self, age_band: str) -> tuple[str, ...]:
        """Drawn in any case, so that the stream does not depend on what the region knows."""
        need = pick(self._rng, assumptions.NEEDS)
        if age_band in ("infant", "child"):
            need = assumptions.CHILD_NEED
        return (need,) if need in self._capabilities else ()


def pick(rng: random.Random, shares: Sequence[tuple[_T, float]]) -> _T:
    values = [value for value, _ in shares]
    return rng.choices(values, weights=[weight for _, weight in shares])[0]
