"""The dispatch computer between the live picture and the city: the record outranks the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from diversion.simulate.api import Api
from diversion.simulate.city import City
from diversion.simulate.dispatch import Dispatch
from diversion.simulate.outbox import Outbox
from diversion.simulate.picture import Picture
from diversion.simulate.town import Town
from diversion.simulate.voice import Voice
from tests.simulate.cast import SITES, START, city, site_state

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
        unit = next(unit for unit in self.city.work.units if unit.vehicle.ref == ref)
        return unit.mission.destination if unit.mission is not None else None


@pytest.fixture
def centre(brussels: Town) -> Centre:
    made = Centre(city(brussels, warm=False))
    made.vehicle(OURS)
    made.vehicle(OTHERS)
    return made


async def test_transports_of_an_earlier_run_are_driven_on_or_cancelled(centre: Centre):
    centre.transport(transport("sim-old-1", OURS))
    centre.transport(transport("sim-old-2", OTHERS))
    centre.transport(transport("cad-7", OTHERS))
    assert centre.dispatch.take_over() == 1
    assert centre.carrying(OURS) == "erasme"
    assert centre.waiting() == {"sim-old-2": "cancelled"}


async def test_a_vehicle_of_a_larger_run_retires_once_its_transport_has_ended(centre: Centre):
    centre.transport(transport("sim-old-2", OTHERS))
    await centre.dispatch.tick(START)
    assert OTHERS not in centre.outbox._vehicles
    centre.shows(("transport", None, "uuid-sim-old-2"))
    await centre.dispatch.tick(START + 1)
    assert centre.outbox._vehicles[OTHERS]["active"] is False


async def test_a_vehicle_drives_where_the_record_says(centre: Centre):
    centre.transport(transport("sim-old-1", OURS))
    centre.dispatch.take_over()
    await centre.dispatch.tick(START + 1)
    centre.transport(transport("sim-old-1", OURS, ordered_destination_id="saint-luc"))
    await centre.dispatch.tick(START + 2)
    assert centre.carrying(OURS) == "erasme", "an order is not yet an answer"
    centre.transport(transport("sim-old-1", OURS, destination_id="saint-luc"))
    await centre.dispatch.tick(START + 3)
    assert centre.carrying(OURS) == "saint-luc"


async def test_a_transport_opened_by_a_dispatcher_is_driven(centre: Centre):
    centre.transport(transport(None, OURS))
    await centre.dispatch.tick(START + 1)
    assert centre.carrying(OURS) == "erasme"
    assert centre.waiting() == {"uuid-None": "under_way"}


async def test_a_transport_ended_by_a_dispatcher_frees_the_crew(centre: Centre):
    centre.transport(transport("sim-old-1", OURS))
    await centre.dispatch.tick(START + 1)
    assert centre.carrying(OURS) == "erasme"
    centre.shows(("transport", None, "uuid-sim-old-1"))
    await centre.dispatch.tick(START + 2)
    assert centre.carrying(OURS) is None


async def test_only_orders_for_our_own_crews_wait_for_an_answer(centre: Centre):
    centre.transport(transport("sim-old-1", OURS))
    centre.transport(transport("sim-old-2", OTHERS))
    for identity, bound, state, choice in (
        ("r1", "uuid-sim-old-1", "ordered", "redirect"),
        ("r2", "uuid-sim-old-2", "ordered", "redirect"),
        ("r3", "uuid-sim-old-1", "acknowledged", "redirect"),
        ("r4", "uuid-sim-old-1", "ordered", "keep"),
    ):
        row = {"id": identity, "transport_id": bound, "state": state, "choice": choice}
        centre.shows(("redirect", row, identity))
    assert [(row["id"], sign) for row, sign in centre.dispatch.ordered()] == [("r1", OURS[-4:])]
