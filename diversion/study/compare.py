"""Differences between two ways, seed by seed, with an interval that assumes no shape of them.

Paired: both ways of a seed met the same patients and the same chance, so what differs is the decisions'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import bootstrap

from diversion.study.measures import Measure
from diversion.study.run import Figures

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 5_000


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of the differences and its interval; ``seeds`` had something to measure."""

    mean: float
    low: float
    high: float
    seeds: int

    @property
    def told_apart(self) -> bool:
        """Whether the interval leaves out that there is none."""
        return self.low > 0 or self.high < 0


def mean(figures: Iterable[Figures], way: str, measure: Measure) -> float | None:
    values = [value for one in figures if (value := one[way][measure.code]) is not None]
    return float(np.mean(values)) if values else None


def difference(figures: Sequence[Figures], way: str, other: str, measure: Measure) -> Difference | None:
    """``way`` less ``other``: below zero, ``way`` is better. None where no seed had anything to measure."""
    pairs = [(one[way][measure.code], one[other][measure.code]) for one in figures]
    found = np.array([mine - theirs for mine, theirs in pairs if mine is not None and theirs is not None])
    if not len(found):
        return None
    if len(found) == 1 or np.ptp(found) == 0:
        # Nothing to resample: every seed says the same.
        return Difference(float(found.mean()), float(found.min()), float(found.max()), len(found))
    interval = bootstrap(
        (found,),
        np.mean,
        confidence_level=CONFIDENCE,
        n_resamples=RESAMPLES,
        method="BCa",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Difference(float(found.mean()), float(interval.low), float(interval.high), len(found))
