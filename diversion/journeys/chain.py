"""The chain: sources are asked in order until every cell is answered, and the line, which always answers, is last.

So a routing engine that is down or a hospital off its map costs precision, which the answer shows by its source
and its interval, and never an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from diversion.journeys.factors import Factors, band_of
from diversion.journeys.line import Line
from diversion.journeys.port import (
    Journey,
    JourneySource,
    JourneysUnavailable,
    Matrix,
    Mode,
    PartialMatrix,
)
from hospitals.geo import Located


class Chain:
    """Better sources in order, then the line; and what a vehicle makes of a car's time."""

    def __init__(self, better: Sequence[JourneySource] = (), factors: Factors | None = None) -> None:
        self._better = tuple(better)
        self._factors = factors or Factors()

    def calibrated(self, factors: Factors) -> Chain:
        """The same sources with a region's own factors."""
        return Chain(self._better, factors)

    def eta_matrix(
        self, origins: Sequence[Located], destinations: Sequence[Located], departure: datetime, mode: Mode
    ) -> Matrix:
        band = band_of(departure)
        return tuple(
            tuple(self._factors.applied(cell, mode, band) for cell in row) for row in self._cars(origins, destinations)
        )

    def _cars(self, origins: Sequence[Located], destinations: Sequence[Located]) -> Matrix:
        answered: PartialMatrix = tuple((None,) * len(destinations) for _ in origins)
        for source in self._better:
            try:
                found = source.car_matrix(origins, destinations)
            except JourneysUnavailable:
                # Not hidden: every cell it would have answered names the source that answered instead.
                continue
            answered = _filled(answered, found)
            if (complete := _if_complete(answered)) is not None:
                return complete
        return _completed(answered, Line().car_matrix(origins, destinations))


def _if_complete(answered: PartialMatrix) -> Matrix | None:
    """The same, once no cell is left for anybody else."""
    whole = tuple(tuple(cell for cell in row if cell is not None) for row in answered)
    return whole if all(len(row) == len(old) for row, old in zip(whole, answered, strict=True)) else None


def _filled(answered: PartialMatrix, found: PartialMatrix) -> PartialMatrix:
    """What was answered stays; holes take what was found."""
    return tuple(
        tuple(new if old is None else old for old, new in zip(old_row, new_row, strict=True))
        for old_row, new_row in zip(answered, found, strict=True)
    )


def _completed(answered: PartialMatrix, line: Matrix) -> Matrix:
    """The same with a complete matrix, so that the result is complete."""
    return tuple(
        tuple(_first(old, new) for old, new in zip(old_row, new_row, strict=True))
        for old_row, new_row in zip(answered, line, strict=True)
    )


def _first(answer: Journey | None, last: Journey) -> Journey:
    return last if answer is None else answer
