"""Four versions one after the other under load, by ``./run --replace``: nothing is lost, nobody is turned away.

Some minutes, so it is no part of ``./check`` unless THOROUGH=1. By itself:

    python -m pytest -p tests.plugin_strict -o faulthandler_timeout=900 tests/faults/rolling_upgrade.py
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from diversion.embedded.services import find
from tests.bench.cases import environment
from tests.embedded.launch import Launch, replace
from tests.faults import versions
from tests.faults.schedules import Fault, Play
from tests.server import ROOT

#: A migration, then each process in turn (seconds).
REPLACED = 300.0


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Path]:
    folder = versions.lay_out(tmp_path)
    yield folder
    if (folder / ".state").exists():
        find(folder / ".state").erase()


@pytest.fixture
def launch(product: Path) -> Iterator[Launch]:
    running = Launch(product, "--no-simulation", "--web", "2", RATE_LIMIT="1000000")
    running.until("Ctrl-C")
    yield running
    assert running.end(signal.SIGINT) == 0


@pytest.fixture
def playing(product: Path, launch: Launch) -> Iterator[Play]:
    """People at work at the very address that browsers use: there is nothing in between that would hide a refusal."""
    services, secret = find(product / ".state"), (product / ".state/secret_key").read_text()
    around = {**environment(services.environment), "SECRET_KEY": secret}
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.prepare"], cwd=ROOT, env=around, capture_output=True, text=True, check=True
    )
    made: Any = SimpleNamespace(
        network=SimpleNamespace(port=launch.port), keys=json.loads(told.stdout), environment=around, heal=lambda: None
    )
    one = Play(made)
    yield one
    one.end()


def columns(playing: Play) -> set[str]:
    with psycopg.connect(playing.made.environment["DATABASE_URL"]) as connection:
        told = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'diversion_commandreceipt'"
        )
        return {name for (name,) in told}


def written(playing: Play) -> int:
    with psycopg.connect(playing.made.environment["DATABASE_URL"]) as connection:
        [number] = connection.execute("SELECT count(via) FROM diversion_commandreceipt").fetchone()
        return int(number)


def upgraded(playing: Play, product: Path, seed: int, change: Any) -> None:
    """The next version takes over while everybody works."""

    def take_over(_: Any) -> None:
        change(product)
        asking = replace(product)
        said, trouble = asking.communicate(timeout=REPLACED)
        assert (said.strip(), trouble.strip()) == ("Replaced.", "")

    outcome = playing.suffer(seed, [Fault(f"upgraded: {change.__name__}", take_over, 1.0)])
    assert outcome.commands > 0
    assert outcome.violations == ()
    # A busy machine may be slow to answer, which the same key settles; nobody is refused or cut off.
    assert [one for one in outcome.troubles if not one.startswith("ReadTimeout")] == []


def test_versions_that_widen_forget_and_narrow_the_schema_lose_nothing_under_load(playing: Play, product: Path) -> None:
    upgraded(playing, product, 1, versions.widen)
    assert "via" in columns(playing)
    upgraded(playing, product, 2, versions.forget)
    assert written(playing) > 0, "the second version was at work"
    upgraded(playing, product, 3, versions.narrow)
    assert "via" not in columns(playing)
    assert all(not any(one.stretches[2:]) for one in playing.followers), "they resumed: nobody started over"
