"""The timeline of an episode: told from the log, as differences, so that five seconds of reading suffice."""

from __future__ import annotations

import pytest
from django.test import Client

from diversion.commands import attesting, diversions
from diversion.log import CommandKey
from diversion.models import Diversion
from diversion.timeline import Difference, timeline
from diversion.wire.audiences import Audience
from tests.commands.test_reopening import acknowledge, ask
from tests.world import REGION, World


@pytest.fixture
def night(world: World) -> Diversion:
    """Slow servers, an attack, records back on paper, open again."""
    diversion = world.declare(cause="unknown", state="suspected", gates={}, comment="slow servers")
    changes = {
        "cause": "cyber_suspected",
        "state": "active",
        "gates": {"ambulances": "closed"},
        "services": {"records": {"level": "down"}},
        "accepts": ["stroke"],
        "comment": "on paper",
    }
    common = {"actor": world.clara, "diversion_id": diversion.pk}
    diversions.amend_diversion(**common, key=CommandKey.new(), changes=changes)
    diversions.see_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    attesting.attest_diversion(**common, key=CommandKey.new())
    ask(world, diversion, services={"records": {"level": "normal"}})
    return acknowledge(world, diversion)


def told(diversion: Diversion, sites: frozenset[str] | None = None) -> list[dict]:
    return timeline(diversion, Audience(REGION, sites))


def test_it_tells_what_became_different_and_nothing_else(night: Diversion):
    entries = told(night)
    assert [one["kind"] for one in entries] == [
        "diversion.declared",
        "diversion.amended",
        "diversion.seen",
        "diversion.attested",
        "diversion.reopening_asked",
        "diversion.lifted",
    ]
    assert entries[1]["changed"] == [
        Difference("state", None, "suspected", "active"),
        Difference("cause", None, "unknown", "cyber_suspected"),
        Difference("gate", "ambulances", None, "closed"),
        Difference("accepts", "stroke", None, "accepted"),
        Difference("service", "records", None, "down"),
    ]
    assert entries[2]["changed"] == [Difference("seen", None, None, "Dina")]
    assert entries[3]["changed"] == [Difference("attested", None, None, "Clara")]
    assert entries[4]["changed"] == [
        Difference("service", "records", "down", "normal"),
        Difference("reopening", None, None, "full"),
    ]
    assert Difference("state", None, "active", "lifted") in entries[5]["changed"]


def test_it_keeps_the_words_that_were_said(night: Diversion):
    assert [one["words"] for one in told(night)][:2] == ["slow servers", "on paper"]


def test_staff_of_another_hospital_read_it_too(night: Diversion):
    assert len(told(night, frozenset({"saint-jean"}))) == len(told(night))


def test_another_episode_is_not_in_it(world: World, night: Diversion):
    world.declare("saint-luc", actor=world.lucas)
    assert len(told(night)) == 6


def logged_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who])
    return client


def test_it_is_read_over_http_by_whoever_reads_the_region(world: World, night: Diversion):
    answer = logged_in(world, "ruth").get(f"/api/diversions/{night.pk}/timeline").json()
    assert answer["entries"][1]["changed"][0] == {
        "what": "state", "name": None, "before": "suspected", "after": "active",
    }  # fmt: skip
    assert logged_in(world, "sam").get(f"/api/diversions/{night.pk}/timeline").status_code == 403
    assert logged_in(world, "sam").get("/api/sites/saint-pierre/episodes").status_code == 403


def test_a_sites_episodes_are_listed_the_latest_first(world: World, night: Diversion):
    second = world.declare(cause="power")
    client = logged_in(world, "ines")
    answer = client.get("/api/sites/saint-pierre/episodes").json()
    assert [(one["id"], one["state"]) for one in answer["episodes"]] == [
        (str(second.pk), "active"),
        (str(night.pk), "lifted"),
    ]
    assert len(client.get("/api/sites/saint-pierre/episodes?limit=1").json()["episodes"]) == 1


def test_what_does_not_exist_is_not_found(world: World):
    client = logged_in(world, "dina")
    assert client.get("/api/sites/nowhere/episodes").status_code == 404
    assert client.get("/api/diversions/00000000-0000-4000-8000-000000000000/timeline").status_code == 404
