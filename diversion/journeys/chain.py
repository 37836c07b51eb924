"""The chain: sources are asked in order until every cell is answered, and the line, which always answers, is last.

So a routing engine that is down or a hospital off its map costs precision, which the answer shows by its source
and its interval, and never an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from diversion.journeys.line import SOURCE as LINE
from diversion.journeys.line import Line
from diversion.journeys.port import (
    Journey,
    JourneySource,
    JourneysUnavailable,
    JourneyTimes,
    Matrix,
    Mode,
    PartialMatrix,
)
from hospitals.geo import Located

#: The sources a setting can name, best first in a setting such as ("line",).
SOURCES: Final[Mapping[str, Callable[[], JourneySource]]] = {LINE: Line}


def journey_times(names: Sequence[str] = (LINE,)) -> JourneyTimes:
    """The chain a setting asks for. Raises ValueError for a source that does not exist."""
    unknown = [name for name in names if name not in SOURCES]
    if unknown:
        raise ValueError(f"no journey source {unknown[0]!r}; sources are {', '.join(SOURCES)}")
    return Chain([SOURCES[name]() for name in names if name != LINE])


class Chain:
    """Better sources in order, then the line."""

    def __init__(self, better: Sequence[JourneySource] = ()) -> None:
        self._better = tuple(better)

    def eta_matrix(
        self, origins: Sequence[Located], destinations: Sequence[Located], departure: datetime, mode: Mode
    ) -> Matrix:
        answered: PartialMatrix = tuple((None,) * len(destinations) for _ in origins)
        for source in self._better:
            try:
                found = source.eta_matrix(origins, destinations, departure, mode)
            except JourneysUnavailable:
                # Not hidden: every cell it would have answered names the source that answered instead.
                continue
            answered = _filled(answered, found)
            if all(cell is not None for row in answered for cell in row):
                break
        return _completed(answered, Line().eta_matrix(origins, destinations, departure, mode))


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
