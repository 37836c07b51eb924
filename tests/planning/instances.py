"""Assignments of any size as numbers, what one is worth, and a lower bound that trusts no solver.

A city of sites, patients gathered in its middle where the failed site is, journey times growing with distance, ties
and weights as plan() makes them. The same size and seed are always the same instance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from diversion.planning.flow import Choice, Problem, Scale
from diversion.planning.prices import Numbers, prices

TIE_S = 120
DETOUR_LIMIT_S = 900


def city(patients: int, sites: int, *, seed: int = 1, spare: float = 1.25) -> Problem:
    """A crowded one: all sites together have room for ``spare`` times as many as there are."""
    chance = np.random.default_rng(seed)
    km = _distances(chance.normal(0, 3, (patients, 2)), chance.uniform(-9, 9, (sites, 2)))
    seconds = (127 + 83 * km).astype(np.int64)
    order = np.argsort(seconds, axis=1, kind="stable")
    sorted_ = np.take_along_axis(seconds, order, 1)
    first = _first_of_tie(sorted_)
    weight = chance.choice([1, 2], (patients, 1))
    loads = chance.integers(0, 5, sites)
    return Problem(
        patient=np.repeat(np.arange(patients), sites),
        site=order.ravel(),
        beyond=(sorted_ - sorted_[:, :1] > DETOUR_LIMIT_S).ravel().astype(np.int64),
        delay=(weight * (first - sorted_[:, :1])).ravel(),
        lag=(sorted_ - first).ravel(),
        loads=loads,
        limit=int((patients * spare + loads.sum()) / sites) + 1,
    )


def _distances(people: Any, places: Any) -> Any:
    apart = people[:, None, :] - places[None, :, :]
    return np.hypot(apart[..., 0], apart[..., 1])


def _first_of_tie(seconds: Any) -> Any:
    """For each journey the first of its tie; each row is sorted."""
    first = seconds.copy()
    for n in range(1, seconds.shape[1]):
        near = seconds[:, n] - first[:, n - 1] < TIE_S
        first[:, n] = np.where(near, first[:, n - 1], seconds[:, n])
    return first


def worth(assignment: Sequence[Choice], loads: Sequence[int], limit: int | None) -> tuple[int, int, int, int]:
    """The ordered tuple of an assignment, computed by adding the patients one by one."""
    load = list(loads)
    over = weight = 0
    for choice in assignment:
        over += (0 if limit is None else max(0, load[choice.site] + 1 - limit)) + choice.beyond
        weight += load[choice.site]
        load[choice.site] += 1
    return over, sum(one.delay for one in assignment), weight, sum(one.lag for one in assignment)


def delays(problem: Problem) -> Scale:
    """Violations before delay, and nothing else: small enough to add up exactly at any size."""
    swaps = min(problem.patients, len(problem.loads))
    return Scale(violation=1 + swaps * int(problem.delay.max()), delay=1, load=0, lag=0)


def cost(problem: Problem, chosen: Numbers, scale: Scale) -> int:
    taken = np.bincount(problem.site[chosen], minlength=len(problem.loads))
    places = sum(
        int(scale.of_places(load + np.arange(more), problem.limit).sum())
        for load, more in zip(problem.loads, taken, strict=True)
    )
    return int(scale.of_choices(problem)[chosen].sum()) + places


def lower_bound(problem: Problem, chosen: Numbers, scale: Scale) -> int:
    """What no assignment can be below, whatever the prices are; good prices make it tight.

    Each patient pays the cheapest choice with its site's price; each site gives away the places that cost less.
    """
    costs, sites = scale.of_choices(problem), len(problem.loads)
    had, taken = chosen[problem.patient], np.bincount(problem.site[chosen], minlength=sites)
    price = prices(
        costs - costs[had],
        problem.site[had],
        problem.site,
        last=np.where(taken > 0, scale.of_places(problem.loads + taken - 1, problem.limit), -1),
        following=scale.of_places(problem.loads + taken, problem.limit),
    )
    starts = np.flatnonzero(np.diff(problem.patient, prepend=-1))
    paid = int(np.minimum.reduceat(costs + price[problem.site], starts).sum())
    return paid + sum(
        int(np.minimum(0, scale.of_places(load + np.arange(problem.patients), problem.limit) - one).sum())
        for load, one in zip(problem.loads, price, strict=True)
    )
