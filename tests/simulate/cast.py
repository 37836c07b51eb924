"""The cast of the simulator's tests: a small set of hospitals, a town, a city that nobody watches."""

from __future__ import annotations

from typing import Any

from diversion.simulate.city import City, Pace
from diversion.simulate.places import Hospital, fleet, hospital
from diversion.simulate.town import Town

START = 1_700_000_000.0
OPEN = {"ambulances": "open", "smur_destination": "open", "smur_base": "available", "walk_ins": "open"}
#: Positions as the feed gives them; only the shape matters here.
SITES = (
    ("saint-pierre", 4.34594, 50.83449, "general", True),
    ("saint-luc", 4.45236, 50.85206, "general", True),
    ("erasme", 4.26611, 50.81361, "general", True),
    ("uz-brussel", 4.30874, 50.88816, "general", True),
    ("brugmann-brien", 4.38666, 50.87127, "general", True),
    ("hmra", 4.39083, 50.90667, "specialty_only", True),
    ("europe-ste-elisabeth", 4.36846, 50.80519, "general", True),
    ("chirec-delta", 4.39993, 50.81602, "general", True),
    ("saint-jean", 4.36038, 50.8544, "general", False),
    ("huderf", 4.32835, 50.88812, "paediatric_only", False),
    ("jan-portaels", 4.41803, 50.92786, "belt", None),
)


def site_state(site: str, *, gates: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    [(_, lon, lat, destination, smur)] = [row for row in SITES if row[0] == site]
    told = {gate: {"value": value, "because": []} for gate, value in (OPEN | (gates or {})).items()}
    state = {
        "id": site,
        "name": {"fr": site, "nl": site},
        "lat": lat,
        "lon": lon,
        "destination": destination,
        "smur_base": smur,
        "capabilities": {},
        "closed_capabilities": {},
        "gates": told,
    }
    return state | changes


def hospitals(town: Town, closed: dict[str, dict[str, str]] | None = None) -> dict[str, Hospital]:
    states = [site_state(row[0], gates=(closed or {}).get(row[0])) for row in SITES]
    return {state["id"]: hospital(state, town.plane) for state in states}


def city(
    town: Town,
    *,
    seed: int = 2023,
    speed: float = 1.0,
    hour: float = 12.0,
    wanted: int | None = None,
    warm: bool = True,
    demand: float = 1.0,
) -> City:
    known = hospitals(town)
    vehicles = fleet("brussels", list(known.values()), town.plane, wanted)
    made = City(
        town,
        vehicles,
        frozenset({"paediatric_ed", "stroke"}),
        Pace(seed, "test", speed, START, lambda at: hour, demand),
    )
    made.learn(known)
    if warm:
        made.warm_up()
    return made
