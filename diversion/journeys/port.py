"""The port: every journey time carries its interval, its source and the age of its data, or it is not given.

Pure values: no Django, no clock, no network in this module. ``departure`` is handed in by the caller, so that
the same question always has the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hospitals.geo import Located


class Mode(StrEnum):
    """How the vehicle drives; ``diversion.journeys.factors`` says what that makes of a car's time."""

    CAR = "car"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Journey:
    """One estimated journey. ``low`` to ``high`` is the interval nine in ten should fall in; all are whole seconds.

    ``data_date`` is the ISO date of the data the estimate rests on, shown and stored as it is, or None when the
    source cannot say. ``factor`` is what the source's own time, that of a car on free roads, was multiplied by.
    """

    seconds: int
    low: int
    high: int
    metres: int
    source: str
    data_date: str | None
    factor: float = 1.0


Matrix = tuple[tuple[Journey, ...], ...]
#: A source that cannot reach a destination says None for that cell; the next source in the chain is asked.
PartialMatrix = tuple[tuple[Journey | None, ...], ...]


class JourneysUnavailable(Exception):
    """A source cannot answer at all now (not reachable, no data); the next one in the chain is asked."""


class JourneyTimes(Protocol):
    """What planning is given: rows are origins, columns destinations, every cell answered."""

    def eta_matrix(
        self, origins: Sequence[Located], destinations: Sequence[Located], departure: datetime, mode: Mode
    ) -> Matrix: ...


class JourneySource(Protocol):
    """One link of the chain, asked for a car on free roads: may leave cells unanswered or raise JourneysUnavailable.

    How a vehicle with priority drives, and at what hour, is one matter for all sources: the chain's.
    """

    def car_matrix(self, origins: Sequence[Located], destinations: Sequence[Located]) -> PartialMatrix: ...
