"""Who is on the way to where."""

from __future__ import annotations

from diversion.planning.inbound import inbound_counts


def test_each_transport_counts_where_it_is_going() -> None:
    assert inbound_counts([("a", None), ("a", None), ("b", None)]) == {"a": 2, "b": 1}


def test_an_ordered_redirect_counts_at_the_new_site_before_the_crew_acknowledges() -> None:
    assert inbound_counts([("a", "b"), ("a", None)]) == {"a": 1, "b": 1}


def test_a_site_nobody_is_going_to_counts_nothing() -> None:
    assert inbound_counts([])["a"] == 0
