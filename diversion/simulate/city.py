"""The city as a pure model: `step(now)` moves everything and returns what a dispatch system would report.

Time inside is model seconds since the start (`speed` of them to one real second); nothing here reads a clock. The
same seed and the same calls give the same reports. A late call moves vehicles by five real seconds at most: they
lose time rather than jump.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from . import assumptions, missions
from .demand import Demand, Patient
from .gathering import Place
from .geometry import Point, distance
from .missions import Mission, Unit
from .places import Hospital, Vehicle
from .reports import PositionReport, Reports, TransportReport, VehicleReport
from .town import Town
from .work import Work

_LONGEST_STEP_S = 5.0


@dataclass(frozen=True, slots=True)
class Leftover:
    """A transport that lives on the server and that this city does not know: an earlier run's, or a dispatcher's."""

    id: str
    ref: str | None
    vehicle: str
    destination: str
    state: str
    patient: Patient
    physician: bool
    position: tuple[float, float] | None = None  # lon, lat
    casualty: str | None = None  # the place with many casualties that its patient is taken from


@dataclass(frozen=True, slots=True)
class Pace:
    """How one run goes: its seed, its own name in references, its speed, its start and which hour it is when."""

    seed: int
    run: str
    speed: float
    start: float
    hour: Callable[[float], float]
    demand: float = 1.0


class City:
    def __init__(self, town: Town, vehicles: Sequence[Vehicle], capabilities: frozenset[str], pace: Pace) -> None:
        scale = pace.demand * len(vehicles) / assumptions.FLEET
        demand = Demand(town, pace.seed, scale, capabilities)
        self._town = town
        self._speed = pace.speed
        self._start = pace.start
        self._now = pace.start
        self._hour = pace.hour
        self.work = Work(town, _units(vehicles, pace.seed), demand, pace.seed, pace.run)
        self._told: dict[str, str] = {}
        self._stood: dict[str, float] = {}

    @property
    def speed(self) -> float:
        return self._speed

    def learn(self, hospitals: Mapping[str, Hospital]) -> None:
        """What the feed says of the hospitals; until then no patient has anywhere to go."""
        self.work.hospitals = dict(hospitals)

    def gather(self, places: Sequence[Place]) -> None:
        """Which places with many casualties are open now, and how many wait there."""
        self.work.places = {place.id: place for place in places}

    def warm_up(self) -> None:
        """Run unwatched, so that the first report shows a city at work."""
        self.work.clock = -assumptions.WARM_UP_S
        while self.work.clock < 0:
            self.work.advance(min(5.0, -self.work.clock), self._hour(self._real(self.work.clock)))

    def arrange(self, site: str, due: float, patients: Sequence[Patient], minutes: tuple[float, float]) -> None:
        """Have these patients under way to the site at that real time, that many minutes of driving away from it."""
        self.work.arranged.add(site, (due - self._start) * self._speed, patients, minutes)

    def follow(self, destinations: Mapping[str, str]) -> None:
        """Orders that took effect: transport reference or id -> the site it is bound for now."""
        for mission in self.work.under_way():
            ordered = destinations.get(mission.ref or mission.id or "")
            if ordered is not None and ordered != mission.destination:
                self.work.redirect(mission, ordered)

    def drop(self, transport: str) -> None:
        """Somebody else ended this transport; its crew is free again."""
        for mission in self.work.under_way():
            if transport == (mission.ref or mission.id):
                self.work.give_up(mission)

    def adopt(self, left: Leftover) -> bool:
        """Take over a transport; False when no vehicle of this fleet carries it."""
        unit = next((unit for unit in self.work.units if unit.vehicle.ref == left.vehicle), None)
        if unit is None:
            return False
        if left.position is not None:
            unit.point = self._town.plane.metres(*left.position)
        mission = Mission(left.patient, left.ref, left.id, destination=left.destination, physician=left.physician)
        # Where an earlier run left it says nothing about whether it has its patient: it drives on.
        mission.casualty = left.casualty if left.position is None else None
        self.work.take_over(unit, mission, left.state)
        return True

    def step(self, now: float) -> Reports:
        passed = min(max(0.0, now - self._now), _LONGEST_STEP_S)
        self._now = now
        self.work.advance(passed * self._speed, self._hour(now))
        reports = Reports()
        for index, unit in enumerate(self.work.units):
            self._report_unit(reports, unit, index)
        reports.transports = self._transports()
        return reports

    def _real(self, clock: float) -> float:
        return self._start + clock / self._speed

    def _report_unit(self, reports: Reports, unit: Unit, index: int) -> None:
        ref = unit.vehicle.ref
        if self._told.get(ref) != unit.status:
            self._told[ref] = unit.status
            reports.vehicles.append(VehicleReport(ref, unit.status))
        # The first repetition is spread over the fleet, so that standing vehicles do not all report at once.
        due = self._stood.get(ref, self._now - assumptions.STANDING_REPEAT_S) + assumptions.STANDING_REPEAT_S
        moving = unit.drive is not None and not unit.drive.done
        if moving or self._now >= due:
            first = ref not in self._stood
            self._stood[ref] = self._now - (index % assumptions.STANDING_REPEAT_S if first else 0.0)
            reports.positions.append(self._position(unit, moving))

    def _position(self, unit: Unit, moving: bool) -> PositionReport:
        """The speed told is the speed seen: a faster city moves its vehicles faster, up to what is believed."""
        lon, lat = self._town.plane.degrees(unit.point)
        if not moving or unit.drive is None:
            return PositionReport(unit.vehicle.ref, lat, lon, None, 0.0)
        mps = min(unit.drive.mps * self._speed, assumptions.FASTEST_TOLD_MPS)
        return PositionReport(unit.vehicle.ref, lat, lon, unit.drive.bearing, mps)

    def _transports(self) -> list[TransportReport]:
        ended = [self._transport(mission, state, None) for mission, state in self.work.take_ended()]
        return ended + [report for mission in self.work.under_way() for report in self._told_again(mission)]

    def _told_again(self, mission: Mission) -> list[TransportReport]:
        """Said when new, when the state or the destination changed, or when the arrival moved by a minute."""
        unit = mission.unit
        if unit is None or mission.destination is None:
            return []
        # What a dispatcher called under way stays so, though its crew may still be driving to the place.
        begun = unit.status == missions.TRANSPORTING or mission.state == "under_way"
        state = "under_way" if begun else "planned"
        eta = self._now + self._remaining(mission, unit) / self._speed
        told = mission.eta_told
        if state == mission.state and told is not None and abs(told - eta) <= assumptions.ETA_SHIFT_S:
            return []
        mission.state, mission.eta_told = state, eta
        return [self._transport(mission, state, eta)]

    def _remaining(self, mission: Mission, unit: Unit) -> float:
        if unit.status == missions.TRANSPORTING and unit.drive is not None:
            return unit.drive.remaining_s()
        site = self.work.hospitals.get(mission.destination or "")
        leaving, point = max(0.0, (mission.leaves_at or self.work.clock) - self.work.clock), unit.point
        if unit.status == missions.ASSIGNED:
            point = mission.patient.point
            leaving = self._until_there(unit, point) + sum(assumptions.LOADING_S) / 2
        return leaving + (assumptions.line_seconds(distance(point, site.point)) if site else 0.0)

    def _until_there(self, unit: Unit, point: Point) -> float:
        if unit.drive is not None and unit.departed:
            return unit.drive.remaining_s()
        return assumptions.line_seconds(distance(unit.point, point))

    def _transport(self, mission: Mission, state: str, eta: float | None) -> TransportReport:
        patient = mission.patient
        return TransportReport(
            ref=mission.ref,
            id=mission.id,
            vehicle=mission.unit.vehicle.ref if mission.unit else "",
            destination=mission.destination or "",
            urgency=patient.urgency,
            needs=patient.needs,
            age_band=patient.age_band,
            sex=patient.sex,
            physician_on_board=mission.physician,
            state=state,
            eta_at=eta,
        )


def _units(vehicles: Sequence[Vehicle], seed: int) -> list[Unit]:
    return [Unit(vehicle, vehicle.parking, rng=random.Random(f"{seed}:{vehicle.ref}")) for vehicle in vehicles]
