"""How long a plan takes, and how near it is to the best there is.

    python -m tests.bench.plan --runs 5

No service, no network: instances are made from a seed. Each run solves the same instance with ours and with networkx's
network simplex, in an order that turns; the ratio is formed within a run, then the median is taken. The growth curve is
drawn to tests/bench/plan.svg. Fails below ten times networkx, above one per cent over the lower bound, or where the
two disagree about what the best assignment costs.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import networkx as nx
import numpy as np

from diversion.planning.apart import solve_apart
from diversion.planning.flow import Problem, Scale, scale_for, solve
from diversion.planning.options import Patient, Place
from diversion.planning.plan import Policy, plan
from diversion.planning.prices import Numbers
from tests.bench.chart import Line, chart
from tests.bench.figures import ratios, spread
from tests.planning.builders import patient, place, ways
from tests.planning.instances import city, cost, delays, lower_bound

#: (patients, sites): a city's bad night, then ever larger.
SIZES = ((150, 20), (500, 40), (1_500, 100), (5_000, 200), (15_000, 500))
#: networkx needs minutes beyond these.
COMPARED = SIZES[:2]
#: The whole plan, options and reasons included, makes an object for each patient and site.
WHOLE = SIZES[:3]
T = TypeVar("T")
LEAST_RATIO, MOST_OVER = 10.0, 0.01
PICTURE = Path(__file__).with_name("plan.svg")


@dataclass(frozen=True, slots=True)
class Grown:
    """One size: seconds over the runs, and how far the answer is above the lower bound (a share of it)."""

    patients: int
    sites: int
    solved: list[float]
    held_up: float
    apart: float
    over: float


def main() -> int:
    wishes = _wishes()
    pairs = {size: _against_networkx(city(*size), wishes.runs) for size in COMPARED}
    grown = [_grown(*size, wishes.runs) for size in SIZES]
    whole = {size: [_whole(*size) for _ in range(wishes.runs)] for size in WHOLE}
    print("\n".join([*_table_pairs(pairs), "", *_table_grown(grown), "", *_table_whole(whole)]))
    PICTURE.write_text(_picture(grown, pairs))
    least = statistics.median(ratios(*reversed(pairs[150, 20])))
    worst = max(one.over for one in grown)
    print(f"\n150 over 20: {least:.1f} times as fast as networkx; at most {worst:.4%} above the lower bound")
    return 0 if least >= LEAST_RATIO and worst <= MOST_OVER else 1


# ------------------------------------------------------------------ beside networkx


def _against_networkx(problem: Problem, runs: int) -> tuple[list[float], list[float]]:
    """Seconds of ours and of theirs, run by run; both must find the same cost."""
    room = np.minimum(np.bincount(problem.site), problem.patients)
    scale = scale_for(problem, room)
    graph = _graph(problem, room, scale)
    ours: list[float] = []
    theirs: list[float] = []

    def we() -> int:
        seconds, chosen = timed(lambda: solve(problem))
        ours.append(seconds)
        return cost(problem, chosen, scale)

    def they() -> int:
        # Building their graph is not counted, building ours is.
        seconds, (total, _) = timed(lambda: nx.network_simplex(graph))
        theirs.append(seconds)
        return int(total)

    for run in range(runs):
        found = {one() for one in ((we, they) if run % 2 == 0 else (they, we))}
        if len(found) != 1:
            raise SystemExit(f"ours and networkx disagree about the best: {found}")
    return ours, theirs


def _graph(problem: Problem, room: Numbers, scale: Scale) -> nx.MultiDiGraph:
    """The same network, the same integer costs; networkx wants the parallel arcs of a site one by one too."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((("patient", int(n)) for n in range(problem.patients)), demand=-1)
    graph.add_node("sink", demand=problem.patients)
    for one, site, price in zip(problem.patient, problem.site, scale.of_choices(problem), strict=True):
        graph.add_edge(("patient", int(one)), ("site", int(site)), capacity=1, weight=int(price))
    for site, (load, places) in enumerate(zip(problem.loads, room, strict=True)):
        for price in scale.of_places(load + np.arange(places), problem.limit):
            graph.add_edge(("site", site), "sink", capacity=1, weight=int(price))
    return graph


# ------------------------------------------------------------------ growing


