"""A journey on roads is the quickest that the streets allow, told only where the streets lead."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.journeys.graph import CROSSING_S, SIGNAL_S, RoadGraph, Wood
from diversion.journeys.streets import Streets
from hospitals.geo import Point, distance_m

SOUTH, WEST, STEP = 50.80, 4.30, 0.003
SIDE = 4
#: Two places outside the grid, each at the end of a street of its own, where no other street is near.
ORIGIN, HOSPITAL = 16, 17
OUTSIDE = {ORIGIN: Point(SOUTH - 0.004, WEST), HOSPITAL: Point(SOUTH + 0.013, WEST + 0.009)}


def spot(number: int) -> Point:
    if number in OUTSIDE:
        return OUTSIDE[number]
    return Point(SOUTH + (number // SIDE) * STEP, WEST + (number % SIDE) * STEP)


def streets_of(chains: list[tuple[int, int, float, float]], signals: frozenset[int] = frozenset()) -> Streets:
    """Chains of one stretch each between points of a grid: from, to, km/h ahead and back."""
    ends = np.array([[a, b] for a, b, _, _ in chains]).ravel()
    first = np.arange(0, len(ends), 2)
    return Streets(
        lat=np.array([spot(int(n)).lat for n in ends]),
        lon=np.array([spot(int(n)).lon for n in ends]),
        ref=ends.astype(np.int64),
        signal=np.array([int(n) in signals for n in ends]),
        first=first,
        last=first + 1,
        start=ends[::2],
        end=ends[1::2],
        forward=np.array([chain[2] for chain in chains], dtype=float),
        backward=np.array([chain[3] for chain in chains], dtype=float),
    )


def ring(*more: tuple[int, int, float, float], kmh: float = 36.0) -> list[tuple[int, int, float, float]]:
    """A street through every point of the grid and back, so that all hang together."""
    numbers = list(range(SIDE * SIDE))
    around = [(a, b, kmh, kmh) for a, b in zip(numbers, [*numbers[1:], 0], strict=True)]
    return [*around, *more]


def journey(graph: RoadGraph, origin: Point, to: Point) -> tuple[float, float]:
    seconds, metres = graph.journeys([origin], Wood.of([graph.tree(to)], graph.crossings))
    return float(seconds[0, 0]), float(metres[0, 0])


speed = st.sampled_from([0.0, 18.0, 36.0, 72.0])
extra = st.lists(
    st.tuples(st.integers(0, 15), st.integers(0, 15), speed, speed).filter(lambda c: c[0] != c[1] and c[2] + c[3] > 0),
    max_size=12,
)


@given(extra, st.integers(0, 15), st.integers(0, 15), st.frozensets(st.integers(0, 15), max_size=4))
def test_it_is_the_quickest_of_all_ways(
    more: list[tuple[int, int, float, float]], here: int, there: int, signals: frozenset[int]
):
    """Against a plain search, street by street."""
    chains = ring((ORIGIN, here, 36.0, 36.0), (there, HOSPITAL, 36.0, 36.0), *more)
    graph = RoadGraph(streets_of(chains, signals))
    expected = plain_search(chains, signals, ORIGIN)[HOSPITAL]
    # A place is looked up at points up to 25 m apart, and whoever stops before a street's end pays no crossing there.
    slack = 2 * 12.5 / 10 + CROSSING_S
    assert journey(graph, spot(ORIGIN), spot(HOSPITAL))[0] == pytest.approx(expected, abs=slack + 0.01)


def plain_search(chains: list[tuple[int, int, float, float]], signals: frozenset[int], here: int) -> dict[int, float]:
    edges: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for tail, head, seconds in driven(chains, signals):
        edges[tail].append((seconds, head))
    best: dict[int, float] = {}
    queue = [(0.0, here)]
    while queue:
        took, at = heapq.heappop(queue)
        if at not in best:
            best[at] = took
            for seconds, onward in edges[at]:
                heapq.heappush(queue, (took + seconds, onward))
    return best


def driven(chains: list[tuple[int, int, float, float]], signals: frozenset[int]) -> Iterator[tuple[int, int, float]]:
    for a, b, ahead, back in chains:
        metres = distance_m(spot(a), spot(b))
        if ahead:
            yield a, b, metres * 3.6 / ahead + CROSSING_S + SIGNAL_S * (b in signals)
        if back:
            yield b, a, metres * 3.6 / back + CROSSING_S + SIGNAL_S * (a in signals)


def test_the_metres_are_those_of_the_way_that_is_driven():
    graph = RoadGraph(streets_of(ring()))
    _, metres = journey(graph, spot(0), spot(3))
    assert metres == pytest.approx(sum(distance_m(spot(n), spot(n + 1)) for n in range(3)), abs=40)


def test_a_one_way_street_is_not_driven_against():
    """From 1 back to 0 the only way leads around the whole ring."""
    chains = [(0, 1, 36.0, 0.0), *ring()[1:]]
    graph = RoadGraph(streets_of(chains))
    ahead, back = journey(graph, spot(0), spot(1))[0], journey(graph, spot(1), spot(0))[0]
    assert back > 5 * ahead


def test_whoever_is_on_the_hospitals_own_street_drives_along_it():
    graph = RoadGraph(streets_of(ring()))
    west, east = (Point(SOUTH, WEST + STEP * part) for part in (0.25, 0.75))
    seconds, metres = journey(graph, west, east)
    assert metres == pytest.approx(distance_m(west, east), abs=30)
    assert seconds == pytest.approx(metres / 10, abs=1)


def test_on_the_hospitals_own_one_way_street_one_may_have_to_go_around():
    graph = RoadGraph(streets_of([(0, 1, 36.0, 0.0), *ring()[1:]]))
    west, east = (Point(SOUTH, WEST + STEP * part) for part in (0.25, 0.75))
    assert journey(graph, west, east)[1] < 200
    assert journey(graph, east, west)[1] > 3000


def test_far_from_any_street_there_is_no_answer():
    graph = RoadGraph(streets_of(ring()))
    off = Point(SOUTH - 0.02, WEST)
    assert graph.tree(off) is None
    seconds, _ = graph.journeys([off, spot(3)], Wood.of([graph.tree(spot(1)), None], graph.crossings))
    assert np.isfinite(seconds).tolist() == [[False, False], [True, False]]


def test_what_hangs_on_nothing_is_never_a_place_to_start_from():
    """An island beside the ring: whoever stands on it is taken to be on the street near it that leads somewhere."""
    numbers = [n for n in range(16) if n not in {5, 6}]
    around = [(a, b, 36.0, 36.0) for a, b in zip(numbers, [*numbers[1:], numbers[0]], strict=True)]
    graph = RoadGraph(streets_of([*around, (5, 6, 36.0, 36.0)]))
    assert np.isfinite(journey(graph, spot(5), spot(15))[0])


def test_a_closed_street_is_driven_around_and_a_slower_one_takes_longer():
    chains = ring((0, 5, 36.0, 36.0))
    usual = journey(RoadGraph(streets_of(chains)), spot(0), spot(5))[0]
    slower = journey(RoadGraph(streets_of(chains), {(0, 5): 18.0}), spot(0), spot(5))[0]
    closed = journey(RoadGraph(streets_of(chains), {(0, 5): 0.0}), spot(0), spot(5))[0]
    assert slower == pytest.approx(2 * usual, rel=0.1)
    assert closed > slower
    # Told for one direction, it holds for one direction.
    assert journey(RoadGraph(streets_of(chains), {(0, 5): 0.0}), spot(5), spot(0))[0] == pytest.approx(usual, rel=0.1)


def test_a_report_of_speed_opens_no_one_way_street():
    chains = [(0, 1, 36.0, 0.0), *ring()[1:]]
    opened = RoadGraph(streets_of(chains), {(1, 0): 50.0})
    assert journey(opened, spot(1), spot(0))[0] > 100
