"""What the plan proposes, and what it leaves to a person, told case by case."""

from __future__ import annotations

import pytest

from diversion.planning.options import Patient, options
from diversion.planning.plan import Plan, Policy, plan
from diversion.planning.why import WHYS
from tests.planning.builders import CLOSED, closed_place, patient, place, way, ways

POLICY = Policy(detour_limit_s=900, inbound_limit=4)


def destinations(found: Plan) -> list[str | None]:
    return [one.to_id for one in found.proposals]


def test_a_patient_alone_is_proposed_their_first_option() -> None:
    sites = [closed_place(), place("near", inbound=2), place("calm"), place("far")]
    journeys = ways(300, 500, 550, 900)
    (proposal,) = plan([patient()], sites, (journeys,), POLICY).proposals
    assert proposal.to_id == "calm" == options(patient(), sites, journeys)[0].site_id


def test_every_proposal_carries_the_options_it_was_chosen_from() -> None:
    sites = [closed_place(), place("near"), place("far")]
    (proposal,) = plan([patient()], sites, (ways(300, 500, 900),), POLICY).proposals
    assert proposal.options == options(patient(), sites, ways(300, 500, 900))


def test_several_patients_are_spread_over_a_tie() -> None:
    sites = [closed_place(), place("a"), place("b")]
    found = plan([patient(1), patient(2)], sites, (ways(300, 500, 510),) * 2, POLICY)
    assert sorted(destinations(found), key=str) == ["a", "b"]


def test_a_site_takes_no_more_than_its_limit_while_another_has_room() -> None:
    sites = [closed_place(), place("near", inbound=3), place("next")]
    found = plan([patient(1), patient(2)], sites, (ways(300, 400, 800),) * 2, POLICY)
    assert sorted(destinations(found), key=str) == ["near", "next"]


def test_the_more_urgent_patient_gets_the_last_place_near_by() -> None:
    sites = [closed_place(), place("near", inbound=3), place("next")]
    patients = [patient(1, urgency="routine"), patient(2, urgency="urgent")]
    found = plan(patients, sites, (ways(300, 400, 800),) * 2, POLICY)
    assert [(one.transport_id.int, one.to_id) for one in found.proposals] == [(2, "near"), (1, "next")]


def test_when_every_site_is_full_they_are_spread_and_nobody_is_left_out() -> None:
    sites = [closed_place(), place("a", inbound=4), place("b", inbound=4)]
    found = plan([patient(1), patient(2)], sites, (ways(300, 400, 900),) * 2, POLICY)
    assert sorted(destinations(found), key=str) == ["a", "b"]


def test_one_more_at_a_full_site_is_preferred_to_a_detour_beyond_the_limit_when_it_delays_less() -> None:
    sites = [closed_place(), place("full", inbound=4), place("remote")]
    found = plan([patient()], sites, (ways(300, 400, 1300),), POLICY)
    assert destinations(found) == ["full"]


def test_the_detour_limit_is_not_enforced_when_everything_is_beyond_it() -> None:
    sites = [closed_place(), place("remote"), place("remoter")]
    found = plan([patient()], sites, (ways(300, 1300, 1800),), POLICY)
    assert destinations(found) == ["remote"]


def test_without_limits_everybody_goes_to_the_nearest() -> None:
    sites = [closed_place(), place("near", inbound=40), place("next")]
    found = plan([patient(1), patient(2)], sites, (ways(300, 400, 800),) * 2, Policy())
    assert destinations(found) == ["near", "near"]


def test_patients_who_leave_a_site_do_not_take_up_its_room() -> None:
    # The ambulance gate of "swap" is closed to one of them; the other may come with its SMUR.
    swap = place("swap", ambulances="closed", inbound=4)
    leaving = [patient(n, heading_to="swap") for n in (1, 2, 3, 4)]
    coming = patient(5, by_smur=True)
    sites = [closed_place(), swap, place("next")]
    matrix = (ways(300, 500, 600),) * 4 + (ways(300, 400, 900),)
    found = plan([*leaving, coming], sites, matrix, POLICY)
    assert destinations(found) == ["next"] * 4 + ["swap"]


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (patient(near_arrival_s=239), "near_arrival"),
        (patient(urgency="vital"), "critical"),
        (patient(physician_on_board=True), "physician_on_board"),
        (patient(position_lost=True), "position_lost"),
        (patient(urgency="vital", near_arrival_s=10, physician_on_board=True), "critical"),
    ],
)
def test_some_are_left_to_be_decided_one_by_one_and_no_site_is_proposed(who: Patient, reason: str) -> None:
    (proposal,) = plan([who], [closed_place(), place("near")], (ways(300, 500),), POLICY).proposals
    assert (proposal.choice, proposal.to_id, proposal.individual_reason) == ("individual", None, reason)
    assert [one.site_id for one in proposal.options] == ["near"]


