"""The simulator as it is shipped, a process of its own, against a real server: a redirect from order to arrival."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diversion.actors import SYSTEM
from diversion.commands.members import issue_token
from diversion.log import CommandKey
from diversion.models import Diversion, LastPosition, Notice, Redirect, SitePresence, Transport
from hospitals.models import Region
from tests.server import ROOT, Server, environment, eventually
from tests.world import REGION, World

STATUSES = ("available", "assigned", "on_scene", "transporting", "at_hospital", "returning", "out_of_service")
#: A story of one step, told at once: nothing of it ever happened.
STORY = {
    "format": "diversion-replay/1",
    "id": "made-up",
    "region": REGION,
    "title": {"fr": "Inventé", "nl": "Verzonnen", "en": "Made up"},
    "timezone": "Europe/Brussels",
    "start_local": "2020-01-01T12:00",
    "end_local": None,
    "sources": {"test": {"what": "this test"}},
    "conflicts": [],
    "gaps": "",
    "in_flight": {
        "assumption": {"fr": "Supposé", "nl": "Aangenomen", "en": "Assumed"},
        "site": "saint-luc",
        "step": 0,
        "minutes": [9, 14],
        "patients": [{"urgency": "urgent"}] * 5,
    },
    "steps": [
        {
            "at_local": "2020-01-01T12:00",
            "precision": "assumed",
            "sources": ["test"],
            "what": {"fr": "Panne.", "nl": "Panne.", "en": "Outage."},
            "do": [
                {
                    "declare": {
                        "as": "it",
                        "site": "saint-luc",
                        "body": {"cause": "it_outage", "gates": dict.fromkeys(
                            ("ambulances", "smur_destination", "smur_base", "walk_ins")
                        )},
                    }
                }
            ],
        }
    ],
}  # fmt: skip


def token(name: str, *scopes: str, site: str | None = None) -> str:
    key = CommandKey.new()
    return issue_token(actor=SYSTEM, key=key, region_id=REGION, name=name, scopes=scopes, site_id=site)[1]


@pytest.fixture
def server(real_world: World) -> Iterator[Server]:
    statuses = [{"code": code, "name": {"fr": code, "nl": code, "en": code}} for code in STATUSES]
    Region.objects.filter(pk=REGION).update(vehicle_statuses=statuses)
    started = Server().start()
    yield started
    started.stop()


class Simulator:
    """`manage.py simulate` in a process of its own; what it says goes to a file."""

    def __init__(self, said: Path, *arguments: str) -> None:
        self._said = said
        with said.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "simulate", *arguments],
                cwd=ROOT,
                env=environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self._said.read_text()

    def wait_for(self, holds: Callable[[], bool], within: float = 90) -> None:
        eventually(holds, within, lambda: f"it never happened; the simulator said:\n{self.said()}")


@pytest.fixture
def simulator(real_world: World, server: Server, tmp_path: Path) -> Iterator[Simulator]:
    told = {
        "cad_token": real_world.cad_secret,
        "staff_token": token("staff", "notices:write", "screens:beat"),
        "sites": {"saint-luc": token("hospital", "diversions:write", site="saint-luc")},
    }
    logins, story = tmp_path / "logins.json", tmp_path / "story.json"
    logins.write_text(json.dumps({"simulation": told}))
    story.write_text(json.dumps(STORY))
    where = ("--url", server.url, "--credentials", str(logins), "--replay", str(story))
    started = Simulator(tmp_path / "said.txt", *where, "--human-site", "huderf", "--speed", "900")
    yield started
    started.process.kill()
    started.process.wait()


def test_a_redirect_goes_from_order_to_the_new_department(real_world: World, simulator: Simulator):
    """One crew in twenty never answers by its terminal; that all five are of that kind will not happen."""
    bound = Transport.objects.filter(state="under_way", destination="saint-luc")
    simulator.wait_for(lambda: bound.count() >= 5)
    simulator.wait_for(lambda: LastPosition.objects.count() >= 8)
    simulator.wait_for(lambda: Notice.objects.filter(state="acknowledged").exists())
    orders = [real_world.order(transport, "saint-jean").pk for transport in bound]
    answered = Redirect.objects.filter(pk__in=orders, state="acknowledged", channel="cad")
    simulator.wait_for(answered.exists)
    moved = answered.get(pk=answered.first().pk)
    assert Transport.objects.get(pk=moved.transport_id).destination_id == moved.to_site_id
    assert SitePresence.objects.get(site="saint-jean").state == "live"
    assert SitePresence.objects.get(site="huderf").state == "never"
    assert Diversion.objects.get(site="saint-luc").cause == "it_outage"

    simulator.process.send_signal(signal.SIGTERM)
    assert simulator.process.wait(timeout=20) == 0
    assert "warning" not in simulator.said()
    assert "Traceback" not in simulator.said()
    assert simulator.said().rstrip().endswith("The simulation has ended.")
