"""The dispatch centre's computer: keeps the city and the live picture in step, in both directions.

The server's record outranks the model: where the picture names another destination, the vehicle drives there; where a
transport ended, its crew is free; where a dispatcher opened one for a vehicle of ours, the vehicle takes it over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .city import City, Leftover
from .demand import Patient
from .gathering import places
from .outbox import Outbox
from .picture import Picture, State
from .places import Vehicle, hospital
from .reports import Reports, TransportReport
from .town import Town


class Dispatch:
    def __init__(self, town: Town, city: City, fleet: Sequence[Vehicle], picture: Picture, outbox: Outbox) -> None:
        self._town = town
        self._city = city
        self._fleet = {vehicle.ref: vehicle for vehicle in fleet}
        self._picture = picture
        self._outbox = outbox
        self._carried: dict[str, str] = {}  # transport key -> vehicle reference, as the city knows it
        self._live: set[str] = set()
        self._ended: set[str] = set()
        self._retired: set[str] = set()

    def learn(self) -> None:
        sites = (hospital(state, self._town.plane) for state in self._picture.all("site"))
        self._city.learn({site.id: site for site in sites})

    def take_over(self) -> int:
        """Before the first report: transports that live on from an earlier run are driven on, or cancelled."""
        adopted = 0
        for transport in self._picture.all("transport"):
            vehicle = self._vehicle(transport)
            if vehicle is not None and vehicle["ref"] in self._fleet:
                adopted += self._adopt(transport, vehicle, self._picture.positions.get(vehicle["id"]))
            elif vehicle is not None and str(transport.get("ref") or "").startswith("sim-"):
                self._outbox.knows(_inactive(vehicle))
                self._outbox.transport(_cancelled(transport, vehicle["ref"]))
        return adopted

    async def tick(self, now: float) -> Reports:
        """One second of the city, after hearing what the server decided and before telling what happened."""
        self.learn()
        self._hear()
        self._retire()
        reports = self._city.step(now)
        for report in reports.transports:
            self._book(report)
        self._outbox.take(reports, self._fleet)
        await self._outbox.send(reports.positions, self._destination)
        return reports

    def ordered(self) -> list[tuple[State, str]]:
        """Orders that wait for a crew of ours, each with its call sign."""
        waiting = []
        for redirect in self._picture.all("redirect"):
            if redirect["state"] == "ordered" and redirect["choice"] == "redirect":
                transport = self._picture.get("transport", redirect["transport_id"])
                vehicle = self._vehicle(transport) if transport else None
                if vehicle is not None and vehicle["ref"] in self._fleet:
                    waiting.append((redirect, str(vehicle["call_sign"])))
        return waiting

    def _hear(self) -> None:
        self._city.gather(places(self._picture, self._town.plane))
        live: dict[str, State] = {}
        for transport in self._picture.all("transport"):
            key = _key(transport)
            live[key] = transport
            vehicle = self._vehicle(transport)
            ours = vehicle is not None and vehicle["ref"] in self._fleet
            if vehicle is not None and ours and key not in self._carried and key not in self._ended:
                self._adopt(transport, vehicle, None)
        for key in self._live - live.keys():
            if self._carried.pop(key, None) is not None:
                self._city.drop(key)
        self._live = set(live)
        self._ended &= self._live
        self._city.follow({key: live[key]["destination_id"] for key in self._carried if key in live})

    def _book(self, report: TransportReport) -> None:
        key = report.ref or report.id or ""
        if report.state in ("arrived", "cancelled"):
            self._carried.pop(key, None)
            self._ended.add(key)
        else:
            self._carried[key] = report.vehicle

    def _adopt(self, transport: State, vehicle: State, position: tuple[float, float] | None) -> bool:
        self._carried[_key(transport)] = vehicle["ref"]
        patient = Patient(
            point=(0.0, 0.0),
            urgency=transport["urgency"],
            needs=tuple(transport.get("needs") or ()),
            age_band=transport.get("age_band") or "unknown",
            sex=transport.get("sex") or "unknown",
            smur=False,
            pit=False,
            physician_stays=False,
            carried=True,
        )
        return self._city.adopt(
            Leftover(
                id=transport["id"],
                ref=transport.get("ref"),
                vehicle=vehicle["ref"],
                destination=transport["destination_id"],
                state=transport["state"],
                patient=patient,
                physician=bool(transport.get("physician_on_board")),
                position=position,
                casualty=transport.get("mass_casualty_id"),
            )
        )

    def _destination(self, report: TransportReport) -> str:
        for transport in self._picture.all("transport"):
            if _key(transport) == (report.ref or report.id):
                return str(transport["destination_id"])
        return report.destination

    def _vehicle(self, transport: State) -> State | None:
        return self._picture.get("vehicle", transport["vehicle_id"])

    def _retire(self) -> None:
        """Vehicles of an earlier, larger run go out of service, once their transports have ended."""
        busy = {transport["vehicle_id"] for transport in self._picture.all("transport")}
        for vehicle in self._picture.all("vehicle"):
            ref = str(vehicle["ref"])
            earlier = ref.startswith("sim-") and ref not in self._fleet and vehicle.get("active", True)
            if earlier and vehicle["id"] not in busy and ref not in self._retired:
                self._retired.add(ref)
                self._outbox.vehicle(_inactive(vehicle))


def _key(transport: State) -> str:
    return str(transport.get("ref") or transport["id"])


def _cancelled(transport: State, vehicle: str) -> TransportReport:
    return TransportReport(
        ref=transport["ref"],
        id=transport["id"],
        vehicle=vehicle,
        destination=transport["destination_id"],
        urgency=transport["urgency"],
        needs=tuple(transport.get("needs") or ()),
        age_band=transport.get("age_band") or "unknown",
        sex=transport.get("sex") or "unknown",
        physician_on_board=bool(transport.get("physician_on_board")),
        state="cancelled",
        eta_at=None,
    )


def _inactive(vehicle: Mapping[str, Any]) -> dict[str, Any]:
    row = {key: vehicle[key] for key in ("ref", "call_sign", "kind", "operator")}
    base = vehicle.get("base")
    if base:
        row["base"] = {"name": base["name"], "site": base.get("site_id"), "lat": base["lat"], "lon": base["lon"]}
    return row | {"status": "out_of_service", "active": False}
