"""What the dispatch system does not mention it says nothing about: it must not undo what a dispatcher has entered."""

from __future__ import annotations

from typing import Any

import pytest

from diversion.commands import transports
from diversion.log import CommandKey
from diversion.models import Event, Transport
from tests.api.conftest import Machine
from tests.world import REGION, World

DOOR = f"/api/cad/regions/{REGION}/transports"


def report(**more: Any) -> dict[str, Any]:
    usual = {"vehicle": "a1", "destination": "saint-pierre", "urgency": "urgent", "state": "under_way"}
    return {"transports": [{"ref": "t1", **usual, **more}]}


@pytest.fixture
def known(world: World, cad: Machine) -> Transport:
    world.vehicle("a1")
    cad.send("POST", DOOR, report(age_band="adult", sex="female"))
    return Transport.objects.get()


@pytest.mark.parametrize(("name", "value"), [("needs", ["stroke"]), ("physician_on_board", True)])
def test_a_report_that_does_not_mention_it_leaves_it(
    world: World, cad: Machine, known: Transport, name: str, value: Any
):
    transports.update_transport(actor=world.dina, key=CommandKey.new(), transport_id=known.pk, changes={name: value})
    before = Event.objects.count()
    assert cad.send("POST", DOOR, report()).json()["errors"] == []
    known.refresh_from_db()
    assert getattr(known, name) == value
    assert Event.objects.count() == before


def test_a_report_that_says_otherwise_is_believed(world: World, cad: Machine, known: Transport):
    cad.send("POST", DOOR, report(needs=["ct"], physician_on_board=True, urgency="vital"))
    known.refresh_from_db()
    assert (known.needs, known.physician_on_board, known.urgency) == (["ct"], True, "vital")


def test_what_it_says_at_first_is_taken(known: Transport):
    assert (known.age_band, known.sex, known.needs) == ("adult", "female", [])


def test_an_unknown_destination_is_named_as_the_field_it_is(world: World, cad: Machine):
    world.vehicle("a1")
    error = cad.send("POST", DOOR, report(destination="nowhere")).json()["errors"][0]
    assert (error["code"], error["field"]) == ("unknown_site", "destination")
