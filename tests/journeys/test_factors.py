"""Factors come from enough journeys that were really driven, and say how many; until then everything is as it began."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from diversion.journeys.factors import ANY, ENOUGH, Band, Driven, Factor, Factors, band_of, fit
from diversion.journeys.port import Journey, Mode

FORETOLD = Journey(600, 480, 720, 5000, "roads", "2026-03-01")


def drives(ratio: float, count: int, band: Band = Band.DAY, source: str = "roads") -> list[Driven]:
    return [Driven(source, Mode.PRIORITY, band, 500.0, 500.0 * ratio)] * count


@pytest.mark.parametrize(
    ("moment", "band"),
    [
        (datetime(2026, 3, 5, 2, 0, tzinfo=UTC), Band.NIGHT),
        (datetime(2026, 3, 5, 7, 30, tzinfo=UTC), Band.PEAK),
        (datetime(2026, 3, 5, 12, 0, tzinfo=UTC), Band.DAY),
        (datetime(2026, 3, 7, 7, 30, tzinfo=UTC), Band.DAY),  # a Saturday
        (datetime(2026, 7, 2, 4, 30, tzinfo=UTC), Band.DAY),  # half past six in Brussels in summer
        (datetime(2026, 7, 2, 20, 30, tzinfo=UTC), Band.NIGHT),
    ],
)
def test_hours_are_those_of_brussels(moment: datetime, band: Band):
    assert band_of(moment) == band


def test_before_any_journey_a_car_is_a_car_and_priority_takes_four_fifths():
    nothing = Factors()
    assert nothing.applied(FORETOLD, Mode.CAR, Band.DAY) == FORETOLD
    assert nothing.applied(FORETOLD, Mode.PRIORITY, Band.DAY) == Journey(
        474, 379, 569, 5000, "roads", "2026-03-01", 0.79
    )


def test_with_enough_journeys_the_factor_and_the_interval_are_theirs():
    fitted = fit([*drives(0.6, 20), *drives(0.7, 20), *drives(0.9, 20)])
    factor = fitted.of("roads", Mode.PRIORITY, Band.DAY)
    assert (factor.factor, factor.low, factor.high, factor.journeys) == (0.7, 0.6, 0.9, 60)
    told = fitted.applied(FORETOLD, Mode.PRIORITY, Band.DAY)
    assert (told.low, told.seconds, told.high) == (360, 420, 540)


def test_hours_with_too_few_journeys_take_the_factor_of_all_hours():
    fitted = fit([*drives(0.7, ENOUGH), *drives(1.4, ENOUGH - 1, Band.PEAK)])
    assert fitted.of("roads", Mode.PRIORITY, Band.PEAK) == fitted.fitted["roads", Mode.PRIORITY, ANY]
    assert fitted.of("roads", Mode.PRIORITY, Band.PEAK).journeys == 2 * ENOUGH - 1


def test_one_source_learns_nothing_from_another():
    fitted = fit(drives(0.7, ENOUGH, source="osrm"))
    assert fitted.of("roads", Mode.PRIORITY, Band.DAY) == Factor(0.79)


def test_what_cannot_have_been_one_drive_counts_for_nothing():
    assert fit([*drives(0.7, ENOUGH - 1), *drives(20.0, 50), *drives(0.01, 50)]).fitted == {}


def test_what_is_stored_is_what_was_fitted():
    fitted = fit(drives(0.7, ENOUGH))
    assert Factors.stored(fitted.as_stored()).fitted == fitted.fitted
