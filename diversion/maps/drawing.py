"""What of an extract is drawn, and from which zoom: each object becomes a line of GeoJSON with its layer, or nothing.

Invariant: a drawn object says what it is, never how it looks; colours belong to the map's style in the browser.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import osmium
from osmium.geom import GeoJSONFactory

#: Kind of street → the kind that is drawn, and the zoom from which it is.
STREETS: Final[Mapping[str, tuple[str, int]]] = {
    "motorway": ("motorway", 7),
    "motorway_link": ("link", 10),
    "trunk": ("trunk", 8),
    "trunk_link": ("link", 10),
    "primary": ("primary", 8),
    "primary_link": ("link", 11),
    "secondary": ("secondary", 9),
    "secondary_link": ("link", 12),
    "tertiary": ("tertiary", 11),
    "tertiary_link": ("link", 12),
    "unclassified": ("minor", 12),
    "residential": ("minor", 12),
    "road": ("minor", 12),
    "living_street": ("minor", 13),
    "pedestrian": ("minor", 13),
    "service": ("service", 14),
}
LINES: Final[Mapping[tuple[str, str], tuple[str, str, int]]] = {
    ("waterway", "river"): ("waterway", "river", 8),
    ("waterway", "canal"): ("waterway", "canal", 8),
    ("waterway", "stream"): ("waterway", "stream", 13),
    ("railway", "rail"): ("rail", "rail", 9),
    ("railway", "subway"): ("rail", "subway", 13),
    ("railway", "tram"): ("rail", "tram", 14),
}
AREAS: Final[Mapping[tuple[str, str], tuple[str, str, int]]] = {
    ("natural", "water"): ("water", "water", 8),
    ("waterway", "riverbank"): ("water", "water", 9),
    ("leisure", "park"): ("green", "park", 9),
    ("leisure", "garden"): ("green", "park", 12),
    ("landuse", "forest"): ("green", "forest", 8),
    ("natural", "wood"): ("green", "forest", 8),
    ("landuse", "cemetery"): ("green", "cemetery", 11),
    ("landuse", "grass"): ("green", "grass", 13),
    ("aeroway", "aerodrome"): ("airport", "airport", 8),
}
PLACES: Final[Mapping[str, int]] = {"city": 7, "town": 9, "suburb": 11, "village": 10, "neighbourhood": 13}
#: Communes: what a dispatcher says when asked where.
COMMUNE: Final = "8"
#: Whatever is drawn carries one of these.
KEYS: Final = frozenset({"highway", "place", "boundary", *(key for key, _ in (*LINES, *AREAS))})
NAMES: Final = ("name", "name:fr", "name:nl")

_shapes = GeoJSONFactory()


def lines(one: Any) -> Iterator[str]:
    """The object as it is drawn: none, one, or for a boundary that is a street several lines."""
    try:
        if one.is_area():
            yield from _area(one)
        elif one.is_way():
            yield from _way(one)
        elif one.is_node() and one.tags.get("place") in PLACES:
            kind = one.tags["place"]
            yield _line(_shapes.create_point(one), one.tags, "places", kind, PLACES[kind])
    except (osmium.InvalidLocationError, RuntimeError):
        # Cut by the extract: it has no point inside. What the cut costs is counted on the streets.
        return


def _way(way: Any) -> Iterator[str]:
    tags = way.tags
    if tags.get("highway") in STREETS and tags.get("area") != "yes":
        kind, zoom = STREETS[tags["highway"]]
        yield _line(_shapes.create_linestring(way), tags, "streets", kind, zoom, _street(tags))
    for layer, kind, zoom in _found(tags, LINES):
        yield _line(_shapes.create_linestring(way), tags, layer, kind, zoom)


def _area(area: Any) -> Iterator[str]:
    tags = area.tags
    if tags.get("boundary") == "administrative" and tags.get("admin_level") == COMMUNE:
        yield _line(_shapes.create_multipolygon(area), tags, "communes", "commune", 8)
    for layer, kind, zoom in _found(tags, AREAS):
        yield _line(_shapes.create_multipolygon(area), tags, layer, kind, zoom)


def _found(tags: Any, table: Mapping[tuple[str, str], tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    return [table[tag.k, tag.v] for tag in tags if (tag.k, tag.v) in table]


def _street(tags: Any) -> dict[str, Any]:
    """What sets a street apart: its number, and whether it lies under the ground."""
    told = {"ref": tags.get("ref"), "tunnel": "yes" if tags.get("tunnel") not in {None, "no"} else None}
    return {key: value for key, value in told.items() if value}


def _line(shape: str, tags: Any, layer: str, kind: str, zoom: int, more: Mapping[str, Any] | None = None) -> str:
    said = {key.replace(":", "_"): tags[key] for key in NAMES if key in tags}
    properties = json.dumps({"kind": kind, **said, **(more or {})}, ensure_ascii=False)
    where = json.dumps({"layer": layer, "minzoom": zoom})
    return f'{{"type":"Feature","tippecanoe":{where},"properties":{properties},"geometry":{shape}}}'
