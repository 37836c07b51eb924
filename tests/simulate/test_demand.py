"""The stream of patients: as many as the figures say, spread over the day as assumed."""

from __future__ import annotations

from diversion.simulate import assumptions
from diversion.simulate.demand import Demand, departures_an_hour
from diversion.simulate.town import Town

DAY = range(24 * 60)


def day(town: Town, seed: int) -> list[tuple[int, object]]:
    demand = Demand(town, seed, 1.0, frozenset({"paediatric_ed", "stroke"}))
    return [(minute, patient) for minute in DAY for patient in demand.during(60.0, minute / 60)]


def test_a_day_carries_about_260_patients_and_sends_about_50_mobile_teams(brussels: Town):
    patients = [patient for seed in range(4) for _, patient in day(brussels, seed)]
    carried = sum(patient.carried for patient in patients) / 4
    teams = sum(patient.smur for patient in patients) / 4
    assert 235 <= carried <= 285
    assert 40 <= teams <= 61
    assert 290 * 0.9 <= len(patients) / 4 <= 330 * 1.1


def test_the_night_is_quiet_and_the_day_is_busy():
    night = min(departures_an_hour(hour / 10, 1.0) for hour in range(240))
    assert night == departures_an_hour(4.5, 1.0)
    assert all(departures_an_hour(hour, 1.0) > 2 * night for hour in range(10, 20))
    total = sum(departures_an_hour(minute / 60, 1.0) / 60 for minute in DAY)
    assert abs(total - assumptions.DEPARTURES_A_DAY) < 1


def test_a_need_is_only_one_that_the_region_knows(brussels: Town):
    needs = {need for _, patient in day(brussels, 3) for need in patient.needs}
    assert needs <= {"paediatric_ed", "stroke"}
    assert needs


def test_a_physician_stays_only_where_a_mobile_team_was_sent(brussels: Town):
    assert all(patient.smur for _, patient in day(brussels, 5) if patient.physician_stays)


def test_nothing_in_a_patient_could_identify_one(brussels: Town):
    _, patient = day(brussels, 6)[0]
    assert set(type(patient).__slots__) == {
        "point", "urgency", "needs", "age_band", "sex", "smur", "pit", "physician_stays", "carried",
    }  # fmt: skip
