"""Many seeds of one scenario in every way: the same patients, closures and chance in each, whatever is decided."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from diversion.study.calls import Call, Source, calls_between, pool_of
from diversion.study.incident import AFTER_S, BEFORE_S, Incident
from diversion.study.measures import MEASURES, Outcome, outcome
from diversion.study.region import region
from diversion.study.scenarios import Scenario
from diversion.study.ways import WAYS, Way

DAY_S = 24 * 3600
#: The figures of one seed: way, measure, figure.
Figures = Mapping[str, Mapping[str, float | None]]


def hour_of(seed: int, day: int) -> float:
    """When the closure falls that day, in whole seconds after midnight: any second is as likely as any other."""
    return float(random.Random(f"study:{seed}:{day}:hour").randrange(DAY_S))


def calls_of(scenario: Scenario, seed: int, day: int) -> Sequence[Call]:
    """The day's patients around the closure, and those who were bound there besides."""
    at, name = hour_of(seed, day), f"{seed}:{day}"
    usual = calls_between(scenario.region, name, scenario.rate, at - BEFORE_S, at + AFTER_S)
    source = Source(region(scenario.region), f"{name}:bound")
    return [*usual, *source.bound(scenario.closure.sites, scenario.bound, at)] if scenario.bound else usual


def played(scenario: Scenario, seed: int, day: int, way: Way) -> Incident:
    incident = Incident(region(scenario.region), scenario.closure, hour_of(seed, day), way, scenario.desk)
    return incident.play(calls_of(scenario, seed, day))


def of_seed(scenario: Scenario, seed: int, days: int, ways: Sequence[Way] = WAYS) -> Figures:
    outcomes: dict[str, list[Outcome]] = {way.name: [] for way in ways}
    for day in range(days):
        for way in ways:
            outcomes[way.name].append(outcome(played(scenario, seed, day, way)))
    return {way: {one.code: one.of(found) for one in MEASURES} for way, found in outcomes.items()}


def run(scenario: Scenario, seeds: Sequence[int], days: int, processes: int = 1) -> list[Figures]:
    """One entry a seed, in their order, however many processes share the work."""
    if processes == 1:
        return [of_seed(scenario, seed, days) for seed in seeds]
    if scenario.bound:
        pool_of(scenario.region)  # once here rather than once in each process
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(of_seed, repeat(scenario), seeds, repeat(days), chunksize=4))