def test_four_minutes_from_arrival_is_not_near() -> None:
    (proposal,) = plan([patient(near_arrival_s=240)], [closed_place(), place("a")], (ways(300, 500),), POLICY).proposals
    assert proposal.choice == "redirect"


def test_nearness_is_estimated_when_no_arrival_time_is_known() -> None:
    (proposal,) = plan([patient()], [closed_place(), place("near")], (ways(200, 500),), POLICY).proposals
    assert proposal.individual_reason == "near_arrival"


def test_nearness_is_not_estimated_from_a_lost_position() -> None:
    who = patient(position_lost=True)
    (proposal,) = plan([who], [closed_place(), place("near")], (ways(200, 500),), POLICY).proposals
    assert proposal.individual_reason == "position_lost"


def test_a_vital_patient_whom_the_gate_still_takes_is_never_moved_to_arrive_later() -> None:
    staying = place(CLOSED, ambulances="life_threatening")
    (proposal,) = plan([patient(urgency="vital")], [staying, place("later")], (ways(600, 900),), POLICY).proposals
    assert (proposal.choice, proposal.to_id) == ("individual", None)


def test_when_no_site_admits_them_the_nearest_is_named_regardless_and_flagged() -> None:
    sites = [closed_place(), place("shut", ambulances="closed"), place("shut_too", ambulances="closed")]
    (proposal,) = plan([patient()], sites, (ways(900, 700, 500),), POLICY).proposals
    assert (proposal.choice, proposal.to_id) == ("individual", "shut_too")
    assert proposal.individual_reason == "no_open_alternative"


def test_when_no_site_admits_them_and_theirs_is_the_nearest_no_other_is_named() -> None:
    sites = [closed_place(), place("shut", ambulances="closed")]
    (proposal,) = plan([patient()], sites, (ways(300, 700),), POLICY).proposals
    assert (proposal.to_id, proposal.individual_reason) == (None, "no_open_alternative")


def test_a_region_with_no_other_site_has_no_options_and_says_so() -> None:
    (proposal,) = plan([patient()], [closed_place()], (ways(300),), POLICY).proposals
    assert (proposal.options, proposal.to_id, proposal.individual_reason) == ((), None, "no_open_alternative")


def test_totals_say_what_each_site_has_and_what_the_plan_would_add() -> None:
    sites = [place("b", inbound=2), closed_place(inbound=1), place("a")]
    found = plan([patient()], sites, ((way(500), way(300), way(900)),), POLICY)
    assert [(one.site_id, one.inbound, one.added) for one in found.totals] == [("a", 0, 0), ("b", 2, 1), (CLOSED, 1, 0)]


def test_room_is_kept_for_those_whom_a_person_decides_on() -> None:
    """Both are sent while the plan is carried out: without counting on them the nearest would be overrun."""
    sites = [closed_place(), place("near", inbound=3), place("next")]
    who = [patient(1, physician_on_board=True), patient(2)]
    found = plan(who, sites, (ways(300, 400, 1100), ways(300, 400, 700)), POLICY)
    assert [(one.choice, one.to_id, one.why) for one in found.proposals] == [
        ("individual", None, None),
        ("redirect", "next", "nearest_full"),
    ]
    assert [(one.site_id, one.added, one.individually) for one in found.totals] == [
        (CLOSED, 0, 0),
        ("near", 0, 1),
        ("next", 1, 0),
    ]


def test_a_vital_patient_is_counted_at_the_nearest_site_however_full_it_is() -> None:
    sites = [closed_place(), place("full", inbound=9), place("calm")]
    found = plan([patient(urgency="vital")], sites, (ways(300, 400, 450),), POLICY)
    assert {one.site_id: one.individually for one in found.totals} == {CLOSED: 0, "full": 1, "calm": 0}


