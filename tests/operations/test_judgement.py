"""Each limit at its edge, without a database: a judgement is a function of readings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from diversion.operations.finding import Finding, exit_code, status
from diversion.operations.judgement import Limits, judge
from diversion.operations.questions import _known
from diversion.operations.readings import Configuration, Disk, Pool, Readings, Unread

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMITS = Limits(disk_mb=2048, standbys=0, feed_behind=10.0)


def judged(limits: Limits = LIMITS, **other: Any) -> list[str]:
    database = {
        "regions": 1, "clock_at": NOW, "worker_at": NOW, "channels": 1, "late": (0, None),
        "failing": (0, None, None, None), "standbys": (0, 0, None), "heads": [], "archive": None, "skew_s": 0.0,
        "applied": _known(),
    }  # fmt: skip
    database.update(other.pop("database", {}))
    settings = Configuration(debug=False, https=True, hosts=("diversion.example",), manifest_missing=None)
    return [one.code for one in judge(Readings(at=NOW, configuration=settings, database=database, **other), limits)]


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ({}, []),
        ({"clock_at": ago(10)}, []),
        ({"clock_at": ago(10.1)}, ["clock_late"]),
        ({"clock_at": None}, ["clock_never"]),
        ({"clock_at": Unread("no")}, ["unread"]),
        ({"worker_at": ago(60)}, []),
        ({"worker_at": ago(61)}, ["worker_late"]),
        ({"worker_at": None}, ["worker_never"]),
        ({"worker_at": None, "channels": 0}, []),
        ({"late": (3, ago(90))}, ["deliveries_late"]),
        ({"skew_s": 2.0}, []),
        ({"skew_s": 2.1}, ["clocks_differ"]),
        ({"skew_s": -2.1}, ["clocks_differ"]),
        # This machine is a minute ahead, and so was the one whose clock beat: told is what is wrong.
        ({"skew_s": 60.0, "clock_at": ago(61)}, ["clocks_differ"]),
        ({"skew_s": 60.0, "clock_at": ago(71)}, ["clocks_differ", "clock_late"]),
        ({"regions": 0, "clock_at": None}, ["no_region"]),
        ({"archive": ago(30)}, ["archive_failing"]),
        ({"applied": frozenset()}, ["migrations_pending"]),
        ({"applied": _known() | {"diversion.9999_of_a_later_version"}}, []),
    ],
)
def test_what_the_database_says(told: dict[str, Any], codes: list[str]):
    assert judged(database=told) == codes


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ({"feed": {"brussels": 10.0}}, []),
        ({"feed": {"brussels": 10.1, "namur": 0.2}}, ["feed_behind"]),
        ({"pool": Pool(16, 0, 0)}, []),
        ({"pool": Pool(16, 1, 3)}, []),
        ({"pool": Pool(16, 0, 1)}, ["pool_exhausted"]),
        ({"disks": (Disk("/", 2048),)}, []),
        ({"disks": (Disk("/", 2047),)}, ["disk_low"]),
        ({"disks": (Disk("/", 199),)}, ["disk_full"]),
        ({"broker": Unread("gone")}, ["broker_down"]),
    ],
)
def test_what_the_process_and_its_machine_say(told: dict[str, Any], codes: list[str]):
    assert judged(**told) == codes


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ((1, 0, 0.5), []),
        ((1, 0, None), []),
        ((0, 0, None), ["standby_missing"]),
        ((1, 0, 11.0), ["standby_behind"]),
        ((0, 1, None), ["standby_hidden"]),
    ],
)
def test_what_the_primary_says_of_its_standbys(told: tuple[Any, ...], codes: list[str]):
    assert judged(Limits(disk_mb=0, standbys=1, feed_behind=10.0), database={"standbys": told}) == codes
    assert judged(database={"standbys": told}) == [], "nobody expects one"


def test_what_takes_a_process_out_of_service_comes_first_and_is_all_that_does():
    here, bad, mild = Finding("feed_behind", "failure", here=True), Finding("clock_late", "failure"), "warning"
    assert status([]) == "ready"
    assert status([bad, Finding("disk_low", mild)]) == "degraded"
    assert status([bad, here]) == "unready"
    assert (exit_code([]), exit_code([Finding("disk_low", mild)]), exit_code([Finding("disk_low", mild), bad])) == (
        0,
        1,
        2,
    )
