"""Crews and departments: they answer in time, never twice, and give way to real people."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from diversion.simulate import assumptions
from diversion.simulate.crews import Crews
from diversion.simulate.staff import Desk, Staff, desks

SITES = [{"id": f"ed-{number}", "destination": "general"} for number in range(9)] + [
    {"id": "belt-1", "destination": "belt"},
    {"id": "belt-2", "destination": "belt"},
    {"id": "burns", "destination": "specialty_only"},
]


def redirect(number: int) -> tuple[dict[str, Any], str]:
    return {"id": f"redirect-{number}"}, f"AMB {number:02d}"


def notice(state: str = "sent", site: str = "ed-1", identity: str = "n1") -> dict[str, Any]:
    return {"id": identity, "site_id": site, "state": state}


def staff(*names: str, muted: str = "") -> Staff:
    return Staff({name: Desk(name, muted=name == muted) for name in names}, seed=1)


def when(answers: Any, until: int = 120) -> list[tuple[float, Any]]:
    return [(now / 2, answer) for now in range(until * 2) for answer in answers(now / 2)]


def test_a_crew_answers_once_after_a_plausible_while():
    crews = Crews(seed=3)
    answered = when(lambda now: crews.answers(now, [redirect(number) for number in range(40)]))
    low, high = assumptions.CREW_ANSWERS_S
    assert all(low <= at <= high + 0.5 for at, _ in answered)
    assert len({answer.redirect for _, answer in answered}) == len(answered)


def test_a_few_crews_never_answer_by_terminal():
    crews = Crews(seed=3)
    answered = when(lambda now: crews.answers(now, [redirect(number) for number in range(600)]), until=20)
    silent = 1 - len(answered) / 600
    assert 0.02 < silent < 0.09


def test_an_order_taken_back_before_the_answer_is_not_answered():
    crews, patient = Crews(seed=3), Crews(seed=3)
    assert when(lambda now: crews.answers(now, [redirect(2)] if now < 2 else [])) == []
    assert len(when(lambda now: patient.answers(now, [redirect(2)]))) == 1


def test_an_answer_that_got_lost_is_given_again():
    crews = Crews(seed=3)
    [(at, answer)] = when(lambda now: crews.answers(now, [redirect(2)]))
    crews.try_again(answer.redirect, at + 3)
    assert crews.answers(at + 2, [redirect(2)]) == []
    assert crews.answers(at + 3, [redirect(2)]) == [answer]


def test_the_same_seed_answers_at_the_same_time():
    first, second = Crews(seed=5), Crews(seed=5)
    assert when(lambda now: first.answers(now, [redirect(2)])) == when(lambda now: second.answers(now, [redirect(2)]))


def test_every_screen_beats_every_ten_seconds():
    people = staff("ed-1", "ed-2", "ed-3")
    beats = when(people.beats, until=60)
    for site in people.desks:
        times = [at for at, beat in beats if beat.site == site]
        assert times[0] == 0
        assert all(later - earlier <= 10.5 for earlier, later in pairwise(times))


def test_a_notice_is_seen_then_acknowledged_within_forty_seconds():
    people = staff("ed-1")
    given = when(lambda now: people.responses(now, [notice()]))
    assert [response.what for _, response in given] == ["seen", "acknowledge"]
    assert 5 <= given[1][0] <= 40.5


def test_a_muted_screen_is_told_as_muted_and_found_later():
    people = staff("ed-1", muted="ed-1")
    assert [beat.sound_armed for beat in people.beats(0.0)] == [False]
    given = when(lambda now: people.responses(now, [notice()]))
    assert given[0][0] >= assumptions.MUTED_LATER_S


def test_notices_elsewhere_and_finished_ones_are_nobodys_business():
    people = staff("ed-1")
    others = [
        notice(site="ed-7"),
        notice(state="acknowledged", identity="n2"),
        notice(state="withdrawn", identity="n3"),
    ]
    assert when(lambda now: people.responses(now, others)) == []


def test_staff_steps_back_where_a_real_screen_opens_and_returns_when_it_is_gone():
    people = staff("ed-1", "ed-2")
    people.beats(0.0)
    people.notice_screens(1.0, {"ed-1": {"screens": 1}})
    assert people.at_work("ed-1")
    people.notice_screens(2.0, {"ed-1": {"screens": 2}})
    assert not people.at_work("ed-1")
    assert people.at_work("ed-2")
    assert [beat.site for beat in people.beats(30.0)] == ["ed-2"]
    assert when(lambda now: people.responses(now, [notice()])) == []
    for now in range(3, 100):  # the real screen stays
        people.notice_screens(float(now), {"ed-1": {"screens": 1}})
    assert not people.at_work("ed-1")
    for now in range(100, 150):
        people.notice_screens(float(now), {"ed-1": {"screens": 0}})
    assert people.at_work("ed-1")


def test_a_person_can_be_given_a_department_from_the_start():
    assert "ed-4" not in desks(SITES, frozenset({"ed-4"}), seed=1)


def test_one_screen_is_muted_one_department_has_none_and_the_rest_work():
    told = desks(SITES, frozenset(), seed=1)
    assert "burns" not in told
    assert len(told) == 10
    assert sum(desk.muted for desk in told.values()) == 1
    assert len([site for site in told if site.startswith("belt")]) == 1
