"""Nothing of an exercise is told to the public: no bulletin, no number, no page, no line in a list."""

from __future__ import annotations

from uuid import UUID

from django.test import Client

from diversion.commands import diversions
from diversion.commands.saying import Declaration
from diversion.log import CommandKey
from diversion.models import Bulletin, Stream
from tests.exercises.stage import EXERCISE
from tests.world import World


def rehearse(stage: World) -> None:
    """A declaration in the exercise, seen by its dispatch."""
    said = Declaration(cause="it_outage", gates={"ambulances": "closed"})
    common = {"actor": stage.dina, "key": CommandKey.new()}
    recorded = diversions.declare_diversion(**common, site_id="x1-saint-pierre", declaration=said)
    seen = {"actor": stage.dina, "key": CommandKey.new()}
    diversions.see_diversion(**seen, diversion_id=UUID(recorded.events[0].fact["diversion"]))


def test_an_exercise_publishes_nothing(stage: World):
    rehearse(stage)
    assert not Bulletin.objects.exists()
    assert Stream.objects.get(pk=EXERCISE).bulletins == 0


def test_an_exercise_has_no_public_page(stage: World):
    rehearse(stage)
    paths = ("", "1/", "site/x1-saint-pierre/", "atom.xml")
    assert [Client().get(f"/bulletin/en/{EXERCISE}/{path}").status_code for path in paths] == [404] * 4
    assert EXERCISE not in Client().get("/bulletin/").content.decode()
