"""The vehicles of the city and the hospitals as the feed describes them. Positions of posts are placeholders."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import assumptions
from .geometry import Plane, Point
from .town import city_file

#: Hospitals to which a dispatcher sends without a special reason. The others take only what they name.
TAKES_ALL = ("general", "belt")
CHILDREN_ONLY = "paediatric_only"


@dataclass(frozen=True, slots=True)
class Hospital:
    """One site as the feed shows it: where, what it takes, and what its gates admit now."""

    id: str
    point: Point
    lon: float
    lat: float
    name: str
    destination: str
    smur_base: bool
    capabilities: frozenset[str]
    gates: Mapping[str, str]

    def admits(self, urgency: str, physician: bool) -> bool:
        gate = self.gates.get("smur_destination" if physician else "ambulances", "open")
        return gate == "open" or (gate == "life_threatening" and urgency == "vital")


def hospital(state: Mapping[str, Any], plane: Plane) -> Hospital:
    closed = state.get("closed_capabilities") or {}
    known = state.get("capabilities") or {}
    return Hospital(
        id=state["id"],
        point=plane.metres(state["lon"], state["lat"]),
        lon=state["lon"],
        lat=state["lat"],
        name=(state.get("short") or state["name"])["fr"],
        destination=state["destination"],
        smur_base=bool(state.get("smur_base")),
        capabilities=frozenset(code for code, row in known.items() if row.get("value") and code not in closed),
        gates={gate: row["value"] for gate, row in (state.get("gates") or {}).items()},
    )


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What the dispatch system tells about a vehicle once, and where it stands when idle."""

    ref: str
    call_sign: str
    kind: str
    operator: str | None
    base_name: str
    base_site: str | None
    base_lon: float
    base_lat: float
    parking: Point

    def wire(self, status: str) -> dict[str, Any]:
        return {
            "ref": self.ref,
            "call_sign": self.call_sign,
            "kind": self.kind,
            "operator": self.operator,
            "base": {"name": self.base_name, "site": self.base_site, "lat": self.base_lat, "lon": self.base_lon},
            "status": status,
            "active": True,
        }


@dataclass(frozen=True, slots=True)
class _Post:
    name: str
    operator: str | None
    site: str | None
    lon: float
    lat: float


def fleet(
    region: str, hospitals: Sequence[Hospital], plane: Plane, wanted: int | None, prefix: str = ""
) -> list[Vehicle]:
    """The region's fleet; when `wanted` is told, every post grows or shrinks by the same factor.

    `prefix` is what the ids of the hospitals begin with where they are those of an exercise.
    """
    figures = city_file(region)
    posts = _from_figures(figures, hospitals, prefix) if figures else _at_hospitals(hospitals)
    vehicles = [
        _vehicle(region, kind, number, post, call_sign, plane)
        for kind, rows in posts.items()
        for number, (post, call_sign) in enumerate(_scaled(rows, wanted, sum(map(len, posts.values()))), start=1)
    ]
    return vehicles[:wanted]


_Row = _Post | tuple[_Post, str]


def _scaled(rows: Sequence[_Row], wanted: int | None, total: int) -> list[tuple[_Post, str | None]]:
    plain = [row if isinstance(row, tuple) else (row, None) for row in rows]
    count = len(plain) if wanted is None else math.ceil(len(plain) * wanted / total)
    # Round robin over the posts; the second vehicle of a named team gets a number behind its name.
    result: list[tuple[_Post, str | None]] = []
    for index in range(count):
        post, name = plain[index % len(plain)]
        lap = index // len(plain)
        result.append((post, f"{name} {lap + 1}" if name and lap else name))
    return result


def _from_figures(figures: Mapping[str, Any], hospitals: Iterable[Hospital], prefix: str) -> dict[str, list[_Row]]:
    known = {hospital.id: hospital for hospital in hospitals}
    teams = [(prefix + row["site"], row["call_sign"]) for row in figures["smur"]]
    rows = [(_Post(row["name"], row["operator"], None, row["lon"], row["lat"]), row) for row in figures["posts"]]
    return {
        "ambulance": [post for post, row in rows for _ in range(row["ambulances"])],
        "pit": [post for post, row in rows for _ in range(row["pit"])],
        "smur": [(_at(known[site]), call_sign) for site, call_sign in teams if site in known],
    }


def _at_hospitals(hospitals: Sequence[Hospital]) -> dict[str, list[_Row]]:
    general = [hospital for hospital in hospitals if hospital.destination == "general"]
    return {
        "ambulance": [_at(general[index % len(general)]) for index in range(assumptions.SMALL_FLEET)],
        "smur": [(_at(hospital), f"SMUR {hospital.name}") for hospital in general if hospital.smur_base],
    }


def _at(hospital: Hospital) -> _Post:
    return _Post(hospital.name, None, hospital.id, hospital.lon, hospital.lat)


_LETTER = {"ambulance": "AMB", "pit": "PIT", "smur": "SMUR"}


def _vehicle(region: str, kind: str, number: int, post: _Post, call_sign: str | None, plane: Plane) -> Vehicle:
    """Call signs are invented; references stay the same over restarts."""
    ref = f"sim-{region}-{kind}-{number}"
    x, y = plane.metres(post.lon, post.lat)
    dx, dy = beside(ref, 15.0, 60.0)
    return Vehicle(
        ref=ref,
        call_sign=call_sign or f"{_LETTER[kind]} {number:02d}",
        kind=kind,
        operator=post.operator,
        base_name=post.name,
        base_site=post.site,
        base_lon=post.lon,
        base_lat=post.lat,
        parking=(x + dx, y + dy),
    )


def beside(key: str, least: float, most: float) -> Point:
    """A small shift that belongs to the key, so that vehicles at one place do not stand on each other."""
    rng = random.Random(f"beside:{key}")
    angle, metres = rng.uniform(0, 2 * math.pi), rng.uniform(least, most)
    return metres * math.cos(angle), metres * math.sin(angle)
