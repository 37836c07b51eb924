"""What a load balancer and the public are told, and who is told more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from diversion.embedded.services import Services
from diversion.feed.hub import ages
from tests.feed.conftest import join, server, session  # noqa: F401  # fixtures
from tests.operations.conftest import beat, without_postgres
from tests.server import eventually
from tests.world import REGION, World

TOKEN = "operators-only-0123456789"
INSIDE = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def token(settings: Any) -> None:
    settings.OPERATIONS_TOKEN = TOKEN


def ready(browser: Client | None = None, **headers: Any) -> tuple[int, dict[str, Any]]:
    answer = (browser or Client()).get("/health/ready", headers=headers.get("headers"))
    return answer.status_code, answer.json()


def test_a_sound_process_is_ready(sound: World):
    assert ready() == (200, {"status": "ready"})


def test_that_a_process_lives_is_asked_of_nothing_but_itself(services: Services, sound: World):
    services.stop_valkey()
    with without_postgres(services):
        assert Client().get("/health/live").json() == {"status": "live"}


def test_without_its_database_a_process_gets_no_traffic_and_says_why_to_operators_alone(
    services: Services, sound: World
):
    browser = Client()
    browser.cookies["sessionid"] = "somebody-s"
    with without_postgres(services):
        assert ready() == (503, {"status": "unready"})
        status, said = ready(headers=INSIDE)
        assert (status, [one["code"] for one in said["findings"]]) == (503, ["database_stopped"])
        assert ready(browser) == (503, {"status": "unready"}), "who asks cannot be known, so nobody is an administrator"


def test_without_its_broker_it_is_as_good_as_any_other(services: Services, sound: World):
    services.stop_valkey()
    assert ready() == (200, {"status": "degraded"})
    services.start_valkey()


def test_a_clock_that_is_late_is_no_reason_to_take_web_processes_away(sound: World):
    beat("clock", seconds_ago=60)
    assert ready() == (200, {"status": "degraded"})


def test_pages_that_are_missing_here_may_be_there_elsewhere(sound: World, settings: Any, tmp_path: Any):
    settings.DJANGO_VITE = {"default": {"manifest_path": tmp_path / "manifest.json"}}
    assert ready() == (503, {"status": "unready"})


@pytest.mark.parametrize("who", ["dina", "sofie", "clara", "ines", "carl", "sam"])
def test_what_is_wrong_is_not_for_everybody(sound: World, login: Callable[[str], Client], who: str):
    beat("clock", seconds_ago=60)
    assert ready(login(who)) == (200, {"status": "degraded"})


@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer operators-only"])
def test_a_wrong_token_opens_nothing(sound: World, sent: str):
    assert ready(headers={"Authorization": sent}) == (200, {"status": "ready"})


def test_where_no_token_is_set_none_opens(sound: World, settings: Any):
    settings.OPERATIONS_TOKEN = ""
    assert ready(headers={"Authorization": "Bearer "}) == (200, {"status": "ready"})


def test_an_administrator_reads_what_is_wrong_since_when_and_what_to_do(sound: World, login: Callable[[str], Client]):
    beat("clock", seconds_ago=60)
    status, said = ready(login("ada"))
    [finding] = said["findings"]
    assert (status, finding["code"], finding["weight"]) == (200, "clock_late", "failure")
    assert finding["since"]
    assert finding["do"].startswith("Start manage.py clock")


def test_however_often_it_is_asked_the_database_is_asked_once_a_second(sound: World):
    assert ready() == (200, {"status": "ready"})
    beat("clock", seconds_ago=60)
    assert ready() == (200, {"status": "ready"}), "the answer of a moment ago"


@contextmanager
def locked(table: str) -> Iterator[None]:
    """As a migration by hand, or a session somebody forgot, holds it."""
    holding, enough = Flag(), Flag()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            holding.set()
            enough.wait(60)
        connection.close()

    holder = Thread(target=hold)
    holder.start()
    holding.wait(30)
    yield
    enough.set()
    holder.join()


def test_a_process_whose_feed_is_stuck_gets_no_further_traffic(
    sound: World,
    join: Callable[..., Any],  # noqa: F811
    settings: Any,
):
    settings.FEED_BEHIND_SECONDS = 1.5
    join("dina").next("snapshot")
    assert ready(headers=INSIDE)[1]["status"] == "ready"
    with locked("diversion_event"):
        eventually(lambda: ages()[REGION] > 2, 30, lambda: str(ages()))
        status, said = ready(headers=INSIDE)
    assert status == 503
    assert said["findings"][0]["code"] == "feed_behind"
    assert REGION in said["findings"][0]["what"]
