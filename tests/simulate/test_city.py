"""The city: repeatable, plausible, and obedient to the record."""

from __future__ import annotations

import itertools
from collections import defaultdict

import pytest

from diversion.simulate import assumptions
from diversion.simulate.city import City, Leftover
from diversion.simulate.demand import Patient
from diversion.simulate.geometry import distance
from diversion.simulate.reports import Reports, TransportReport
from diversion.simulate.town import Town
from tests.simulate.cast import START, city, hospitals

PATIENT = Patient((0.0, 0.0), "urgent", (), "adult", "female", False, False, False, True)
ORDER = ["available", "assigned", "on_scene", "transporting", "at_hospital", "returning"]


def watched(made: City, seconds: int, step: float = 1.0) -> list[tuple[float, Reports]]:
    times = [START + tick * step for tick in range(int(seconds / step))]
    return [(now, made.step(now)) for now in times]


def transports(steps: list[tuple[float, Reports]]) -> list[TransportReport]:
    return [report for _, reports in steps for report in reports.transports]


def test_the_same_seed_gives_the_same_reports(brussels: Town):
    first = watched(city(brussels, seed=7), 240)
    assert first == watched(city(brussels, seed=7), 240)
    assert first != watched(city(brussels, seed=8), 240)


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_no_vehicle_jumps_or_races(brussels: Town, speed: float):
    seen: dict[str, tuple[float, tuple[float, float]]] = {}
    fastest = assumptions.FASTEST_KMH["motorway"] / 3.6 * speed
    for now, reports in watched(city(brussels, speed=speed), 900):
        for row in reports.positions:
            point = brussels.plane.metres(row.lon, row.lat)
            if row.vehicle in seen:
                before, place = seen[row.vehicle]
                assert distance(point, place) <= fastest * (now - before) + 0.5
            seen[row.vehicle] = (now, point)
            assert 0 <= row.mps <= fastest
    assert len(seen) == 44


def test_a_moving_vehicle_tells_a_heading_and_a_speed_that_fit_its_track(brussels: Town):
    agree, pairs = 0, 0
    tracks = defaultdict(list)
    for now, reports in watched(city(brussels), 300):
        for row in reports.positions:
            tracks[row.vehicle].append((now, brussels.plane.metres(row.lon, row.lat), row))
    for track in tracks.values():
        for (t0, a, first), (t1, b, second) in itertools.pairwise(track):
            if t1 - t0 == 1.0 and first.mps > 5 and second.mps > 5:
                assert second.heading is not None
                assert distance(a, b) <= second.mps + 0.5
                pairs += 1
                agree += distance(a, b) > second.mps * 0.9  # less only while turning a corner
    assert pairs > 50
    assert agree > 0.9 * pairs


def test_a_late_call_loses_time_rather_than_making_a_jump(brussels: Town):
    made = city(brussels)
    before = {row.vehicle: brussels.plane.metres(row.lon, row.lat) for row in made.step(START + 1).positions}
    for row in made.step(START + 3600).positions:
        moved = distance(before.get(row.vehicle, (0, 0)), brussels.plane.metres(row.lon, row.lat))
        assert row.vehicle not in before or moved <= 5 * assumptions.FASTEST_KMH["motorway"] / 3.6


def test_every_vehicle_is_heard_of_every_few_seconds(brussels: Town):
    last: dict[str, float] = {}
    for now, reports in watched(city(brussels), 60):
        for row in reports.positions:
            assert now - last.get(row.vehicle, now) <= assumptions.STANDING_REPEAT_S + 1
            last[row.vehicle] = now
    assert len(last) == 44
    assert min(last.values()) > START + 50


def test_vehicles_go_round_in_the_order_of_the_work(brussels: Town):
    told: dict[str, str] = {}
    steps = 0
    for _, reports in watched(city(brussels, speed=4.0), 2400, step=3.0):
        for row in reports.vehicles:
            before = told.get(row.ref)
            if before and "smur" not in row.ref:
                # Skipped when nobody is carried, or when the next call comes on the way home.
                ahead = (ORDER.index(row.status) - ORDER.index(before)) % len(ORDER)
                assert ahead in (1, 2, 3), f"{before} -> {row.status}"
                steps += 1
            told[row.ref] = row.status
    assert steps > 40


def test_the_city_is_at_work_when_the_first_person_looks(brussels: Town):
    first = city(brussels).step(START)
    statuses = {row.status for row in first.vehicles}
    assert len(first.vehicles) == len(first.positions) == 44
    assert {"available", "transporting"} <= statuses
    assert all(report.state in ("planned", "under_way") for report in first.transports)


def test_a_transport_is_planned_then_under_way_then_arrived(brussels: Town):
    states = defaultdict(list)
    for report in transports(watched(city(brussels, speed=4.0), 1800, step=3.0)):
        if not states[report.ref] or states[report.ref][-1] != report.state:
            states[report.ref].append(report.state)
    complete = [row for row in states.values() if row[-1] == "arrived" and row[0] == "planned"]
    assert complete
    assert all(row == ["planned", "under_way", "arrived"] for row in complete)


