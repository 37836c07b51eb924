"""The working day of the fleet: calls are answered, patients fetched and brought, crews return.

Each unit goes available, assigned, on scene, transporting, at hospital, returning, available; a mission that carries
nobody skips two of these. All times are model seconds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from . import assumptions, gathering, missions
from .arranged import Arranged
from .demand import Demand, Patient
from .gathering import Place
from .geometry import Point
from .missions import Mission, Unit, nearest_free
from .places import Hospital
from .town import Town


class Work:
    def __init__(self, town: Town, units: Sequence[Unit], demand: Demand, seed: int, run: str) -> None:
        self.clock = 0.0
        self.units = list(units)
        self.hospitals: dict[str, Hospital] = {}
        self.places: dict[str, Place] = {}
        self.arranged = Arranged()
        self._town = town
        self._streets = town.streets
        self._demand = demand
        self._rng = random.Random(f"{seed}:work")
        self._run = run
        self._count = 0
        self._waiting: list[Mission] = []
        self._ended: list[tuple[Mission, str]] = []

    # -- asked by the city --------------------------------------------------------------------------------------

    def under_way(self) -> Iterator[Mission]:
        """Missions that a hospital expects: planned or on the road, each once."""
        for unit in self.units:
            mission = unit.mission
            if mission is not None and mission.unit is unit and mission.destination is not None:
                yield mission

    def take_ended(self) -> list[tuple[Mission, str]]:
        """Ends that the world should hear of: not those of transports it was never told about."""
        ended, self._ended = self._ended, []
        return [(mission, state) for mission, state in ended if mission.state is not None]

    def redirect(self, mission: Mission, site: str) -> None:
        mission.destination = site
        mission.eta_told = None
        for unit in (mission.unit, mission.team):
            if unit is not None and unit.status == missions.TRANSPORTING:
                self._drive_to_hospital(unit, mission)

    def give_up(self, mission: Mission) -> None:
        self._release(mission)

    def take_over(self, unit: Unit, mission: Mission, state: str) -> None:
        """The unit drops what it did."""
        before = unit.mission
        if before is not None:
            self._put_back(before)
        mission.unit, unit.mission = unit, mission
        mission.state = state
        unit.called_to = None
        place = self.places.get(mission.casualty or "")
        if place is not None and not place.holds(unit):
            mission.patient = replace(mission.patient, point=place.point)
            self._send(unit, mission)
        elif state == "under_way":
            self._drive_to_hospital(unit, mission)
        else:
            unit.status, unit.drive = missions.ON_SCENE, None
            mission.leaves_at = self.clock + assumptions.PLANNED_BEFORE_S

    # -- time passes ----------------------------------------------------------------------------------------------

    def advance(self, seconds: float, hour: float) -> None:
        self.clock += seconds
        for patient in self._demand.during(seconds, hour):
            self._waiting.append(self._mission(patient))
        for want in self.arranged.due(self.clock, self._town, self.hospitals, self._rng):
            mission = self._mission(want.patient)
            mission.forced, mission.not_before = want.site, want.leaves_at
            self._waiting.insert(0, mission)
        self._gather()
        self._waiting = [mission for mission in self._waiting if not self._assign(mission)]
        for unit in self.units:
            unit.advance(seconds)
            self._proceed(unit)

    def _mission(self, patient: Patient) -> Mission:
        self._count += 1
        return Mission(patient, ref=f"sim-{self._run}-{self._count}")

    def _assign(self, mission: Mission) -> bool:
        patient = mission.patient
        kind = "pit" if patient.pit else "ambulance"
        unit = nearest_free(self.units, kind, patient.point) or nearest_free(self.units, "ambulance", patient.point)
        if unit is None:
            return False
        mission.unit = unit
        self._send(unit, mission)
        team = nearest_free(self.units, "smur", patient.point) if patient.smur else None
        if team is not None:
            mission.team = team
            self._send(team, mission)
        return True

    def _gather(self) -> None:
        """Calls free vehicles to the open places; those called to one that was closed go back to ordinary duty."""
        for unit in self.units:
            if unit.called_to is not None and unit.called_to not in self.places:
                unit.called_to = None
                self._send_home(unit)
        for place in self.places.values():
            for unit in gathering.called(place, self.units):
                unit.called_to = place.id
                self._send(unit, None)

    def _send(self, unit: Unit, mission: Mission | None) -> None:
        """`until` is when the crew has left its post; a crew on the road leaves at once."""
        on_road = unit.status == missions.RETURNING or not unit.arrived
        unit.mission, unit.status, unit.departed = mission, missions.ASSIGNED, False
        unit.until = self.clock + (0.0 if on_road else unit.rng.uniform(*assumptions.TURNOUT_S))

    def _proceed(self, unit: Unit) -> None:
        if unit.status in (missions.AVAILABLE, missions.OUT_OF_SERVICE, missions.RETURNING):
            self._stand_by(unit)
        elif unit.called_to is not None:
            self._wait_at(unit, self.places[unit.called_to])
        elif unit.mission is None:
            if self.clock >= unit.until:
                self._send_home(unit)
        elif unit.status == missions.ASSIGNED:
            self._to_scene(unit, unit.mission)
        elif unit.status == missions.ON_SCENE and unit.mission.unit is unit:
            self._on_scene(unit, unit.mission)
        elif unit.status == missions.TRANSPORTING and unit.arrived:
            self._arrive(unit, unit.mission)

    def _stand_by(self, unit: Unit) -> None:
        if unit.status == missions.RETURNING and not unit.arrived:
            return
        site = self.hospitals.get(unit.vehicle.base_site or "")
        withdrawn = unit.vehicle.kind == "smur" and site is not None and site.gates.get("smur_base") == "withdrawn"
        unit.status, unit.drive = missions.OUT_OF_SERVICE if withdrawn else missions.AVAILABLE, None

    def _to_scene(self, unit: Unit, mission: Mission) -> None:
        if self._is_there(unit, mission.patient.point, mission.patient.urgency != "routine"):
            self._reach_scene(unit, mission)

    def _wait_at(self, unit: Unit, place: Place) -> None:
        if unit.status == missions.ASSIGNED and self._is_there(unit, place.point, True):
            unit.status, unit.drive = missions.ON_SCENE, None

    def _is_there(self, unit: Unit, point: Point, priority: bool) -> bool:
        if not unit.departed:
            if self.clock >= unit.until:
                unit.go(self._streets, unit.beside(point), priority)
                unit.departed = True
            return False
        return unit.arrived

    def _reach_scene(self, unit: Unit, mission: Mission) -> None:
        unit.status, unit.drive = missions.ON_SCENE, None
        if mission.unit is unit:
            stays = unit.rng.uniform(*(assumptions.LOADING_S if mission.casualty else assumptions.ON_SCENE_S))
            mission.leaves_at = mission.not_before if mission.forced else self.clock + stays

    # -- on scene and after ---------------------------------------------------------------------------------------

    def _on_scene(self, unit: Unit, mission: Mission) -> None:
        leaves_at = mission.leaves_at if mission.leaves_at is not None else self.clock
        if self.clock < leaves_at and not mission.patient.carried:
            return
        if not mission.patient.carried:
            self._release(mission)
            return
        if mission.destination is None and self.clock >= leaves_at - assumptions.PLANNED_BEFORE_S:
            self._choose(unit, mission)
        if self.clock >= leaves_at and mission.destination is not None and not self._waits(mission, leaves_at):
            self._leave(unit, mission)

    def _waits(self, mission: Mission, leaves_at: float) -> bool:
        team = mission.team
        coming = team is not None and team.status == missions.ASSIGNED
        return coming and self.clock < leaves_at + assumptions.WAITS_FOR_SMUR_S

    def _choose(self, unit: Unit, mission: Mission) -> None:
        mission.physician = mission.patient.physician_stays and mission.team is not None
        wanted = self.hospitals.get(mission.forced or "")
        forced = wanted if wanted and wanted.admits(mission.patient.urgency, mission.physician) else None
        site = forced or missions.destination(
            self.hospitals.values(), unit.point, mission.patient, unit.vehicle.kind, mission.physician
        )
        mission.destination = site.id if site else None

    def _leave(self, unit: Unit, mission: Mission) -> None:
        team = mission.team
        if team is not None and not (mission.physician and team.status == missions.ON_SCENE):
            mission.physician, mission.team = False, None
            team.mission = None
            self._send_home(team)
        for each in (unit, mission.team):
            if each is not None:
                self._drive_to_hospital(each, mission)

    def _drive_to_hospital(self, unit: Unit, mission: Mission) -> None:
        site = self.hospitals.get(mission.destination or "")
        if site is not None:
            unit.go(self._streets, unit.beside(site.point), mission.patient.urgency == "vital" or mission.physician)
        unit.status = missions.TRANSPORTING

    def _arrive(self, unit: Unit, mission: Mission) -> None:
        unit.status, unit.drive, unit.mission = missions.AT_HOSPITAL, None, None
        unit.until = self.clock + unit.rng.uniform(*assumptions.HANDOVER_S)
        if mission.unit is unit:
            self._ended.append((mission, "arrived"))

    def _put_back(self, mission: Mission) -> None:
        """Its patient waits for the next crew, unless it was already on the road to a hospital."""
        waiting = mission.state is None and mission.unit is not None and mission.unit.status == missions.ASSIGNED
        self._release(mission)
        if waiting:
            mission.unit = mission.team = None
            self._waiting.append(mission)

    def _release(self, mission: Mission) -> None:
        for unit in (mission.unit, mission.team):
            if unit is not None and unit.mission is mission:
                unit.mission = None
                self._send_home(unit)

    def _send_home(self, unit: Unit) -> None:
        unit.go(self._streets, unit.vehicle.parking, priority=False)
        unit.status = missions.RETURNING
