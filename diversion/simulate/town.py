"""Where the city lives: its streets, and where a patient can be found. Built from figures, the same for each seed.

A region with a file in `cities/` gets its main roads, canal, parks and posts from there. Any other region gets the
invented fabric around its hospitals, and a handful of vehicles at them: enough for a replay to live.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from . import assumptions
from .geometry import Line, Plane, Point, between, crossing, densified, distance, inside
from .streets import LOCAL, MAIN, MOTORWAY, Streets

CITIES = Path(__file__).parent / "cities"
#: Fabric: one junction about every 380 m, shifted by up to 29 % of that, the grid tilted; one street in eight missing.
_SPACING_M, _SHIFT, _TILT, _MISSING = 380.0, 0.29, math.radians(23), 0.12
#: A town without a boundary we can use reaches this far around its hospitals.
_REACH_M = 5_000.0
_MOST_JUNCTIONS = 1_600
#: One bridge of the fabric in each stretch of canal of this length, beside those of the main roads. Assumed.
_BRIDGE_EVERY_M = 700.0
_JOIN_M = 60.0
_LINK_M = 330.0
#: A motorway meets the fabric about this often (vertices of about 300 m); a stand-in for its exits.
_EXIT_EVERY = 7
_MOTORWAYS = ("R0", "E40", "E411", "A12", "E19", "A201")


@dataclass(frozen=True)
class Town:
    plane: Plane
    streets: Streets
    boundary: Line
    centres: Sequence[Point]
    spread: float
    centre_share: float
    greens: Sequence[Line] = ()

    def patient_point(self, rng: random.Random) -> Point:
        """Somewhere inside the boundary, parks left out; some of the draws lean to the centre."""
        for _ in range(400):
            point = self._draw(rng)
            if inside(point, self.boundary) and not any(inside(point, green) for green in self.greens):
                return point
        return rng.choice(self.streets.points)

    def _draw(self, rng: random.Random) -> Point:
        if rng.random() < self.centre_share:
            x, y = rng.choice(self.centres)
            return rng.gauss(x, self.spread), rng.gauss(y, self.spread)
        xs, ys = [p[0] for p in self.boundary], [p[1] for p in self.boundary]
        return rng.uniform(min(xs), max(xs)), rng.uniform(min(ys), max(ys))


def city_file(region: str) -> Mapping[str, Any]:
    path = CITIES / f"{region}.json"
    if not path.is_file():
        return {}
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def build(region: str, hospitals: Sequence[tuple[float, float]]) -> Town:
    """`hospitals` as (lon, lat), from the feed: they shape only a region that has no city file."""
    figures = city_file(region)
    return _from_figures(figures) if figures else _around(hospitals)


def _from_figures(figures: Mapping[str, Any]) -> Town:
    plane = Plane(*figures["centre"])
    greens = [plane.line(green["points"]) for green in figures["greens"]]
    ring = plane.line(figures["boundary"]["points"])
    builder = _Builder(plane, ring, greens, [plane.line(part["points"]) for part in figures["canal"]])
    builder.lay_roads(figures["roads"])
    builder.lay_fabric(_SPACING_M)
    spread, share = assumptions.CENTRE_SPREAD_M, assumptions.CENTRE_SHARE
    return Town(plane, builder.done(), ring, [(0.0, 0.0)], spread, share, greens)


def _around(hospitals: Sequence[tuple[float, float]]) -> Town:
    """Fabric only, wider meshed the larger the area, so that it stays small enough to search."""
    plane = Plane(sum(p[0] for p in hospitals) / len(hospitals), sum(p[1] for p in hospitals) / len(hospitals))
    centres = [plane.metres(*hospital) for hospital in hospitals]
    xs, ys = [p[0] for p in centres], [p[1] for p in centres]
    west, east, south, north = min(xs) - _REACH_M, max(xs) + _REACH_M, min(ys) - _REACH_M, max(ys) + _REACH_M
    ring = [(west, south), (east, south), (east, north), (west, north)]
    builder = _Builder(plane, ring, (), ())
    builder.lay_fabric(max(_SPACING_M, math.sqrt((east - west) * (north - south) / _MOST_JUNCTIONS)))
    return Town(plane, builder.done(), ring, centres, assumptions.HOSPITAL_SPREAD_M, 1.0)


@dataclass
class _Builder:
    plane: Plane
    ring: Line
    greens: Sequence[Line]
    canals: Sequence[Line]
    streets: Streets = field(default_factory=Streets)
    _roads: list[int] = field(default_factory=list)
    _bridges: set[tuple[int, int]] = field(default_factory=set)

    def lay_roads(self, roads: Sequence[Mapping[str, Any]]) -> None:
        """Roads meet where their lines cross, where an end of one lies close to another, and nowhere else."""
        lines = [(densified(self.plane.line(road["points"]), 300.0), str(road.get("ref") or "")) for road in roads]
        cuts = _crossings([line for line, _ in lines])
        for index, (line, ref) in enumerate(lines):
            self._lay_road(_with_cuts(line, cuts.get(index, {})), ref)

    def _lay_road(self, line: Sequence[Point], ref: str) -> None:
        before: int | None = None
        for step, point in enumerate(line):
            node = self.streets.add(point, snap=_JOIN_M)
            if before is not None:
                middle = between(self.streets.points[before], self.streets.points[node], 0.5)
                street = self._kind(ref, middle)
                self.streets.join(before, node, street)
                if street == MAIN or step % _EXIT_EVERY == 0:
                    self._roads.append(node)
            before = node

    def _kind(self, ref: str, middle: Point) -> str:
        """Inside the Region only the ring, the E411 and the E40 to the east are motorways; the rest are avenues."""
        outside = not inside(middle, self.ring)
        return MOTORWAY if ref == "R0" or (ref in _MOTORWAYS and outside) else MAIN

    def done(self) -> Streets:
        self.streets.keep_largest_part()
        return self.streets

    def lay_fabric(self, spacing: float) -> None:
        grid = self._junctions(spacing)
        rng = random.Random("fabric")
        for (column, row), node in grid.items():
            for beside in ((column + 1, row), (column, row + 1)):
                other = grid.get(beside)
                missing = rng.random() < _MISSING
                if other is not None and not missing and self._passable(node, other):
                    self.streets.join(node, other, self._fabric_kind(column, row, beside))
        self._link(set(grid.values()))

    def _fabric_kind(self, column: int, row: int, beside: tuple[int, int]) -> str:
        """Where no main roads are known, every fifth street of the fabric is one."""
        if self._roads:
            return LOCAL
        return MAIN if (row % 5 == 0 if beside[0] != column else column % 5 == 0) else LOCAL

    def _junctions(self, spacing: float) -> dict[tuple[int, int], int]:
        rng = random.Random("junctions")
        reach = math.ceil(max(distance((0, 0), p) for p in self.ring) / spacing)
        grid: dict[tuple[int, int], int] = {}
        for column in range(-reach, reach + 1):
            for row in range(-reach, reach + 1):
                point = _tilted(*_shifted(column, row, spacing, rng))
                if inside(point, self.ring) and not any(inside(point, green) for green in self.greens):
                    grid[column, row] = self.streets.add(point)
        return grid

    def _passable(self, node: int, other: int) -> bool:
        a, b = self.streets.points[node], self.streets.points[other]
        if any(inside(between(a, b, share), green) for green in self.greens for share in (0.25, 0.5, 0.75)):
            return False
        return self._bridge(a, b)

    def _bridge(self, a: Point, b: Point) -> bool:
        """True when the street stays on its side of the water, or is the one bridge of its stretch."""
        for part, canal in enumerate(self.canals):
            along = 0.0
            for c, d in pairwise(canal):
                met = crossing(a, b, c, d)
                if met is not None:
                    stretch = (part, int((along + distance(c, met)) // _BRIDGE_EVERY_M))
                    taken = stretch in self._bridges
                    self._bridges.add(stretch)
                    return not taken
                along += distance(c, d)
        return True

    def _link(self, fabric: set[int]) -> None:
        """Each main-road junction gets a side street to the nearest junction of the fabric."""
        joints = list(fabric)
        for node in self._roads:
            near = self.streets.nearest(self.streets.points[node], within=_LINK_M, among=joints)
            if near is not None and self._passable(node, near):
                self.streets.join(node, near, LOCAL)


def _shifted(column: int, row: int, spacing: float, rng: random.Random) -> Point:
    shift = spacing * _SHIFT
    return column * spacing + rng.uniform(-shift, shift), row * spacing + rng.uniform(-shift, shift)


def _tilted(x: float, y: float) -> Point:
    return x * math.cos(_TILT) - y * math.sin(_TILT), x * math.sin(_TILT) + y * math.cos(_TILT)


def _crossings(lines: Sequence[Line]) -> dict[int, dict[int, list[Point]]]:
    """For each line and each of its pieces, the points where other lines cross it."""
    cuts: dict[int, dict[int, list[Point]]] = {}
    for i, first in enumerate(lines):
        for j in range(i + 1, len(lines)):
            for k, (a, b) in enumerate(pairwise(first)):
                for m, (c, d) in enumerate(pairwise(lines[j])):
                    met = crossing(a, b, c, d)
                    if met is not None:
                        cuts.setdefault(i, {}).setdefault(k, []).append(met)
                        cuts.setdefault(j, {}).setdefault(m, []).append(met)
    return cuts


def _with_cuts(line: Line, cuts: Mapping[int, list[Point]]) -> list[Point]:
    result = [line[0]]
    for piece, (a, b) in enumerate(pairwise(line)):
        result.extend(sorted(cuts.get(piece, ()), key=partial(distance, a)))
        result.append(b)
    return result
