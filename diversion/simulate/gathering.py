"""Many casualties at one place: free vehicles go there and wait until a dispatcher sends them on, or nobody is left.

Who is called depends on the live picture alone; a share of the ambulances stays behind for the rest of the city.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import assumptions
from .geometry import Plane, Point, distance
from .missions import Unit
from .picture import Picture, State


@dataclass(frozen=True, slots=True)
class Place:
    """One open place; `waiting` are those reported there who are in no vehicle yet, None while nobody has counted."""

    id: str
    point: Point
    waiting: int | None

    @property
    def wanted(self) -> int:
        return assumptions.GATHER_FIRST if self.waiting is None else max(0, self.waiting)

    def holds(self, unit: Unit) -> bool:
        """Whether the vehicle stands there already: its patient need not be fetched first."""
        return distance(unit.point, self.point) <= assumptions.AT_PLACE_M


def places(picture: Picture, plane: Plane) -> list[Place]:
    """The open places of the live picture, always in the same order."""
    sent: dict[str, int] = {}
    for transport in picture.all("transport"):
        place = transport.get("mass_casualty_id")
        if place:
            sent[place] = sent.get(place, 0) + 1
    told = sorted(picture.all("mass_casualty"), key=lambda row: str(row["id"]))
    return [_place(row, plane, sent.get(row["id"], 0)) for row in told]


def called(place: Place, units: Sequence[Unit]) -> list[Unit]:
    """Who sets out for it now: the nearest of each kind."""
    if place.wanted == 0:
        return []
    numbers = {"ambulance": min(place.wanted - _there(place, units, "ambulance"), _spare(units))}
    numbers |= {kind: 1 - _there(place, units, kind) for kind in ("pit", "smur")}
    return [unit for kind, number in numbers.items() for unit in _nearest(place, units, kind)[: max(0, number)]]


def _place(row: State, plane: Plane, sent: int) -> Place:
    known = [number for number in row["counts"].values() if number is not None]
    gone = sent + sum(int(arrived["number"]) for arrived in row.get("arrived") or ())
    return Place(row["id"], plane.metres(row["lon"], row["lat"]), sum(known) - gone if known else None)


def _there(place: Place, units: Iterable[Unit], kind: str) -> int:
    return sum(unit.called_to == place.id and unit.vehicle.kind == kind for unit in units)


def _spare(units: Iterable[Unit]) -> int:
    """How many more ambulances may be called: of those without a patient only a share ever waits at such places."""
    idle = [unit for unit in units if unit.vehicle.kind == "ambulance" and (unit.free or unit.called_to)]
    return max(1, int(assumptions.GATHER_SHARE * len(idle))) - sum(unit.called_to is not None for unit in idle)


def _nearest(place: Place, units: Iterable[Unit], kind: str) -> list[Unit]:
    free = (unit for unit in units if unit.free and unit.vehicle.kind == kind)
    return sorted(free, key=lambda unit: distance(unit.point, place.point))
