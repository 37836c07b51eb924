"""A loop is stopped, a flood of real work is not, and neither is anybody locked out when Valkey is dead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.test import Client

from diversion.api import limits
from diversion.models import Event
from tests.api.conftest import Machine
from tests.world import World

SEEN = "/api/receipts/00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def one_window(time_machine) -> None:
    """The clock stands: all of a test falls into one window of ten seconds."""
    time_machine.move_to(1_700_000_003.0, tick=False)


def statuses(client: Client, times: int, path: str = SEEN) -> list[int]:
    return [client.get(path).status_code for _ in range(times)]


def test_a_loop_is_told_to_wait_and_has_done_nothing(world: World, login: Callable[[str], Client], say, settings):
    settings.RATE_LIMIT = 3
    before = Event.objects.count()
    body = {"cause": "it_outage", "gates": {"ambulances": "closed"}}
    answers = [say("clara", "POST", "/api/sites/saint-pierre/diversions", body) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many_requests"
    assert 1 <= int(refused["Retry-After"]) <= limits.WINDOW + 1
    assert Event.objects.filter(seq__gt=before, kind="diversion.declared").count() == 3


def test_after_the_wait_everything_goes_on(world: World, login: Callable[[str], Client], settings, time_machine):
    settings.RATE_LIMIT = 2
    dina = login("dina")
    assert statuses(dina, 3) == [404, 404, 429]
    time_machine.shift(limits.WINDOW)
    assert statuses(dina, 1) == [404]


def test_reading_in_a_loop_does_not_stop_ones_own_commands(world: World, login: Callable[[str], Client], say, settings):
    settings.RATE_LIMIT = 2
    assert statuses(login("clara"), 3)[-1] == 429
    body = {"cause": "it_outage", "gates": {"ambulances": "closed"}}
    assert say("clara", "POST", "/api/sites/saint-pierre/diversions", body).status_code == 200


def test_one_persons_loop_stops_nobody_else_at_the_same_address(world: World, login: Callable, settings):
    settings.RATE_LIMIT = 2
    assert statuses(login("dina"), 3)[-1] == 429
    assert statuses(login("dirk"), 1) == [404]


def test_guessing_tokens_from_one_address_is_stopped_before_anything_is_looked_up(
    world: World, settings, django_assert_num_queries
):
    settings.RATE_LIMIT = 1
    guesser = Machine("made-up")
    tries = [guesser.send("GET", SEEN).status_code for _ in range(limits.PEOPLE_AT_AN_ADDRESS)]
    assert set(tries) == {401}
    with django_assert_num_queries(0):
        assert guesser.send("GET", SEEN).status_code == 429


def test_a_whole_flood_decided_one_by_one_is_let_through(settings):
    """Three hundred vehicles, each asked for its options and redirected with a request of its own, in ten seconds."""
    from diversion.environment import Environment

    assert Environment.model_fields["rate_limit"].default >= 2 * 300


def test_without_valkey_the_limit_holds_and_nobody_is_locked_out(
    world: World, login: Callable[[str], Client], settings, no_valkey: None
):
    settings.RATE_LIMIT = 3
    assert statuses(login("dina"), 4) == [404, 404, 404, 429]
    assert statuses(login("dirk"), 1) == [404]


def test_all_processes_count_together(world: World):
    from diversion.accounts.cache import CountingCache

    cache = caches["default"]
    assert [cache.count("x", 10), cache.count("x", 10)] == [1, 2]
    another = CountingCache(cache._servers[0], {"KEY_PREFIX": cache.key_prefix})
    assert another.count("x", 10) == 3
