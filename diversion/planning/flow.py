"""The assignment of patients to sites as a min-cost flow with exact integers: no rounding, one optimum.

What is minimised is an ordered tuple, an earlier part always before a later one:

1. violations: the k-th patient over a site's limit counts k, a journey beyond the detour limit counts 1;
2. delay: weighted seconds, alike for sites that tie;
3. load: each patient counts what the site already has when they are added, which evens the load among ties;
4. lag: seconds behind the nearest site of the tie.

One integer stands for the tuple. It is enough that the sign is right on every simple cycle of the residual
network, because a flow without a negative cycle is optimal, and such a cycle visits each site at most once. That
bounds what the later parts can change and keeps the numbers far smaller than a bound over all patients would.
Beyond several thousand patients they do not fit all the same; then the last parts are left out, lag first, which
nobody can tell apart on the road. Violations and delay are always exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from diversion.planning.prices import Numbers, prices

Flags = npt.NDArray[np.bool_]

#: The solver multiplies each cost by the number of nodes, and adds a few of them up, in 64 bits.
LARGEST: Final = 2**61
#: What is offered to the solver at first: so many of each patient's choices nearest by and as many again spread over
#: the rest, and room for so many more at each site. Prices tell what else has to be offered. At 5,000 patients and 200
#: sites it answers several times as fast so.
FIRST_CHOICES: Final = 12
FIRST_ROOM: Final = 64
#: How many more choices of one patient are offered at a time: more would never be taken.
MORE_CHOICES: Final = 8
#: Weighted seconds by which a choice may be dearer and still be offered with the others: it saves whole rounds.
NEARLY_S: Final = 120


class Choice(NamedTuple):
    """One site one patient could be assigned to; ``site`` is an index into the loads."""

    site: int
    beyond: bool
    delay: int
    lag: int


@dataclass(frozen=True, slots=True)
class Problem:
    """All choices of all patients as columns, in the order of the patients (0, 1, 2 … none without a choice)."""

    patient: Numbers
    site: Numbers
    beyond: Numbers
    delay: Numbers
    lag: Numbers
    loads: Numbers
    limit: int | None

    @classmethod
    def of(cls, patients: Iterable[Iterable[Choice]], loads: Sequence[int], limit: int | None) -> Problem:
        rows = ((number, *choice) for number, mine in enumerate(patients) for choice in mine)
        table = np.array(list(rows), dtype=np.int64).reshape(-1, 5)
        patient, site, beyond, delay, lag = (np.ascontiguousarray(table[:, n]) for n in range(5))
        return cls(patient, site, beyond, delay, lag, np.array(loads, dtype=np.int64), limit)

    @property
    def size(self) -> int:
        """The number of choices, which is what solving costs time by."""
        return len(self.site)

    @property
    def patients(self) -> int:
        return int(self.patient[-1]) + 1 if self.size else 0


@dataclass(frozen=True, slots=True)
class Scale:
    """What one unit of each part of the tuple weighs; 0 for a part left out."""

    violation: int
    delay: int
    load: int
    lag: int

    def of_choices(self, problem: Problem) -> Numbers:
        return self.violation * problem.beyond + self.delay * problem.delay + self.lag * problem.lag

    def of_places(self, load: Numbers, limit: int | None) -> Numbers:
        """The cost of adding a patient to a site that has ``load``: rises with load, so the flow stays convex."""
        return self.violation * violations(load, limit) + self.load * load


class Unsolved(Exception):
    """The solver did not answer: a patient has no choice, or the numbers do not fit."""


def violations(load: Numbers, limit: int | None) -> Numbers:
    """How much adding a patient to a site with this load counts against its limit."""
    return np.zeros_like(load) if limit is None else np.maximum(0, load + 1 - limit)


def solve(problem: Problem, *, first_choices: int = FIRST_CHOICES, first_room: int = FIRST_ROOM) -> Numbers:
    """For each patient the index of one of their choices, optimal for all together. Raises Unsolved.

    Not everything is offered to the solver: a patient's distant choices and a site's hundredth place are seldom used.
    Prices of the sites prove that nothing which was not offered would do better, or name what must be offered too.
    """
    if not problem.size:
        return np.zeros(0, dtype=np.int64)
    takers = np.bincount(problem.site, minlength=len(problem.loads))
    offered, room = _first_offered(problem, first_choices), _first_room(problem, takers, first_room)
    while True:
        scale = scale_for(problem, room)
        chosen = _flow(problem, np.flatnonzero(offered), room, scale)
        if chosen is None:
            if offered.all() and (room == takers).all():
                raise Unsolved(f"{problem.patients} patients, {len(problem.loads)} sites: no assignment")
            offered, room = np.ones_like(offered), takers
            continue
        taken = np.bincount(problem.site[chosen], minlength=len(takers))
        short = (taken == room) & (room < takers)
        if short.any():
            room = np.where(short, np.minimum(takers, 4 * room), room)
            continue
        wanting = _wanting(problem, chosen, offered, scale)
        if not wanting.any():
            return chosen
        offered |= wanting


def _first_offered(problem: Problem, first: int) -> Flags:
    """The first choices of each patient, which plan() gives nearest first, and others here and there.

    Any would do, only slower. Those here and there differ from patient to patient: each site is offered to some.
    """
    nth = np.arange(problem.size) - np.searchsorted(problem.patient, problem.patient)
    step = np.maximum(1, np.bincount(problem.patient) // first)[problem.patient]
    return np.asarray((nth < first) | ((nth + problem.patient) % step == 0))


def _first_room(problem: Problem, takers: Numbers, first: int) -> Numbers:
    """Four times an even share; without a limit enough for all who have it nearest."""
    share = max(first, 4 * -(-problem.patients // len(takers)))
    if problem.limit is not None:
        return np.minimum(takers, share)
    nearest = np.bincount(problem.site[problem.delay == 0], minlength=len(takers))
    return np.minimum(takers, np.maximum(nearest, share))


def _wanting(problem: Problem, chosen: Numbers, offered: Flags, scale: Scale) -> Flags:
    """Of the choices that were not offered those that might better the assignment, the best few of each patient."""
    wanting = np.zeros_like(offered)
    if offered.all():
        return wanting
    costs, had = scale.of_choices(problem), chosen[problem.patient]
    taken = np.bincount(problem.site[chosen], minlength=len(problem.loads))
    price = prices(
        (costs - costs[had])[offered],
        problem.site[had[offered]],
        problem.site[offered],
        last=np.where(taken > 0, scale.of_places(problem.loads + taken - 1, problem.limit), -1),
        following=scale.of_places(problem.loads + taken, problem.limit),
    )
    saved = costs[had] + price[problem.site[had]] - costs - price[problem.site]
    if not (saved > 0).any():
        return wanting
    # Those that nearly would are offered with them: they are what the next answer would want.
    some = np.flatnonzero(~offered & (saved > -NEARLY_S * scale.delay))
    best = some[np.lexsort((-saved[some], problem.patient[some]))]
    nth = np.arange(len(best)) - np.searchsorted(problem.patient[best], problem.patient[best])
    wanting[best[nth < MORE_CHOICES]] = True
    return wanting


def _flow(problem: Problem, offered: Numbers, room: Numbers, scale: Scale) -> Numbers | None:
    """The index of the choice of each patient; None when they do not all find room."""
    people, sites = problem.patients, len(problem.loads)
    network: Any = SimpleMinCostFlow()  # its stub has the types of arrays the wrong way round
    _arcs(network, problem.patient[offered], people + problem.site[offered], scale.of_choices(problem)[offered])
    # Convex congestion: for each site one arc to the sink for each patient who could be added, dearer each time.
    place = np.repeat(np.arange(sites), room)
    load = problem.loads[place] + np.arange(len(place)) - np.repeat(np.cumsum(room) - room, room)
    _arcs(network, people + place, np.full_like(place, people + sites), scale.of_places(load, problem.limit))
    supply = np.zeros(people + sites + 1, dtype=np.int64)
    supply[:people], supply[-1] = 1, -people
    network.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
    status = network.solve()
    if status == network.INFEASIBLE:
        return None
    if status != network.OPTIMAL:
        raise Unsolved(f"{people} patients, {sites} sites: {status}")
    used = np.asarray(network.flows(np.arange(len(offered), dtype=np.int32)))
    return np.asarray(offered[np.flatnonzero(used)])


def _arcs(network: Any, tails: Numbers, heads: Numbers, costs: Numbers) -> None:
    one = np.ones(len(tails), dtype=np.int64)
    network.add_arcs_with_capacity_and_unit_cost(tails.astype(np.int32), heads.astype(np.int32), one, costs)


def scale_for(problem: Problem, room: Numbers) -> Scale:
    """The scale with the most parts that fits. Raises Unsolved when not even violations and delay do."""
    most = int((problem.loads + room).max())
    worst = 1 + (0 if problem.limit is None else max(0, most - problem.limit))
    nodes = problem.patients + len(problem.loads) + 2
    for scale in _scales(problem, most):
        dearest = scale.violation * worst + scale.delay * int(problem.delay.max()) + scale.load * most
        if (dearest + scale.lag * int(problem.lag.max())) * nodes < LARGEST:
            return scale
    raise Unsolved(f"{problem.patients} patients, {len(problem.loads)} sites: the numbers do not fit")


def _scales(problem: Problem, most: int) -> Iterator[Scale]:
    """The smallest weights for which one integer orders every simple cycle as the tuple does; ever fewer parts."""
    swaps = min(problem.patients, len(problem.loads))
    # A cycle takes a patient from at most one site's load and adds it to one other.
    evened = most - int(problem.loads.min())
    for with_lag, with_load in ((1, 1), (0, 1), (0, 0)):
        lags = with_lag * swaps * int(problem.lag.max())
        load = with_load * (lags + 1)
        delay = lags + load * evened + 1
        violation = delay * (1 + swaps * int(problem.delay.max()))
        yield Scale(violation=violation, delay=delay, load=load, lag=with_lag)