def test_who_is_admitted_nowhere_is_counted_nowhere() -> None:
    found = plan([patient()], [closed_place(), place("shut", ambulances="closed")], (ways(300, 400),), POLICY)
    assert sum(one.individually for one in found.totals) == 0


def test_nobody_affected_is_an_empty_plan() -> None:
    assert plan([], [closed_place(), place("near")], (), POLICY).proposals == ()


def test_a_matrix_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        plan([patient()], [closed_place(), place("near")], (ways(300),), POLICY)


def test_a_large_incident_is_planned_exactly() -> None:
    sites = [closed_place(), *(place(f"s{n:02}", inbound=n % 5) for n in range(20))]
    matrix = tuple(ways(600, *(300 + (n * 37 + row * 91) % 1500 for n in range(20))) for row in range(150))
    found = plan([patient(n) for n in range(150)], sites, matrix, Policy(detour_limit_s=900, inbound_limit=12))
    assert {one.choice for one in found.proposals} == {"redirect"}
    assert all(total.inbound + total.added <= 12 for total in found.totals if total.site_id != CLOSED)
    assert sum(total.added for total in found.totals) == 150


def test_a_thousand_patients_are_planned_as_exactly_as_two():
    sites = [closed_place(), *(place(f"s{n:02}") for n in range(20))]
    matrix = tuple(ways(600, *(300 + (n * 37 + row * 91) % 1500 for n in range(20))) for row in range(1000))
    found = plan([patient(n) for n in range(1000)], sites, matrix, Policy(inbound_limit=50))
    assert {total.added for total in found.totals} == {0, 50}


# ------------------------------------------------------------------ why


def whys(found: Plan) -> list[str | None]:
    return [one.why for one in found.proposals]


def test_the_nearest_is_said_to_be_the_nearest() -> None:
    found = plan([patient()], [closed_place(), place("near"), place("far")], (ways(300, 500, 900),), POLICY)
    assert whys(found) == ["nearest"]


def test_the_only_site_that_admits_them_is_said_to_be_the_only_one_even_when_it_is_full() -> None:
    sites = [closed_place(), place("open", inbound=9), place("shut", ambulances="closed")]
    assert whys(plan([patient()], sites, (ways(300, 500, 400),), POLICY)) == ["only_open"]


def test_a_site_as_near_and_less_loaded_says_so() -> None:
    sites = [closed_place(), place("near", inbound=2), place("calm")]
    assert whys(plan([patient()], sites, (ways(300, 500, 550),), POLICY)) == ["tie_less_loaded"]


def test_who_goes_on_because_the_nearest_is_at_its_limit_is_told_so() -> None:
    sites = [closed_place(), place("near", inbound=3), place("next")]
    found = plan([patient(1), patient(2)], sites, (ways(300, 400, 800),) * 2, POLICY)
    assert sorted(whys(found), key=str) == ["nearest", "nearest_full"]


def test_a_detour_beyond_the_limit_is_said() -> None:
    sites = [closed_place(), place("near", inbound=6), place("remote")]
    found = plan([patient()], sites, (ways(300, 400, 1300),), POLICY)
    assert (destinations(found), whys(found)) == (["remote"], ["beyond_detour"])


def test_a_full_site_taken_because_the_one_with_room_is_beyond_the_detour_limit_says_so() -> None:
    sites = [closed_place(), place("full", inbound=4), place("remote")]
    assert whys(plan([patient()], sites, (ways(300, 400, 1300),), POLICY)) == ["room_too_far"]


def test_when_every_site_is_full_that_is_why() -> None:
    sites = [closed_place(), place("a", inbound=4), place("b", inbound=4)]
    found = plan([patient(1), patient(2)], sites, (ways(300, 400, 900),) * 2, POLICY)
    assert whys(found) == ["all_full", "all_full"]


def test_who_is_decided_individually_has_a_reason_and_no_why() -> None:
    found = plan([patient(urgency="vital")], [closed_place(), place("near")], (ways(300, 500),), POLICY)
    assert whys(found) == [None]


def test_every_reason_that_can_be_given_is_given_by_a_test() -> None:
    told = {"only_open", "nearest", "tie_less_loaded", "nearest_full", "beyond_detour", "room_too_far", "all_full"}
    assert set(WHYS) == told
