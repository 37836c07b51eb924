"""OSRM's own server, started, stalled, killed and started again: its times are used while it gives them, and no longer.

The engine comes in a wheel that ``./check`` unpacks into ``.osrm``; its map is the town of the tests.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from diversion.journeys.chain import Chain
from diversion.journeys.osrm import Osrm
from diversion.journeys.port import JourneysUnavailable, Mode
from hospitals.geo import Point, distance_m
from tests.maps.town import MIDDLE, place, write_town

ENGINE = Path(__file__).resolve().parents[2] / ".osrm" / "osrm"
NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
PATIENT = 20.0  # an engine on a busy machine; a dispatcher waits a fifth of a second
HERE = [Point(*place(MIDDLE, 2)), Point(*place(3, 20))]
THERE = [Point(*place(MIDDLE, 8)), Point(*place(18, 4))]


class Engine:
    """An osrm-routed of one's own on a free port."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [ENGINE / "bin/osrm-routed", "--algorithm", "mld", "-i", "127.0.0.1", "-p", str(self.port), self.data]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert any("running and waiting for requests" in line for line in self.process.stdout)

    def send(self, what: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(what)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert ENGINE.is_dir(), "OSRM's executables are not there: ./check unpacks them into .osrm"
    town = write_town(tmp_path_factory.mktemp("osrm") / "town.osm.pbf")
    routes = town.with_name("town.osrm")
    for name, *arguments in (
        ("osrm-extract", "--data_version", "2026-03-01", "-p", ENGINE / "share/profiles/car.lua", town),
        ("osrm-partition", routes),
        ("osrm-customize", routes),
    ):
        subprocess.run([ENGINE / "bin" / name, *arguments], check=True, capture_output=True)
    return routes


@pytest.fixture
def engine(data: Path) -> Iterator[Engine]:
    one = Engine(data)
    one.start()
    yield one
    one.kill()


def sources(chain: Chain) -> set[str]:
    return {cell.source for row in chain.eta_matrix(HERE, THERE, NOON, Mode.CAR) for cell in row}


def test_its_table_is_told_with_source_and_date(engine: Engine):
    rows = Osrm(engine.url, PATIENT).car_matrix(HERE, THERE)
    for origin, row in zip(HERE, rows, strict=True):
        for to, cell in zip(THERE, row, strict=True):
            assert cell is not None
            assert (cell.source, cell.data_date) == ("osrm", "2026-03-01")
            assert cell.metres >= distance_m(origin, to) * 0.99


def test_off_its_map_it_leaves_the_answer_to_others(engine: Engine):
    cells = Osrm(engine.url, PATIENT).car_matrix([Point(51.5, 4.4)], THERE)
    assert cells == ((None, None),)


def test_more_vehicles_than_one_question_takes_are_asked_in_parcels(engine: Engine):
    """osrm-routed refuses more than a hundred places at once unless told otherwise."""
    many = [Point(*place(row, column)) for row in range(15) for column in range(15)]
    rows = Osrm(engine.url, PATIENT).car_matrix(many, THERE)
    assert len(rows) == 225
    assert all(cell is not None for row in rows for cell in row)


def test_an_engine_that_is_killed_is_replaced_by_the_next_source_and_used_again_when_it_is_back(engine: Engine):
    chain = Chain([Osrm(engine.url, PATIENT, rest_s=0.001)])
    assert sources(chain) == {"osrm"}
    engine.kill()
    assert sources(chain) == {"line"}
    engine.start()
    assert sources(chain) == {"osrm"}


def test_an_engine_that_stalls_costs_one_wait_and_then_none_until_it_is_tried_again(engine: Engine):
    patient, hasty = Osrm(engine.url, PATIENT), Osrm(engine.url, patience_s=0.05, rest_s=3600)
    assert sources(Chain([patient])) == {"osrm"}
    engine.send(signal.SIGSTOP)
    try:
        with pytest.raises(JourneysUnavailable, match="OSRM:"):
            hasty.car_matrix(HERE, THERE)
        with pytest.raises(JourneysUnavailable, match="left alone"):
            hasty.car_matrix(HERE, THERE)
    finally:
        engine.send(signal.SIGCONT)
    # The other one was never told of that failure, and the engine answers again.
    assert sources(Chain([patient])) == {"osrm"}


@pytest.fixture
def impostor() -> Iterator[list[bytes]]:
    """A server that answers whatever it is told to; its last element is its address."""
    said: list[bytes] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if said[0] else 500)
            self.end_headers()
            self.wfile.write(said[0])

        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            """Not on the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True).start()
    said.extend([b"", f"http://127.0.0.1:{server.server_port}".encode()])
    yield said
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"code":"Ok","sources":[],"destinations":[],"durations":[[1]],"distances":[]}',
        b'{"code":"Ok","sources":[{"distance":1}],"destinations":[{"distance":1}],"durations":[["x"]],"distances":[[1]]}',
    ],
)
def test_what_is_no_table_is_no_answer(impostor: list[bytes], answer: bytes):
    impostor[0] = answer
    with pytest.raises(JourneysUnavailable):
        Osrm(impostor[1].decode(), PATIENT).car_matrix(HERE[:1], THERE[:1])


def test_nobody_at_the_address_is_no_answer():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(JourneysUnavailable):
        Osrm(f"http://127.0.0.1:{port}", PATIENT).car_matrix(HERE, THERE)