def test_arrival_times_come_true(brussels: Town):
    """Told at departure, in real time, at a city that runs twice as fast."""
    told: dict[str | None, float] = {}
    errors = []
    for now, reports in watched(city(brussels, speed=2.0), 2400, step=3.0):
        for report in reports.transports:
            if report.state == "under_way" and report.eta_at is not None:
                told[report.ref] = report.eta_at
            elif report.state == "arrived" and report.ref in told:
                errors.append(abs(told[report.ref] - now))
    assert len(errors) > 8
    assert max(errors) < assumptions.ETA_SHIFT_S + 30


def test_an_arrival_time_is_told_again_only_when_it_moved_by_a_minute(brussels: Town):
    told: dict[str | None, tuple[str, float]] = {}
    for report in transports(watched(city(brussels), 900)):
        if report.eta_at is None:
            continue
        if report.ref in told and told[report.ref][0] == report.state:
            assert abs(report.eta_at - told[report.ref][1]) > assumptions.ETA_SHIFT_S
        told[report.ref] = (report.state, report.eta_at)


def test_patients_are_bound_for_the_nearest_department_that_admits_them(brussels: Town):
    made = city(brussels, warm=False)
    closed = hospitals(brussels, {"saint-jean": {"ambulances": "closed", "smur_destination": "closed"}})
    made.learn(closed)
    made.warm_up()
    bound = {report.destination for report in transports(watched(made, 1200, step=2.0))}
    assert bound
    assert "saint-jean" not in bound
    assert "hmra" not in bound


def test_a_redirected_vehicle_drives_to_the_new_destination_from_where_it_is(brussels: Town):
    made = city(brussels)
    steps = watched(made, 30)
    report = next(r for r in transports(steps) if r.state == "under_way" and r.destination != "uz-brussel")
    place = next(u.point for u in made.work.units if u.vehicle.ref == report.vehicle)
    made.follow({report.ref or "": "uz-brussel"})
    after = [made.step(START + 30 + tick) for tick in (1, *range(5, 2400, 4))]
    told = [row for reports in after for row in reports.transports if row.ref == report.ref]
    assert told[0].destination == "uz-brussel"
    assert told[-1].state == "arrived"
    first = next(row for row in after[0].positions if row.vehicle == report.vehicle)
    assert distance(place, brussels.plane.metres(first.lon, first.lat)) < 31
    end = next(u for u in made.work.units if u.vehicle.ref == report.vehicle)
    assert end.vehicle.ref == report.vehicle


def test_a_story_finds_its_patients_under_way_when_the_gate_closes(brussels: Town):
    made = city(brussels, hour=3.0, warm=False)
    patients = [PATIENT] * 5 + [Patient((0.0, 0.0), "vital", (), "adult", "male", True, False, True, True)]
    due = START + 195
    made.arrange("saint-pierre", due, patients, (9, 14))
    made.warm_up()
    for tick in range(196):
        made.step(START + tick)
    bound = [m for m in made.work.under_way() if m.forced == "saint-pierre" and m.unit is not None]
    assert len(bound) == 6
    assert all(m.unit is not None and m.unit.status == "transporting" for m in bound)
    remaining = [m.unit.drive.remaining_s() for m in bound if m.unit is not None and m.unit.drive is not None]
    assert sum(seconds > 240 for seconds in remaining) >= 5
    assert any(m.physician and m.team is not None and m.patient.urgency == "vital" for m in bound)


def test_a_transport_of_an_earlier_run_is_driven_on_from_where_it_was(brussels: Town):
    made = city(brussels)
    left = Leftover(
        "id-1", "sim-old-1", "sim-brussels-ambulance-1", "erasme", "under_way", PATIENT, False, (4.30, 50.83)
    )
    assert made.adopt(left)
    reports = watched(made, 1500, step=3.0)
    mine = [r for r in transports(reports) if r.ref == "sim-old-1"]
    assert mine[0].state == "under_way"
    assert mine[-1].state == "arrived"
    first = next(row for row in reports[0][1].positions if row.vehicle == left.vehicle)
    assert (round(first.lon, 2), round(first.lat, 2)) == (4.30, 50.83)


def test_a_transport_of_an_unknown_vehicle_is_not_adopted(brussels: Town):
    left = Leftover("id-2", "sim-old-2", "sim-brussels-ambulance-999", "erasme", "under_way", PATIENT, False)
    assert not city(brussels).adopt(left)


def test_a_transport_that_somebody_ended_frees_its_crew(brussels: Town):
    made = city(brussels)
    report = next(r for r in transports(watched(made, 30)) if r.state == "under_way")
    made.drop(report.ref or "")
    unit = next(u for u in made.work.units if u.vehicle.ref == report.vehicle)
    assert unit.status == "returning"
    assert unit.free


def test_a_withdrawn_mobile_team_is_out_of_service_at_its_base(brussels: Town):
    made = city(brussels)
    made.learn(hospitals(brussels, {"chirec-delta": {"smur_base": "withdrawn"}}))
    steps = watched(made, 2400, step=4.0)
    told = [row.status for _, reports in steps for row in reports.vehicles if row.ref == "sim-brussels-smur-8"]
    assert told[-1] == "out_of_service"


def test_a_large_fleet_has_stable_references_and_one_call_sign_each(brussels: Town):
    small, large = city(brussels, warm=False), city(brussels, wanted=300, warm=False)
    refs = [unit.vehicle.ref for unit in large.work.units]
    signs = [unit.vehicle.call_sign for unit in large.work.units]
    assert len(set(refs)) == len(set(signs)) == 300
    assert {unit.vehicle.ref for unit in small.work.units} <= set(refs)
