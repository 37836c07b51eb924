"""What the city tells the world in one step: plain values, in the words of the dispatch interface.

A report is a state, not a change: sending it twice, or only the latest of several, says the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class VehicleReport:
    ref: str
    status: str


@dataclass(frozen=True, slots=True)
class PositionReport:
    vehicle: str
    lat: float
    lon: float
    heading: float | None
    mps: float

    def wire(self, at: str) -> dict[str, Any]:
        row: dict[str, Any] = {"vehicle": self.vehicle, "lat": self.lat, "lon": self.lon, "at": at}
        if self.heading is not None:
            row["heading"] = round(self.heading) % 360
        return row | {"speed_mps": round(self.mps, 1)}


@dataclass(frozen=True, slots=True)
class TransportReport:
    """`id` is set when the transport was opened by somebody else and has no reference of ours."""

    ref: str | None
    id: str | None
    vehicle: str
    destination: str
    urgency: str
    needs: tuple[str, ...]
    age_band: str
    sex: str
    physician_on_board: bool
    state: str
    eta_at: float | None  # seconds since 1970

    def wire(self, eta_at: str | None) -> dict[str, Any]:
        return {
            "ref": self.ref,
            "vehicle": self.vehicle,
            "destination": self.destination,
            "urgency": self.urgency,
            "needs": list(self.needs),
            "age_band": self.age_band,
            "sex": self.sex,
            "physician_on_board": self.physician_on_board,
            "state": self.state,
            "eta_at": eta_at,
        }


@dataclass
class Reports:
    vehicles: list[VehicleReport] = field(default_factory=list)
    positions: list[PositionReport] = field(default_factory=list)
    transports: list[TransportReport] = field(default_factory=list)
