"""One closure, second by second: what can be reckoned by hand comes out so, and nobody is lost on the way."""

from __future__ import annotations

import pytest

from diversion.study.closures import Closure
from diversion.study.incident import Desk, Incident
from diversion.study.measures import outcome
from diversion.study.region import region
from diversion.study.run import calls_of, hour_of, played
from diversion.study.scenarios import scenarios
from diversion.study.ways import GREEDY, NEAREST, PLAN, WAYS, Way, admits
from tests.study.cast import call, play, tiny

SCENARIOS = {one.code: one for one in scenarios()}
SEVERAL = ("saint-pierre-2023", "chrsm-2023", "network/busy", "saint-pierre-2023/24")


def test_a_vehicle_turns_where_it_is_once_its_crew_has_taken_the_order():
    of = tiny(failing=3.9, other=-4.0, far=-30.0)
    (trip,) = play(of, [call(of)], PLAN, at=100.0).trips.values()
    takes = 127 + 105 * 3.9
    turned = 100 + 20 + 15 + 4 + 5  # seen, begun to be read, its row read, the crew's answer
    back = 127 + 105 * (4.0 + 3.9 * turned / takes)
    assert (trip.bound, trip.turned_away) == ("other", False)
    assert trip.arrived == pytest.approx(turned + back, abs=1)
    assert trip.foreseen == pytest.approx(takes, abs=1)


def test_whoever_decides_one_by_one_reaches_the_next_a_decision_later():
    of = tiny(failing=3.9, other=-4.0)
    desk = Desk(dispatchers=1)
    trips = play(of, [call(of, number, leaves=90.0) for number in range(3)], GREEDY, desk=desk).trips.values()
    assert sorted(trip.decided or 0 for trip in trips) == [145.0, 170.0, 195.0]


def test_a_proposal_is_sent_as_one_after_it_was_read_row_by_row():
    of = tiny(failing=3.9, other=-4.0)
    for way in (NEAREST, PLAN):
        trips = play(of, [call(of, number, leaves=90.0) for number in range(3)], way).trips.values()
        assert {trip.decided for trip in trips} == {100 + 20 + 15 + 3 * 4.0}


def test_the_plan_and_the_greedy_look_at_the_loads_and_the_nearest_does_not():
    of = tiny(failing=0.5, near=0.9, next=1.4)
    calls = [call(of, number, leaves=100.0) for number in range(6)]
    assert outcome(play(of, calls, NEAREST)).peak == 6
    assert outcome(play(of, calls, GREEDY)).peak <= 4
    assert outcome(play(of, calls, PLAN)).peak == 3


def test_a_vital_patient_goes_to_the_nearest_site_that_admits_in_every_way():
    of = tiny(failing=3.9, near=-4.0, next=-4.1)
    calls = [call(of, number, urgency="vital", leaves=90.0) for number in range(5)]
    for way in WAYS:
        assert {trip.bound for trip in play(of, calls, way).trips.values()} == {"near"}


def test_a_department_answers_one_notice_at_a_time():
    of = tiny(failing=3.9, other=-4.0)
    trips = play(of, [call(of, number, leaves=90.0, answers_s=30.0) for number in range(3)], PLAN).trips.values()
    told = sorted(notice.answered - notice.sent for trip in trips for notice in trip.notices if notice.after_redirect)
    assert told == [30.0, 60.0, 90.0]


def test_who_reaches_the_door_before_the_order_waits_there_for_it():
    of = tiny(failing=0.5, other=-4.0)
    (trip,) = play(of, [call(of)], GREEDY, at=170.0).trips.values()
    ordered = 170 + 20 + 25 + 5
    assert trip.turned_away
    assert trip.arrived == pytest.approx(ordered + 127 + 105 * 4.5, abs=1)


def test_where_nobody_admits_them_they_go_on_to_where_they_were_bound():
    of = tiny(failing=2.0)
    (trip,) = play(of, [call(of)], PLAN).trips.values()
    assert (trip.bound, trip.kept) == ("failing", True)
    assert trip.arrived is not None


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
@pytest.mark.parametrize("code", SEVERAL)
def test_every_patient_arrives_once_at_a_site_that_admits_them(code: str, way: Way):
    scenario = SCENARIOS[code]
    incident = played(scenario, 0, 0, way)
    of = region(scenario.region)
    open_places = of.places
    shut_places = of.as_it_is(scenario.closure.changes[0].effective, ())
    assert sorted(incident.trips) == sorted(one.id for one in calls_of(scenario, 0, 0))
    for trip in incident.trips.values():
        assert trip.arrived is not None
        before = trip.arrived < hour_of(0, 0)
        there = (open_places if before else shut_places)[of.column(trip.bound)]
        assert trip.kept or admits(there, trip.call.known.patient("", None), trip.call.ways[0])
    assert sum(incident.loads_now().values()) == 0


def test_the_same_patients_are_affected_in_every_way():
    scenario = SCENARIOS["saint-pierre-2023"]
    affected = [
        {trip.call.id: trip.foreseen for trip in played(scenario, 1, 0, way).trips.values() if trip.affected}
        for way in WAYS
    ]
    assert affected[0]
    assert affected[0] == affected[1] == affected[2]


def test_without_a_closure_the_ways_do_not_differ():
    calls = calls_of(SCENARIOS["none"], 0, 0)
    found = [outcome(Incident(region("brussels"), Closure(()), hour_of(0, 0), way, Desk()).play(calls)) for way in WAYS]
    assert found[0] == found[1] == found[2]
    assert found[0].delays_s == ()
