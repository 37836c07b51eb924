"""A better source is used where it answers; where it does not, the answer says that the line gave it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from diversion.journeys.chain import Chain
from diversion.journeys.line import Line
from diversion.journeys.port import Journey, JourneysUnavailable, Mode, PartialMatrix
from hospitals.geo import Located, Point

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
HERE = [Point(50.84, 4.35)]
THERE = [Point(50.88, 4.33), Point(50.81, 4.40)]


class Surveyed:
    """A source that knows fixed journeys to the first ``known`` destinations."""

    def __init__(self, name: str, known: int) -> None:
        self.name, self.known, self.asked = name, known, 0

    def car_matrix(self, origins: Sequence[Located], destinations: Sequence[Located]) -> PartialMatrix:
        self.asked += 1
        answer = Journey(300, 250, 400, 4000, self.name, None)
        return tuple(tuple(answer if n < self.known else None for n in range(len(destinations))) for _ in origins)


class Down:
    """A source that cannot be reached."""

    def car_matrix(self, origins: Sequence[Located], destinations: Sequence[Located]) -> PartialMatrix:
        raise JourneysUnavailable("connection refused")


def sources(chain: Chain) -> list[str]:
    return [cell.source for row in chain.eta_matrix(HERE, THERE, NOON, Mode.CAR) for cell in row]


def test_without_other_sources_the_line_answers_everything() -> None:
    assert Chain().eta_matrix(HERE, THERE, NOON, Mode.CAR) == Line().car_matrix(HERE, THERE)


def test_the_better_source_answers_where_it_can_and_the_line_elsewhere() -> None:
    assert sources(Chain([Surveyed("roads", known=1)])) == ["roads", "line"]


def test_a_source_that_is_down_leaves_the_answer_to_the_next() -> None:
    assert sources(Chain([Down(), Surveyed("roads", known=2)])) == ["roads", "roads"]
    assert sources(Chain([Down()])) == ["line", "line"]


def test_the_first_source_in_order_wins() -> None:
    assert sources(Chain([Surveyed("engine", known=1), Surveyed("roads", known=2)])) == ["engine", "roads"]


def test_a_source_is_not_asked_when_everything_is_answered() -> None:
    spare = Surveyed("roads", known=2)
    assert sources(Chain([Surveyed("engine", known=2), spare])) == ["engine", "engine"]
    assert spare.asked == 0


def test_whatever_the_source_a_vehicle_with_priority_is_quicker_by_the_same_factor() -> None:
    both = Chain([Surveyed("roads", known=1)])
    car, priority = (both.eta_matrix(HERE, THERE, NOON, mode)[0] for mode in (Mode.CAR, Mode.PRIORITY))
    assert [cell.seconds for cell in priority] == [round(0.79 * cell.seconds) for cell in car]
    assert {cell.factor for cell in priority} == {0.79}
