"""The tools of the benchmark, on a small crowd: they count every socket and do not hide one that is missing."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.cases import Broadcast, Case, Stock, environment
from tests.bench.figures import cpu_ns, ratios, spread
from tests.bench.servers import CrowdProcess, Failed, Feed, Surroundings, crowd

SERVICES = {"REDIS_URL": os.environ["REDIS_URL"], "DATABASE_URL": os.environ["DATABASE_URL"]}


@pytest.fixture(params=[Broadcast, Stock])
def yardstick(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    with contextlib.ExitStack() as ending:
        yield request.param(Surroundings(environment(SERVICES), tmp_path, ending))


@pytest.fixture
def clients() -> Iterator[CrowdProcess]:
    with crowd() as made:
        yield made


def connect(clients: CrowdProcess, port: int, path: str, sockets: int) -> None:
    clients.open(Feed(port, path, {}, ""), sockets, 10)


def test_a_published_frame_is_received_by_every_socket_after_it_was_published(
    yardstick: Case, clients: CrowdProcess
) -> None:
    connect(clients, yardstick.feed.port, yardstick.feed.path, 20)
    clients.ask(do="settle", quiet=0.1, timeout=5)
    clients.ask(do="await", mark="mark-one", timeout=10)
    published = yardstick.publish("mark-one", "x" * 70_000 + "mark-one")
    got = clients.hear()
    assert got["received"] == 20
    assert published.set_out < got["first"] <= got["median"] <= got["last"]
    assert got["frame"].endswith("xmark-one")


def test_a_frame_that_never_comes_is_an_error_and_not_a_figure(yardstick: Case, clients: CrowdProcess) -> None:
    connect(clients, yardstick.feed.port, yardstick.feed.path, 3)
    clients.ask(do="await", mark="mark-two", timeout=0.2)
    with pytest.raises(Failed, match="0 of 3 sockets"):
        clients.hear()


def test_a_server_that_refuses_is_an_error_with_what_it_said(clients: CrowdProcess) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_refuse, args=(listening,), daemon=True).start()
        with pytest.raises(Failed, match="403"):
            connect(clients, listening.getsockname()[1], "/feed/nowhere", 1)


def _refuse(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")


def test_the_cpu_clock_of_a_process_runs_with_its_work() -> None:
    before = cpu_ns(os.getpid())
    sum(range(1_000_000))
    assert cpu_ns(os.getpid()) > before


def test_a_figure_is_shown_with_its_range_and_a_ratio_is_formed_within_a_run() -> None:
    assert spread([3.0, 1.0, 2.0], 1) == "2.0 [1.0–3.0]"
    assert ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]
