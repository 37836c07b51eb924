"""A dispatch computer for tests: the picture is what a test says, the outbox is what would be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from diversion.simulate.api import Api
from diversion.simulate.city import City
from diversion.simulate.dispatch import Dispatch
from diversion.simulate.missions import Unit
from diversion.simulate.outbox import Outbox
from diversion.simulate.picture import Picture
from diversion.simulate.voice import Voice
from tests.simulate.cast import SITES, START, site_state

OURS, OTHERS = "sim-brussels-ambulance-1", "sim-brussels-ambulance-999"


def vehicle(ref: str) -> dict[str, Any]:
    base = {"name": "post", "site_id": None, "lat": 50.85, "lon": 4.35}
    return {"id": f"id-{ref}", "ref": ref, "call_sign": ref[-4:], "kind": "ambulance", "operator": None, "base": base,
            "status": "transporting", "active": True}  # fmt: skip


def transport(ref: str | None, carrier: str, **changes: Any) -> dict[str, Any]:
    state = {"id": f"uuid-{ref}", "ref": ref, "vehicle_id": f"id-{carrier}", "destination_id": "erasme",
             "ordered_destination_id": None, "urgency": "urgent", "needs": [], "age_band": "adult", "sex": "male",
             "physician_on_board": False, "state": "under_way"}  # fmt: skip
    return state | changes


@dataclass
class Centre:
    """A dispatch computer with nobody at the other end of its outbox: what waits in it is what would be sent."""

    city: City
    picture: Picture = field(default_factory=Picture)
    _version: int = 0
    _now: float = START

    def __post_init__(self) -> None:
        self.outbox = Outbox(Api("http://127.0.0.1:9", "test"), "brussels", "", Voice())
        fleet = [unit.vehicle for unit in self.city.work.units]
        self.dispatch = Dispatch(self.city._town, self.city, fleet, self.picture, self.outbox)
        entities = [self._row("site", site_state(row[0])) for row in SITES]
        self.picture.apply({"type": "snapshot", "cursor": "1:a", "entities": entities, "positions": []})

    def shows(self, *rows: tuple[str, dict[str, Any] | None, str]) -> None:
        changes = [self._row(kind, state, identity) for kind, state, identity in rows]
        self.picture.apply({"type": "events", "cursor": "2:b", "events": [{"changes": changes}]})

    def _row(self, kind: str, state: dict[str, Any] | None, identity: str = "") -> dict[str, Any]:
        self._version += 1
        return {"kind": kind, "id": identity or (state or {})["id"], "version": self._version, "state": state}

    def vehicle(self, ref: str) -> None:
        self.shows(("vehicle", vehicle(ref), f"id-{ref}"))

    def transport(self, state: dict[str, Any]) -> None:
        self.shows(("transport", state, state["id"]))

    def waiting(self) -> dict[str, str]:
        return {key: report.state for key, report in self.outbox._transports.items()}

    def carrying(self, ref: str) -> str | None:
        mission = self.unit(ref).mission
        return mission.destination if mission is not None else None

    def unit(self, ref: str) -> Unit:
        return next(unit for unit in self.city.work.units if unit.vehicle.ref == ref)

    async def seconds(self, number: int) -> None:
        """The clock goes on from where it was, in steps of at most five seconds."""
        for passed in [5] * (number // 5) + [1] * (number % 5):
            self._now += passed
            await self.dispatch.tick(self._now)
