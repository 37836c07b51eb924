"""A position that is taken without the form is one that the form takes, and reads as the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.api.forms import PositionItem
from diversion.api.plain import plain_positions

FORM = PositionItem()
PLAIN = {"vehicle": "a1", "lat": 50.85, "lon": 4, "at": "2026-03-11T04:09:00Z", "heading": 0, "speed_mps": 11.4}

numbers = st.one_of(
    st.floats(), st.integers(-400, 400), st.booleans(), st.none(), st.text(max_size=4), st.floats(0, 100).map(str)
)
zones = st.sampled_from([UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=-11, minutes=-30))])
moments = st.one_of(
    st.datetimes(timezones=zones | st.none()).map(datetime.isoformat),
    st.datetimes(timezones=st.just(UTC)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}"),
    st.sampled_from(["2026-03-11", "2026-03-11T24:00:00Z", "2026-03-11 04:09:00Z", "20260311T040900Z", "04:09", ""]),
    st.text(max_size=20),
    st.integers(),
)
names = st.one_of(st.text(max_size=70), st.from_regex(r"[ -~]{0,61}", fullmatch=True), st.integers(), st.none())
positions = st.fixed_dictionaries(
    {"vehicle": names, "lat": numbers, "lon": numbers, "at": moments},
    optional={"heading": numbers, "speed_mps": numbers, "colour": st.text(max_size=3)},
)
almost = st.builds(lambda change: PLAIN | change, st.dictionaries(st.sampled_from([*PLAIN, "x"]), numbers, max_size=1))


@given(st.one_of(positions, almost, st.builds(lambda at: PLAIN | {"at": at}, moments)))
def test_whatever_is_taken_plainly_the_form_takes_and_reads_as_the_same(item: dict[str, Any]):
    plain = plain_positions([item])
    if plain is not None:
        assert plain == [dict(FORM.run_validation(item))]


@pytest.mark.parametrize(
    "item", [PLAIN, {**PLAIN, "heading": None}, {name: PLAIN[name] for name in ("vehicle", "lat", "lon", "at")}]
)
def test_what_dispatch_systems_send_is_plain(item: dict[str, Any]):
    assert plain_positions([item, item]) == [dict(FORM.run_validation(item))] * 2


@pytest.mark.parametrize(
    "wrong",
    [{"lat": "50.85"}, {"lat": True}, {"vehicle": " a1"}, {"at": "2026-03-11T04:09:00"}, {"speed": 1}, {"lon": 181}],
)
def test_one_that_is_not_leaves_all_of_its_batch_to_the_form(wrong: dict[str, Any]):
    assert plain_positions([PLAIN, PLAIN | wrong]) is None
