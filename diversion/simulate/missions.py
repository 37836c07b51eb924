"""Units and missions: who drives where for whom, and which hospital a dispatcher would name.

A unit has at most one mission. A mission belongs to one carrying unit and, when a mobile team was sent, to a second
unit that follows it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import assumptions
from .demand import Patient
from .geometry import Point, distance
from .motion import Drive
from .places import CHILDREN_ONLY, TAKES_ALL, Hospital, Vehicle, beside
from .streets import Streets

AVAILABLE, ASSIGNED, ON_SCENE, TRANSPORTING = "available", "assigned", "on_scene", "transporting"
AT_HOSPITAL, RETURNING, OUT_OF_SERVICE = "at_hospital", "returning", "out_of_service"
FREE = (AVAILABLE, RETURNING)


@dataclass
class Mission:
    """One patient, from the call to the handover."""

    patient: Patient
    ref: str | None
    id: str | None = None
    unit: Unit | None = None
    team: Unit | None = None
    destination: str | None = None
    casualty: str | None = None  # the place with many casualties that the patient is taken from
    forced: str | None = None  # a story needs this patient to be bound there
    leaves_at: float | None = None  # model seconds; None until the crew is on scene
    not_before: float = 0.0
    physician: bool = False
    state: str | None = None  # as last told: planned, under_way
    eta_told: float | None = None  # real time, as last told


@dataclass
class Unit:
    """One vehicle on duty. `until` is when its present stop, or its turnout, ends (model seconds)."""

    vehicle: Vehicle
    point: Point
    status: str = AVAILABLE
    drive: Drive | None = None
    mission: Mission | None = None
    called_to: str | None = None  # a place with many casualties, which it drives to or waits at
    until: float = 0.0
    departed: bool = False
    rng: random.Random = field(default_factory=random.Random)

    @property
    def free(self) -> bool:
        return self.status in FREE and self.mission is None and self.called_to is None

    def go(self, streets: Streets, goal: Point, priority: bool) -> None:
        """From where it is, keeping its speed: a new order in mid-drive does not stop the vehicle first."""
        before = self.drive
        self.drive = Drive(streets.route(self.point, goal, priority), priority, self.rng.uniform(0, 6.28))
        if before is not None:
            self.drive.mps, self.drive.bearing = before.mps, before.bearing

    def advance(self, seconds: float) -> None:
        if self.drive is not None:
            self.drive.advance(seconds)
            self.point = self.drive.position

    @property
    def arrived(self) -> bool:
        return self.drive is None or self.drive.done

    def beside(self, point: Point) -> Point:
        dx, dy = beside(self.vehicle.ref + "there", 8.0, 40.0)
        return point[0] + dx, point[1] + dy


def nearest_free(units: Iterable[Unit], kind: str, point: Point) -> Unit | None:
    candidates = (unit for unit in units if unit.free and unit.vehicle.kind == kind)
    return min(candidates, key=lambda unit: distance(unit.point, point), default=None)


def destination(
    hospitals: Iterable[Hospital], point: Point, patient: Patient, kind: str, physician: bool
) -> Hospital | None:
    """The shortest journey by the fitted line among those that admit; if none admits, the nearest regardless.

    A need leads further, to the nearest that meets it, but not beyond a limit.
    """
    mobile = physician or kind in ("smur", "pit")
    takes = [site for site in hospitals if _takes(site, patient)]
    admitting = [site for site in takes if site.admits(patient.urgency, mobile)] or takes
    if not admitting:
        return None

    def journey(site: Hospital) -> float:
        return assumptions.line_seconds(distance(site.point, point))

    nearest = min(admitting, key=journey)
    limit = journey(nearest) + assumptions.NEED_DETOUR_S
    meeting = [site for site in admitting if site.capabilities.issuperset(patient.needs) and journey(site) <= limit]
    return min(meeting, key=journey, default=nearest)


def _takes(site: Hospital, patient: Patient) -> bool:
    child = assumptions.CHILD_NEED in patient.needs
    return site.destination in TAKES_ALL or (child and site.destination == CHILDREN_ONLY)
