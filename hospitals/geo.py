"""Distances and containment on the WGS 84 globe: pure functions of coordinates in degrees, answers in metres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

# IUGG mean Earth radius in metres. Treating the Earth as a sphere errs by at most 0.6 %, far below the
# uncertainty of a geocoded hospital entrance.
EARTH_RADIUS_M = 6_371_008.8

# Degrees; about a centimetre. Coordinates are published with five decimals (one metre), so a point this close
# to an edge was meant to lie on it.
ON_EDGE_DEG = 1e-7

Ring = Sequence[tuple[float, float]]


class Located(Protocol):
    """Anything with a latitude (degrees north) and a longitude (degrees east)."""

    @property
    def lat(self) -> float: ...

    @property
    def lon(self) -> float: ...


class Point(NamedTuple):
    """A bare position, latitude first as people say it; rings and GeoJSON put longitude first."""

    lat: float
    lon: float


def distance_m(a: Located, b: Located) -> float:
    """Great-circle distance in metres (haversine, which stays accurate for short distances)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.lon - a.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    # Rounding can lift the chord a hair above 1 for antipodes, where asin is undefined.
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def inside(ring: Ring, point: Located) -> bool:
    """Whether the point lies in the ring of (lon, lat) corners; its edge belongs to it, closing corner optional.

    Plane geometry in degrees: exact enough for a plausibility boundary tens of kilometres wide, and not meant
    for rings across the antimeridian or a pole.
    """
    crossings = 0
    for start, end in edges(ring):
        if _on_edge(start, end, point):
            return True
        crossings += _crosses_eastward(start, end, point)
    return crossings % 2 == 1


def area_deg2(ring: Ring) -> float:
    """Unsigned area in square degrees; zero tells a boundary that encloses nothing."""
    doubled = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in edges(ring))
    return abs(doubled) / 2


def edges(ring: Ring) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The ring's edges, closed back to the first corner; a repeated last corner adds only an empty edge."""
    corners = list(ring)
    return list(zip(corners, corners[1:] + corners[:1], strict=True))


def _crosses_eastward(start: tuple[float, float], end: tuple[float, float], point: Located) -> bool:
    """Whether a ray from the point to the east meets the edge; half-open in latitude so corners count once."""
    (x1, y1), (x2, y2) = start, end
    if (y1 > point.lat) == (y2 > point.lat):
        return False
    return point.lon < x1 + (point.lat - y1) * (x2 - x1) / (y2 - y1)


def _on_edge(start: tuple[float, float], end: tuple[float, float], point: Located) -> bool:
    """Whether the point is within ON_EDGE_DEG of the edge."""
    (x1, y1), (x2, y2) = start, end
    along_x, along_y = x2 - x1, y2 - y1
    length = along_x**2 + along_y**2
    share = 0.0 if length == 0 else ((point.lon - x1) * along_x + (point.lat - y1) * along_y) / length
    share = min(1.0, max(0.0, share))
    return math.hypot(point.lon - (x1 + share * along_x), point.lat - (y1 + share * along_y)) <= ON_EDGE_DEG
