"""Plane geometry in metres: a city is small enough to be flat, so every position inside the model is (x, y)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
Line = Sequence[Point]

EARTH_RADIUS_M = 6_371_000.0


@dataclass(frozen=True, slots=True)
class Plane:
    """An equirectangular plane around one origin; over 60 km its distances err by less than 0.5 %."""

    lon: float
    lat: float

    def metres(self, lon: float, lat: float) -> Point:
        scale = math.cos(math.radians(self.lat))
        return (
            math.radians(lon - self.lon) * EARTH_RADIUS_M * scale,
            math.radians(lat - self.lat) * EARTH_RADIUS_M,
        )

    def degrees(self, point: Point) -> tuple[float, float]:
        """(lon, lat), rounded to about 10 cm."""
        scale = math.cos(math.radians(self.lat))
        lon = self.lon + math.degrees(point[0] / (EARTH_RADIUS_M * scale))
        lat = self.lat + math.degrees(point[1] / EARTH_RADIUS_M)
        return round(lon, 6), round(lat, 6)

    def line(self, pairs: Sequence[Sequence[float]]) -> list[Point]:
        return [self.metres(pair[0], pair[1]) for pair in pairs]


def distance(a: Point, b: Point) -> float:
    return math.hypot(b[0] - a[0], b[1] - a[1])


def between(a: Point, b: Point, share: float) -> Point:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def heading(a: Point, b: Point) -> float:
    """Degrees clockwise from north, 0 to 360."""
    return math.degrees(math.atan2(b[0] - a[0], b[1] - a[1])) % 360


def turn(before: float, after: float) -> float:
    """The angle between two headings, 0 to 180."""
    return abs((after - before + 180) % 360 - 180)


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where segments ab and cd cross, if they do; parallel segments never do."""
    ab_c, ab_d = _side(a, b, c), _side(a, b, d)
    cd_a, cd_b = _side(c, d, a), _side(c, d, b)
    if ab_c * ab_d > 0 or cd_a * cd_b > 0 or cd_a == cd_b:
        return None
    return between(a, b, cd_a / (cd_a - cd_b))


def inside(point: Point, ring: Line) -> bool:
    """Even-odd rule; a point exactly on the edge may fall either way."""
    x, y = point
    odd = False
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            odd = not odd
    return odd


def densified(line: Line, longest: float) -> list[Point]:
    """The same line with further vertices, so that no piece is longer than `longest`."""
    result = [line[0]]
    for a, b in pairwise(line):
        pieces = max(1, math.ceil(distance(a, b) / longest))
        result.extend(between(a, b, piece / pieces) for piece in range(1, pieces + 1))
    return result
