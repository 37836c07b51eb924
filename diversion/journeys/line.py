"""The fitted line: a fixed start and a time per kilometre as the crow flies. It always has an answer.

Where the figures come from: free-flow car times on the whole Brussels street network of 1 January 2013, between
300 random street points and 16 emergency departments (4,752 pairs), cross-validated. The line that fitted best
is 127 s plus 105 s for each straight kilometre; nine in ten pairs were within 2.2 to 2.4 minutes of it, one was
8.9 minutes off, and it named the same nearest department in 83 % of cases. Streets were 1.32 times as long as the
straight line at the median.

What it does not know: rivers, motorways, traffic, the hour, one-way rules made since 2013. Nothing here has been
compared with real ambulance journeys. Hence the interval on every answer, and the rule that a difference under
two minutes is a tie.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from diversion.journeys.port import Journey, Matrix
from hospitals.geo import Located, distance_m

SOURCE: Final = "line"
DATA_DATE: Final = "2013-01-01"

START_S: Final = 127
PER_KM_S: Final = 105
# The larger of the two sides of the measured error, used on both: the sides differ by less than the figure's noise.
MARGIN_S: Final = 144
DETOUR: Final = 1.32


class Line:
    """The last link of every chain; holds no state."""

    def car_matrix(self, origins: Sequence[Located], destinations: Sequence[Located]) -> Matrix:
        """Every pair by the line."""
        return tuple(tuple(journey(distance_m(a, b)) for b in destinations) for a in origins)


def journey(straight_m: float) -> Journey:
    """The line's answer for one straight distance in metres."""
    car = START_S + PER_KM_S * straight_m / 1000
    return Journey(
        seconds=round(car),
        low=max(0, round(car - MARGIN_S)),
        high=round(car + MARGIN_S),
        metres=round(straight_m * DETOUR),
        source=SOURCE,
        data_date=DATA_DATE,
    )
