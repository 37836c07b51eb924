"""The assignment of patients to sites as a min-cost flow with exact integers: no rounding, one optimum.

What is minimised is an ordered tuple, an earlier part always before a later one:

1. violations: the k-th patient over a site's limit counts k, a journey beyond the detour limit counts 1;
2. delay: weighted seconds, alike for sites that tie;
3. load: each patient counts what the site already has when they are added, which evens the load among ties;
4. lag: seconds behind the nearest site of the tie.

One integer stands for the tuple. It is enough that the sign is right on every simple cycle of the residual
network, because a flow without a negative cycle is optimal, and such a cycle visits each site at most once. That
bounds what the later parts can change and keeps the numbers far smaller than a bound over all patients would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ortools.graph.python.min_cost_flow import SimpleMinCostFlow


@dataclass(frozen=True, slots=True)
class Choice:
    """One site one patient could be assigned to; ``site`` is an index into the loads."""

    site: int
    beyond: bool
    delay: int
    lag: int


@dataclass(frozen=True, slots=True)
class Scale:
    """What one unit of each part of the tuple weighs; a unit of lag weighs 1."""

    violation: int
    delay: int
    load: int

    def of_choice(self, choice: Choice) -> int:
        return self.violation * choice.beyond + self.delay * choice.delay + choice.lag

    def of_place(self, load: int, limit: int | None) -> int:
        """The cost of adding a patient to a site that has ``load``: rises with load, so the flow stays convex."""
        return self.violation * violations(load, limit) + self.load * load


class Unsolved(Exception):
    """The solver did not answer: the instance is too large for exact integers, or a patient has no choice."""


def violations(load: int, limit: int | None) -> int:
    """How much adding a patient to a site with this load counts against its limit."""
    return 0 if limit is None else max(0, load + 1 - limit)


def assign(patients: Sequence[Sequence[Choice]], loads: Sequence[int], limit: int | None) -> list[Choice]:
    """One choice for each patient, optimal for all together. Raises Unsolved."""
    if not patients:
        return []
    scale = scale_for(patients, loads)
    network = SimpleMinCostFlow()
    arcs = _add_choices(network, patients, scale)
    _add_places(network, patients, loads, limit, scale)
    status = network.solve()  # type: ignore[no-untyped-call]  # its stub leaves the signature open
    if status != network.OPTIMAL:
        raise Unsolved(f"{len(patients)} patients, {len(loads)} sites: {status}")
    return [next(choice for arc, choice in mine if network.flow(arc)) for mine in arcs]


def scale_for(patients: Sequence[Sequence[Choice]], loads: Sequence[int]) -> Scale:
    """The smallest weights for which one integer orders every simple cycle as the tuple does."""
    swaps = min(len(patients), len(loads))
    lag = swaps * max(choice.lag for mine in patients for choice in mine)
    load = lag + 1
    # A cycle takes a patient from at most one site's load and adds it to one other.
    below_delay = lag + load * (max(loads) + len(patients) - min(loads))
    delay = below_delay + 1
    below_violation = below_delay + delay * swaps * max(choice.delay for mine in patients for choice in mine)
    return Scale(violation=below_violation + 1, delay=delay, load=load)


def _add_choices(
    network: SimpleMinCostFlow, patients: Sequence[Sequence[Choice]], scale: Scale
) -> list[list[tuple[int, Choice]]]:
    """Nodes 0…n-1 are the patients, the sites follow, the sink is last."""
    arcs: list[list[tuple[int, Choice]]] = []
    for node, mine in enumerate(patients):
        network.set_node_supply(node, 1)
        arcs.append([(_arc(network, node, len(patients) + one.site, scale.of_choice(one)), one) for one in mine])
    return arcs


def _add_places(
    network: SimpleMinCostFlow,
    patients: Sequence[Sequence[Choice]],
    loads: Sequence[int],
    limit: int | None,
    scale: Scale,
) -> None:
    """Convex congestion: for each site one arc to the sink for each patient who could be added, dearer each time."""
    sink = len(patients) + len(loads)
    network.set_node_supply(sink, -len(patients))
    takers = Counter(choice.site for mine in patients for choice in mine)
    for site, load in enumerate(loads):
        for added in range(takers[site]):
            _arc(network, len(patients) + site, sink, scale.of_place(load + added, limit))


def _arc(network: SimpleMinCostFlow, tail: int, head: int, cost: int) -> int:
    return network.add_arc_with_capacity_and_unit_cost(tail, head, 1, cost)
