"""How a vehicle moves along its route: never faster than its street, never round a corner at full speed, no jumps.

Every call moves it by model seconds in pieces of at most one second, so that speed follows from acceleration
whatever the step of the caller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from . import assumptions
from .geometry import Point, between, heading, turn
from .streets import Route, speed

_GAINS, _LOSES = 1.6, 3.0  # metres a second, each second
_CORNER_MPS = 5.0
_CORNER_DEGREES = 50.0
_PIECE_S = 1.0


@dataclass
class Drive:
    """One drive: where on the route the vehicle is, how fast, and its own rhythm (a phase, so that none are alike)."""

    route: Route
    priority: bool
    phase: float
    leg: int = 0
    along: float = 0.0
    mps: float = 0.0
    bearing: float | None = None

    @property
    def done(self) -> bool:
        return self.leg >= len(self.route.legs)

    @property
    def position(self) -> Point:
        if self.done:
            return self.route.end
        start = self._start(self.leg)
        current = self.route.legs[self.leg]
        return between(start, current.end, self.along / current.metres)

    def remaining_s(self) -> float:
        legs = self.route.legs[self.leg :]
        if not legs:
            return 0.0
        driven = self.along / speed(legs[0].street, self.priority)
        return max(0.0, sum(leg.seconds(self.priority) for leg in legs) - driven)

    def advance(self, seconds: float) -> None:
        while seconds > 0 and not self.done:
            piece = min(seconds, _PIECE_S)
            self._accelerate(piece)
            self._move(self.mps * piece)
            seconds -= piece
        if self.done:
            self.mps = 0.0

    def _accelerate(self, piece: float) -> None:
        street = self.route.legs[self.leg].street
        # Around the street's speed in slow waves: traffic lights and other cars, without stopping for each.
        metres = self.route.legs[self.leg].metres - self.along
        wave = 1.04 + 0.10 * math.sin(self.phase + (self.leg * 300 + self.along) / 90)
        wanted = min(
            speed(street, self.priority) * wave,
            assumptions.FASTEST_KMH[street] / 3.6,
            math.sqrt(self._corner_mps() ** 2 + 2 * _LOSES * metres),
        )
        slowest, fastest = self.mps - _LOSES * piece, self.mps + _GAINS * piece
        self.mps = max(1.0, min(max(wanted, slowest), fastest))

    def _corner_mps(self) -> float:
        """How fast the end of this leg may be passed: nearly stopping at the goal, slowly round a sharp corner."""
        if self.leg + 1 >= len(self.route.legs):
            return 1.0
        here = self.route.legs[self.leg].end
        before = heading(self._start(self.leg), here)
        after = heading(here, self.route.legs[self.leg + 1].end)
        return _CORNER_MPS if turn(before, after) > _CORNER_DEGREES else math.inf

    def _move(self, metres: float) -> None:
        while metres > 0 and not self.done:
            current = self.route.legs[self.leg]
            self.bearing = heading(self._start(self.leg), current.end)
            step = min(metres, current.metres - self.along)
            self.along += step
            metres -= step
            if current.metres - self.along < 1e-6:
                self.leg, self.along = self.leg + 1, 0.0

    def _start(self, leg: int) -> Point:
        return self.route.legs[leg - 1].end if leg else self.route.start
