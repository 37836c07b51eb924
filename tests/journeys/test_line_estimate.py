"""The line always answers, says how sure it is, and never sounds surer than it was measured to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.journeys.line import Line, journey
from hospitals.geo import Point, distance_m

GRAND_PLACE = Point(50.8467, 4.3525)
ATOMIUM = Point(50.8949, 4.3415)

metres = st.floats(min_value=0, max_value=60_000, allow_nan=False)


def test_a_car_takes_127_seconds_and_105_for_each_straight_kilometre() -> None:
    assert journey(0).seconds == 127
    assert journey(10_000).seconds == 127 + 1050


def test_it_names_its_source_and_the_date_of_its_data() -> None:
    answer = journey(1_000)
    assert (answer.source, answer.data_date) == ("line", "2013-01-01")


def test_the_road_is_longer_than_the_straight_line() -> None:
    assert journey(1_000).metres == 1_320


def test_a_matrix_has_a_row_for_each_origin_and_a_column_for_each_destination() -> None:
    matrix = Line().car_matrix([GRAND_PLACE], [GRAND_PLACE, ATOMIUM])
    assert [[cell.metres for cell in row] for row in matrix] == [
        [0, round(1.32 * distance_m(GRAND_PLACE, ATOMIUM))],
    ]


def test_no_origins_give_no_rows() -> None:
    assert Line().car_matrix([], [ATOMIUM]) == ()


@given(metres)
def test_the_time_lies_within_its_own_interval_and_no_time_is_negative(straight: float) -> None:
    answer = journey(straight)
    assert 0 <= answer.low <= answer.seconds <= answer.high


@given(metres, metres)
def test_farther_never_takes_less(one: float, other: float) -> None:
    near, far = sorted((one, other))
    assert journey(near).seconds <= journey(far).seconds


@given(metres)
def test_the_interval_of_a_car_is_at_least_as_wide_as_the_measured_error(straight: float) -> None:
    answer = journey(straight)
    assert answer.high - answer.seconds == pytest.approx(144, abs=1)
    assert answer.seconds - answer.low >= min(132, answer.seconds)
