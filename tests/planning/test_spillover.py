"""What would still come while a gate stays closed, from the same hours of past days, or that nobody can say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from diversion.planning.spillover import Arrival, Closure, expected

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def arrivals(site: str, days: range, each: int = 1, after: timedelta = timedelta(minutes=30)) -> list[Arrival]:
    return [Arrival(site, NOW - timedelta(days=day) + after) for day in days for _ in range(each)]


def test_what_came_at_these_hours_on_past_days_is_what_is_expected():
    found = expected({"a"}, arrivals("a", range(1, 29), 3), [], NOW)
    assert found is not None
    assert (found.hours, found.patients, found.low, found.high, found.days) == (2, 3.0, 3, 3, 28)


def test_other_hours_and_other_sites_do_not_count():
    elsewhere = arrivals("b", range(1, 29), 2) + arrivals("a", range(1, 29), 4, after=timedelta(hours=2))
    found = expected({"a"}, elsewhere, [], NOW)
    assert found is not None
    assert found.patients == 0


def test_the_spread_leaves_out_one_day_in_ten_on_either_side():
    usual = arrivals("a", range(1, 29), 2)
    found = expected({"a"}, usual + arrivals("a", range(5, 6), 20) + arrivals("a", range(6, 9), 1), [], NOW)
    assert found is not None
    assert (found.low, found.high) == (2, 3)


def test_several_closed_sites_are_counted_together():
    found = expected({"a", "b"}, arrivals("a", range(1, 15)) + arrivals("b", range(1, 15), 2), [], NOW)
    assert found is not None
    assert (found.patients, found.days) == (3.0, 14)


def test_too_few_days_of_record_are_said_and_not_averaged():
    assert expected({"a"}, arrivals("a", range(1, 14), 5), [], NOW) is None


def test_a_day_without_any_record_is_no_quiet_day():
    found = expected({"a"}, arrivals("a", range(1, 15), 2), [], NOW)
    assert found is not None
    assert (found.patients, found.days) == (2.0, 14)


def test_a_day_on_which_the_site_was_closed_then_too_says_nothing():
    past = arrivals("a", range(1, 28), 2) + arrivals("b", range(1, 29))
    shut = Closure("a", NOW - timedelta(days=28, hours=1), NOW - timedelta(days=28) + timedelta(hours=1))
    found = expected({"a"}, past, [shut, Closure("b", NOW - timedelta(days=9), None)], NOW)
    assert found is not None
    assert (found.patients, found.days) == (2.0, 27)


def test_nothing_recorded_is_nothing_known():
    assert expected({"a"}, [], [], NOW) is None
