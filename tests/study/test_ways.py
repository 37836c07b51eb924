"""The ways of deciding, on one picture: with the product's own functions, and never past a gate."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from diversion.planning.plan import Policy
from diversion.study.ways import Picture, as_planned, each_to_nearest, to_nearest, with_room
from tests.planning.builders import closed_place, patient, place, ways

POLICY = Policy(detour_limit_s=900, inbound_limit=4)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    gates = st.sampled_from(["open", "open", "life_threatening", "closed"])
    others = st.builds(place, st.sampled_from("abcdef"), ambulances=gates, smur=gates, inbound=st.integers(0, 6))
    sites = (closed_place(inbound=1), *draw(st.lists(others, max_size=5, unique_by=lambda one: one.site_id)))
    who = patient(urgency=draw(st.sampled_from(["vital", "urgent", "routine"])), near_arrival_s=900)
    seconds = draw(st.lists(st.integers(100, 1500), min_size=len(sites), max_size=len(sites)))
    return Picture(sites, (who,), (ways(*seconds),), POLICY)


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_no_way_goes_past_a_gate_and_none_gives_up_while_a_gate_is_open(picture: Picture):
    admitting = {one.site_id for one in picture.options() if one.admits}
    for site in (to_nearest(picture), with_room(picture)):
        assert site in admitting if admitting else site is None
    for chosen in (each_to_nearest(picture), as_planned(picture)):
        assert set(chosen.values()) <= admitting


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_one_patient_alone_goes_where_a_plan_for_one_would_send_them_while_there_is_room(picture: Picture):
    planned = as_planned(picture)
    alone = with_room(picture)
    options = {one.site_id: one for one in picture.options()}
    for site in planned.values():
        if options[site].inbound < 4 and alone is not None and options[alone].inbound < 4:
            assert (options[alone].tie, options[alone].inbound) == (options[site].tie, options[site].inbound)


def test_the_nearest_is_the_nearest_however_many_are_bound_there():
    sites = (closed_place(), place("near", inbound=20), place("calm"))
    picture = Picture(sites, (patient(near_arrival_s=900),), (ways(300, 500, 510),), POLICY)
    assert (to_nearest(picture), with_room(picture)) == ("near", "calm")