def _grown(patients: int, sites: int, runs: int) -> Grown:
    problem = city(patients, sites)
    solved = [timed(lambda: solve(problem)) for _ in range(runs)]
    with longest_gap() as gap:
        chosen = solve(problem)
    apart, _ = timed(lambda: solve_apart(problem, large=0))
    scale = delays(problem)
    bound = lower_bound(problem, chosen, scale)
    over = (cost(problem, chosen, scale) - bound) / max(1, bound)
    return Grown(patients, sites, [seconds for seconds, _ in solved], gap[0], apart, over)


@contextmanager
def longest_gap() -> Iterator[list[float]]:
    """How long another thread of this process, which only wants to look at the clock, had to wait at the most."""
    over, gap = threading.Event(), [0.0]

    def look() -> None:
        last = time.perf_counter()
        while not over.wait(0.0005):
            now = time.perf_counter()
            gap[0], last = max(gap[0], now - last), now
        gap[0] = max(gap[0], time.perf_counter() - last)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield gap
    finally:
        over.set()
        looking.join()


def _whole(patients: int, sites: int) -> float:
    """Everything that happens between the matrix and the proposals."""
    who, places, matrix, policy = _incident(patients, sites)
    seconds, _ = timed(lambda: plan(who, places, matrix, policy, solver=solve_apart))
    return seconds


def _incident(patients: int, sites: int) -> tuple[list[Patient], list[Place], tuple, Policy]:
    chance = np.random.default_rng(1)
    people, spots = chance.normal(0, 3, (patients, 2)), chance.uniform(-9, 9, (sites, 2))
    apart = people[:, None, :] - spots[None, :, :]
    seconds = (127 + 83 * np.hypot(apart[..., 0], apart[..., 1])).astype(int).tolist()
    places = [place("failed", ambulances="closed", inbound=patients), *(place(f"s{n}") for n in range(sites))]
    who = [patient(n, heading_to="failed", near_arrival_s=900) for n in range(patients)]
    limit = int(patients * 1.25 / sites) + 1
    return who, places, tuple(ways(900, *row) for row in seconds), Policy(detour_limit_s=900, inbound_limit=limit)


def timed(what: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    answer = what()
    return time.perf_counter() - begun, answer


# ------------------------------------------------------------------ telling


def _ms(seconds: list[float], digits: int = 1) -> str:
    return spread([1000 * one for one in seconds], digits)


def _table_pairs(pairs: dict[tuple[int, int], tuple[list[float], list[float]]]) -> list[str]:
    head = ["| patients × sites | ours, ms | network simplex, ms | ratio within a run |", "|---|---:|---:|---:|"]
    return head + [
        f"| {n:,} × {m} | {_ms(ours)} | {_ms(theirs)} | {spread(ratios(theirs, ours), 1)} |"
        for (n, m), (ours, theirs) in pairs.items()
    ]


def _table_grown(grown: list[Grown]) -> list[str]:
    head = [
        "| patients × sites | choices | solved, ms | others held up, ms | apart, ms | above bound |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    return head + [
        f"| {one.patients:,} × {one.sites} | {one.patients * one.sites:,} | {_ms(one.solved)} "
        f"| {1000 * one.held_up:.0f} | {1000 * one.apart:.0f} | {one.over:.4%} |"
        for one in grown
    ]


def _table_whole(whole: dict[tuple[int, int], list[float]]) -> list[str]:
    head = ["| patients × sites | whole plan, ms |", "|---|---:|"]
    return head + [f"| {n:,} × {m} | {_ms(seconds, 0)} |" for (n, m), seconds in whole.items()]


def _picture(grown: list[Grown], pairs: dict[tuple[int, int], tuple[list[float], list[float]]]) -> str:
    ours = [(one.patients * one.sites, statistics.median(one.solved)) for one in grown]
    theirs = [(n * m, statistics.median(seconds)) for (n, m), (_, seconds) in pairs.items()]
    names = {one.patients * one.sites: f"{one.patients:,} × {one.sites}" for one in grown}
    title = "Milliseconds to assign patients to sites, by the number of choices; both axes logarithmic"
    lines = [Line("this planner", ours), Line("networkx", theirs, dashed=True)]
    return chart(lines, names, title=title, across="patients × sites")


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Plans of growing size, beside networkx and a lower bound.")
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
