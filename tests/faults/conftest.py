"""Fixtures for breaking things: the very services of this test run, a real server, and readers on real sockets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from diversion.embedded.services import Services, find
from tests.faults.reader import Reader
from tests.faults.schedules import Play, play
from tests.server import Server
from tests.world import REGION, World


@pytest.fixture
def services() -> Iterator[Services]:
    """The PostgreSQL and Valkey this run uses, put right again afterwards whatever a test did to them."""
    state = os.environ.get("DIVERSION_STATE")
    assert state, "DIVERSION_STATE must name the state folder of the services that DATABASE_URL points to."
    found = find(Path(state), durable=False)
    assert found.valkey_pid, f"No Valkey runs in {state}: start it with python -m diversion.embedded."
    yield found
    if found.postgres_pid is None:
        found.start_postgres()
    if found.valkey_pid is None:
        found.start_valkey()


@pytest.fixture
def server(services: Services, real_world: World) -> Iterator[Server]:
    """A web process; the services are asked for first, so that they are mended after it has gone."""
    started = Server().start()
    yield started
    started.stop()


@pytest.fixture
def reader(server: Server, real_world: World) -> Iterator[Reader]:
    """A dispatch system that follows the feed."""
    following = Reader(f"ws://127.0.0.1:{server.port}/feed/{REGION}", real_world.cad_secret)
    following.connect()
    yield following
    following.close()


@pytest.fixture(scope="session")
def playing() -> Iterator[Play]:
    """The whole product with people at work on it; started once, since starting it is the longest part of any test."""
    with play() as one:
        yield one
