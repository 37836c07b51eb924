"""The assignment is the best there is: against every other on small cases, against a lower bound on large ones."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

from diversion.planning.apart import packed, solve_apart, unpacked
from diversion.planning.flow import Choice, Problem, Unsolved, solve
from tests.planning.instances import city, cost, delays, lower_bound, worth

CASES = 3_000


def small(chance: random.Random) -> tuple[list[list[Choice]], list[int], int | None]:
    """Up to five patients and four sites, with everything that can happen to them."""
    sites = chance.randint(1, 4)
    rows = [
        [
            Choice(
                site, chance.random() < 0.5, chance.choice([0, 0, 1, 121, 400, 7200]), chance.choice([0, 1, 60, 119])
            )
            for site in chance.sample(range(sites), chance.randint(1, sites))
        ]
        for _ in range(chance.randint(1, 5))
    ]
    return rows, [chance.randint(0, 6) for _ in range(sites)], chance.choice([None, 0, 1, 2, 3, 4, 5])


@pytest.mark.parametrize("few", [True, False], ids=["offered few at first", "offered all at once"])
def test_in_thousands_of_small_cases_none_has_a_better_assignment(few: bool):
    chance = random.Random(20231112 + few)
    for _ in range(CASES // 2):
        rows, loads, limit = small(chance)
        first = 1 if few else 9
        chosen = solve(Problem.of(rows, loads, limit), first_choices=first, first_room=first)
        every = [one for row in rows for one in row]
        found = worth([every[number] for number in chosen], loads, limit)
        assert found == min(worth(other, loads, limit) for other in product(*rows)), (rows, loads, limit)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("spare", [0.7, 1.25], ids=["not room for all", "room for all"])
def test_a_thousand_are_assigned_no_worse_than_the_lower_bound(seed: int, spare: float):
    problem = city(1000, 40, seed=seed, spare=spare)
    chosen = solve(problem)
    assert (problem.patient[chosen] == np.arange(1000)).all()
    assert cost(problem, chosen, delays(problem)) == lower_bound(problem, chosen, delays(problem))


def test_offering_few_choices_at_first_changes_no_part_of_what_the_answer_is_worth():
    problem = city(200, 30, spare=1.0)
    rows = choices_of(problem)
    few, all_ = solve(problem, first_choices=2, first_room=2), solve(problem, first_choices=30, first_room=200)
    every = [one for row in rows for one in row]
    worths = [worth([every[n] for n in chosen], list(problem.loads), problem.limit) for chosen in (few, all_)]
    assert worths[0] == worths[1]


def choices_of(problem: Problem) -> list[list[Choice]]:
    rows: list[list[Choice]] = [[] for _ in range(problem.patients)]
    columns = zip(problem.patient, problem.site, problem.beyond, problem.delay, problem.lag, strict=True)
    for patient, *choice in columns:
        rows[patient].append(Choice(*choice))
    return rows


def test_where_the_numbers_do_not_fit_the_lag_is_left_out_and_the_delay_stays_exact():
    # Nobody drives for months; the numbers stand for those of many more patients.
    far = 10**12
    rows = [[Choice(0, False, 0, 1), Choice(1, False, 0, 0)], [Choice(0, False, 0, 0), Choice(1, False, far, 0)]]
    chosen = solve(Problem.of(rows, [0, 0], None))
    assert list(chosen) == [1, 2]


def test_numbers_that_cannot_fit_are_refused_and_not_rounded():
    with pytest.raises(Unsolved, match="do not fit"):
        solve(Problem.of([[Choice(0, False, 10**15, 0), Choice(1, True, 0, 0)]] * 9, [10**4, 0], 1))


def test_nobody_to_assign_is_no_assignment():
    assert list(solve(Problem.of([], [1, 2], 3))) == []


def test_a_large_assignment_is_solved_in_another_process_with_the_same_answer():
    problem = city(60, 12)
    assert (solve_apart(problem, large=100) == solve(problem)).all()


def test_a_process_that_fails_is_said_and_not_taken_for_an_answer():
    unsolvable = Problem.of([[Choice(0, False, 10**15, 0), Choice(1, True, 0, 0)]] * 9, [10**4, 0], 1)
    with pytest.raises(Unsolved, match="9 patients, 2 sites"):
        solve_apart(unsolvable, large=1)


@pytest.mark.parametrize("limit", [None, 0, 7])
def test_what_is_sent_to_the_other_process_arrives_as_it_was(limit: int | None):
    there = unpacked(packed(Problem.of([[Choice(1, True, 60, 5)]], [3, 4], limit)))
    assert (there.limit, list(there.loads), list(there.beyond), there.patients) == (limit, [3, 4], [1], 1)
