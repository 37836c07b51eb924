"""A coarse network to drive on: main roads from schematic figures, and between them an invented street fabric.

The fabric is a tilted, jittered grid. It is not a map of anything; it keeps vehicles out of parks and makes them
cross the canal on bridges. What binds: from any point a route exists, and it is the quickest by the free speeds.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import assumptions
from .geometry import Point, distance

LOCAL, MAIN, MOTORWAY = "local", "main", "motorway"
#: Beyond this the way from the network to a point is a country road, not a driveway.
_APPROACH_M = 1_500.0
_CELL_M = 600.0


@dataclass(frozen=True, slots=True)
class Leg:
    """One straight piece of a route: where it ends, how long it is, and the kind of street."""

    end: Point
    metres: float
    street: str

    def seconds(self, priority: bool) -> float:
        return self.metres / speed(self.street, priority)


@dataclass(frozen=True, slots=True)
class Route:
    start: Point
    legs: tuple[Leg, ...]

    def seconds(self, priority: bool) -> float:
        return sum(leg.seconds(priority) for leg in self.legs)

    @property
    def end(self) -> Point:
        return self.legs[-1].end if self.legs else self.start


def speed(street: str, priority: bool) -> float:
    """Metres a second."""
    free = assumptions.SPEED_KMH[street]
    if priority:
        free = min(free * assumptions.PRIORITY, assumptions.FASTEST_KMH[street])
    return free / 3.6


@dataclass
class Streets:
    """Junctions and the streets between them; grows while it is built, then only answers."""

    points: list[Point] = field(default_factory=list)
    edges: list[dict[int, str]] = field(default_factory=list)
    _cells: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    _quickest: float = speed(MOTORWAY, True)

    def add(self, point: Point, snap: float = 0.0) -> int:
        """A junction at that point, or the nearest existing one within `snap` metres."""
        near = self.nearest(point, within=snap) if snap else None
        if near is not None:
            return near
        self.points.append(point)
        self.edges.append({})
        self._cells.setdefault(_cell(point), []).append(len(self.points) - 1)
        return len(self.points) - 1

    def join(self, a: int, b: int, street: str) -> None:
        if a != b:
            self.edges[a][b] = street
            self.edges[b][a] = street

    def nearest(self, point: Point, within: float = math.inf, among: Iterable[int] | None = None) -> int | None:
        candidates = self._around(point, within) if among is None else among
        best = min(candidates, key=lambda node: distance(self.points[node], point), default=None)
        return best if best is not None and distance(self.points[best], point) <= within else None

    def _around(self, point: Point, within: float) -> Iterable[int]:
        """Nodes of the cells near the point; all nodes when there are none near."""
        reach = 1 if within > _CELL_M else math.ceil(within / _CELL_M)
        x, y = _cell(point)
        near = [
            node
            for dx in range(-reach, reach + 1)
            for dy in range(-reach, reach + 1)
            for node in self._cells.get((x + dx, y + dy), ())
        ]
        return near or (() if within <= _CELL_M else range(len(self.points)))

    def route(self, start: Point, end: Point, priority: bool = False) -> Route:
        """The quickest way along the network, with the last metres to either point off it."""
        first, last = self.nearest(start), self.nearest(end)
        if first is None or last is None or distance(start, end) < 120:
            return Route(start, _legs(start, [(end, LOCAL)]))
        return Route(start, _legs(start, [*self._approach(start, first), *self._path(first, last, priority),
                                          (end, self._approach_street(end, last))]))  # fmt: skip

    def _approach(self, start: Point, node: int) -> list[tuple[Point, str]]:
        return [(self.points[node], self._approach_street(start, node))]

    def _approach_street(self, point: Point, node: int) -> str:
        return LOCAL if distance(point, self.points[node]) < _APPROACH_M else MAIN

    def _path(self, first: int, last: int, priority: bool) -> list[tuple[Point, str]]:
        """A*: the straight line at the best speed never overestimates, so the first arrival is the quickest."""
        goal = self.points[last]
        cost = {first: 0.0}
        came: dict[int, int] = {}
        queue = [(distance(self.points[first], goal) / self._quickest, first)]
        done: set[int] = set()
        while queue:
            _, node = heapq.heappop(queue)
            if node == last:
                break
            if node in done:
                continue
            done.add(node)
            for other, street in self.edges[node].items():
                reached = cost[node] + distance(self.points[node], self.points[other]) / speed(street, priority)
                if reached < cost.get(other, math.inf):
                    cost[other], came[other] = reached, node
                    heapq.heappush(queue, (reached + distance(self.points[other], goal) / self._quickest, other))
        return self._trace(first, last, came)

    def _trace(self, first: int, last: int, came: dict[int, int]) -> list[tuple[Point, str]]:
        path: list[tuple[Point, str]] = []
        node = last
        while node != first:
            before = came[node]
            path.append((self.points[node], self.edges[before][node]))
            node = before
        return path[::-1]

    def keep_largest_part(self) -> None:
        """Drop junctions that the largest connected part cannot reach, so that every route exists."""
        parts = self._parts()
        largest = max(parts, key=len)
        keep = sorted(largest)
        renamed = {old: new for new, old in enumerate(keep)}
        self.points = [self.points[old] for old in keep]
        self.edges = [{renamed[other]: street for other, street in self.edges[old].items()} for old in keep]
        self._cells = {}
        for node, point in enumerate(self.points):
            self._cells.setdefault(_cell(point), []).append(node)

    def _parts(self) -> list[set[int]]:
        unseen = set(range(len(self.points)))
        parts: list[set[int]] = []
        while unseen:
            part: set[int] = set()
            todo = [min(unseen)]
            while todo:
                node = todo.pop()
                if node not in part:
                    part.add(node)
                    todo.extend(self.edges[node])
            unseen -= part
            parts.append(part)
        return parts


def _cell(point: Point) -> tuple[int, int]:
    return math.floor(point[0] / _CELL_M), math.floor(point[1] / _CELL_M)


def _legs(start: Point, steps: list[tuple[Point, str]]) -> tuple[Leg, ...]:
    legs, here = [], start
    for end, street in steps:
        metres = distance(here, end)
        if metres > 0.5:
            legs.append(Leg(end, metres, street))
            here = end
    return tuple(legs)
