"""Replays as closures: the gates of the files, and nothing that no file says."""

from __future__ import annotations

import pytest

from diversion.simulate.replay import load
from diversion.study.closures import Change, of_replay, shut
from hospitals.gates import AMBULANCES, SMUR_DESTINATION


def values(change: Change, site: str) -> tuple[str, str]:
    now = change.effective[site]
    return now.value(AMBULANCES), now.value(SMUR_DESTINATION)


def test_a_story_is_counted_from_its_first_restriction_to_its_reopening():
    told = of_replay(load("saint-pierre-2023")).changes
    assert [(change.at / 3600, values(change, "saint-pierre")) for change in told] == [
        (0.0, ("closed", "closed")),
        (13.0, ("closed", "closed")),
        (15.0, ("open", "open")),
    ]


def test_a_gate_and_its_exceptions_are_those_of_the_file():
    now = of_replay(load("chrsm-2023")).changes[0].effective["chrsm-meuse"]
    assert now.value(AMBULANCES) == "life_threatening"
    assert now.gates[AMBULANCES].accepts == ("maternity",)
    assert set(now.closed_capabilities) == {"nicu"}


@pytest.mark.parametrize("name", ["saint-luc-2025", "citadelle-2022"])
def test_where_no_source_says_that_ambulances_were_refused_nobody_is(name: str):
    assert of_replay(load(name)).sites == frozenset()


def test_sites_that_are_shut_refuse_vehicles_with_and_without_a_physician():
    closure = shut(frozenset({"a", "b"}))
    assert closure.sites == {"a", "b"}
    assert values(closure.changes[0], "a") == ("closed", "closed")
