"""Patients whom a story needs under way to one hospital at one moment.

Who was under way when a hospital failed is never reported; a replay says how many it assumes. They are sought some
minutes before, fetched by the nearest crews like anybody else, and leave the scene just before the moment.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from . import assumptions
from .demand import Patient
from .geometry import Point
from .places import Hospital
from .town import Town

#: They leave the scene between these many model seconds before the moment.
_LEAVES_BEFORE_S = (15.0, 75.0)
_DRAWS = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    patient: Patient
    site: str
    leaves_at: float


@dataclass
class Arranged:
    _later: list[tuple[str, float, Patient, tuple[float, float]]] = field(default_factory=list)

    def add(self, site: str, due: float, patients: Sequence[Patient], minutes: tuple[float, float]) -> None:
        self._later.extend((site, due, patient, minutes) for patient in patients)

    def due(self, clock: float, town: Town, hospitals: Mapping[str, Hospital], rng: random.Random) -> list[Wanted]:
        ready = [row for row in self._later if clock >= row[1] - assumptions.ARRANGE_S and row[0] in hospitals]
        self._later = [row for row in self._later if row not in ready]
        return [
            Wanted(
                replace(patient, point=_point(town, hospitals[site].point, minutes, rng)),
                site,
                due - rng.uniform(*_LEAVES_BEFORE_S),
            )
            for site, due, patient, minutes in ready
        ]


def _point(town: Town, goal: Point, minutes: tuple[float, float], rng: random.Random) -> Point:
    """A place from which the drive takes about that long; of many draws the closest, when none fits."""
    middle = (minutes[0] + minutes[1]) / 2 * 60
    best, off = goal, float("inf")
    for _ in range(_DRAWS):
        point = town.patient_point(rng)
        seconds = town.streets.route(point, goal).seconds(priority=False)
        if abs(seconds - middle) < off:
            best, off = point, abs(seconds - middle)
        if off <= (minutes[1] - minutes[0]) * 30 and rng.random() < 0.5:
            break
    return best
