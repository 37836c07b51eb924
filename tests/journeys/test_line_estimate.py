"""The line always answers, says how sure it is, and never sounds surer than it was measured to be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.journeys.line import Line, journey
from diversion.journeys.port import Mode
from hospitals.geo import Point, distance_m

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
GRAND_PLACE = Point(50.8467, 4.3525)
ATOMIUM = Point(50.8949, 4.3415)

metres = st.floats(min_value=0, max_value=60_000, allow_nan=False)


def test_a_car_takes_127_seconds_and_105_for_each_straight_kilometre() -> None:
    assert journey(0, Mode.CAR).seconds == 127
    assert journey(10_000, Mode.CAR).seconds == 127 + 1050


def test_with_priority_it_takes_79_hundredths_of_the_time_of_a_car() -> None:
    assert journey(10_000, Mode.PRIORITY).seconds == round(0.79 * (127 + 1050))


def test_it_names_its_source_and_the_date_of_its_data() -> None:
    answer = journey(1_000, Mode.CAR)
    assert (answer.source, answer.data_date) == ("line", "2013-01-01")


def test_the_road_is_longer_than_the_straight_line() -> None:
    assert journey(1_000, Mode.CAR).metres == 1_320


def test_a_matrix_has_a_row_for_each_origin_and_a_column_for_each_destination() -> None:
    matrix = Line().eta_matrix([GRAND_PLACE], [GRAND_PLACE, ATOMIUM], NOON, Mode.CAR)
    assert [[cell.metres for cell in row] for row in matrix] == [
        [0, round(1.32 * distance_m(GRAND_PLACE, ATOMIUM))],
    ]


def test_no_origins_give_no_rows() -> None:
    assert Line().eta_matrix([], [ATOMIUM], NOON, Mode.CAR) == ()


@given(metres, st.sampled_from(Mode))
def test_the_time_lies_within_its_own_interval_and_no_time_is_negative(straight: float, mode: Mode) -> None:
    answer = journey(straight, mode)
    assert 0 <= answer.low <= answer.seconds <= answer.high


@given(metres, metres, st.sampled_from(Mode))
def test_farther_never_takes_less(one: float, other: float, mode: Mode) -> None:
    near, far = sorted((one, other))
    assert journey(near, mode).seconds <= journey(far, mode).seconds


@given(metres)
def test_the_interval_of_a_car_is_at_least_as_wide_as_the_measured_error(straight: float) -> None:
    answer = journey(straight, Mode.CAR)
    assert answer.high - answer.seconds == pytest.approx(144, abs=1)
    assert answer.seconds - answer.low >= min(132, answer.seconds)
