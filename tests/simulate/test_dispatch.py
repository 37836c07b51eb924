"""The dispatch computer between the live picture and the city: the record outranks the model."""

from __future__ import annotations

import pytest

from diversion.simulate.town import Town
from tests.simulate.cast import START, city
from tests.simulate.centre import OTHERS, OURS, Centre, transport


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
