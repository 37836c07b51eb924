"""One line of JSON a record, and one id to follow what somebody did through every process."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog
from django.db import connection

from diversion.actors import SYSTEM
from diversion.commands import members
from diversion.log import CommandKey
from diversion.logs import formatter
from diversion.naming import NAME
from tests import sockets
from tests.faults.conftest import server  # noqa: F401  # a fixture
from tests.reaching.channels import add
from tests.reaching.sinks import Gateway
from tests.server import Server, eventually
from tests.worker import Worker
from tests.world import REGION, World


def records(text: str) -> list[dict[str, Any]]:
    """Every line of an output; what is no JSON fails the test that reads it."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.fixture
def worker(real_world: World, tmp_path: Path):
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")
    found = Worker(tmp_path / "worker.log")
    yield found
    if found.runs:
        found.kill()


def test_a_declaration_is_followed_by_its_id_from_the_request_to_the_message_it_set_off(
    real_world: World,
    server: Server,  # noqa: F811
    worker: Worker,
):
    gateway = Gateway().start()
    add(real_world, gateway.address)
    who = {"region_id": REGION, "name": "Hospital system", "scopes": ["diversions:write"], "site_id": "saint-pierre"}
    _, secret = members.issue_token(actor=SYSTEM, key=CommandKey.new(), **who)
    key = str(uuid4())
    answer = httpx.post(
        f"{server.url}/api/sites/saint-pierre/diversions",
        json={"cause": "it_outage", "gates": {"ambulances": "closed"}, "comment": "Only the porter knows"},
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": key, "X-Request-ID": "proxy-0001"},
    )
    assert answer.headers["X-Request-ID"] == "proxy-0001"
    server.wait_to_say("proxy-0001", 1)
    [line] = [one for one in records(server.output(500)) if one.get("command") == key]
    assert (line["event"], line["request"], line["region"]) == ("recorded", "proxy-0001", REGION)
    assert line["actor"].startswith("token:")
    assert line["last"] == answer.json()["seq"]
    worker.start()
    eventually(lambda: key in worker.output(), 30, worker.output)
    gateway.stop()
    tried = [one for one in records(worker.output()) if one.get("command") == key]
    assert {one["event"] for one in tried} == {"delivery_tried"}
    told = server.output(500) + worker.output()
    assert [word for word in (secret, "porter", "Hospital system") if word in told] == []
    assert [one for one in told.splitlines() if not one.startswith("{")] == [], "every line is one record"


@pytest.fixture
def address(transactional_db: None) -> Iterator[str]:
    """Of the product in this process: nothing that it writes is read."""
    serving = sockets.Server()
    serving.start()
    yield serving.origin
    serving.stop()


@pytest.mark.parametrize("said", [None, "short", "a b c d e f g h", "x" * 65, "<script>alert(1)</script>"])
def test_a_name_that_no_proxy_made_is_replaced(address: str, said: str | None):
    headers = {"X-Request-ID": said} if said else {}
    told = httpx.get(f"{address}/health/live", headers=headers).headers["X-Request-ID"]
    assert told != said
    assert NAME.fullmatch(told.encode())


def line_of(say: Callable[[], None]) -> dict[str, Any]:
    into = io.StringIO()
    handler = logging.StreamHandler(into)
    handler.setFormatter(formatter())
    logging.getLogger().addHandler(handler)
    try:
        say()
    finally:
        logging.getLogger().removeHandler(handler)
    [line] = into.getvalue().splitlines()
    return dict(json.loads(line))


def test_what_a_library_says_is_a_record_too_with_its_error_on_the_same_line():
    def say() -> None:
        try:
            raise ValueError("in two\nlines")
        except ValueError:
            logging.getLogger("somebody.else").exception("it failed")

    told = line_of(say)
    assert (told["level"], told["event"], told["logger"]) == ("error", "it failed", "somebody.else")
    assert "ValueError" in told["exception"]


def test_an_address_that_opens_something_is_not_told():
    told = line_of(lambda: logging.getLogger("django.request").warning("Not Found: %s", "/enrol/s3cret-of-a-link/"))
    assert told["event"] == "Not Found: /enrol/…/"


def test_what_is_bound_is_on_every_line():
    def say() -> None:
        with structlog.contextvars.bound_contextvars(request="r-12345678"):
            structlog.get_logger("here").warning("something")

    assert line_of(say)["request"] == "r-12345678"
