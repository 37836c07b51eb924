"""A worker that is killed loses nothing: what it had taken is made by the next one, what waited goes on waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from diversion import clock
from diversion.commands import reaching
from diversion.embedded.services import Services
from diversion.models import Channel, ClockBeat, Delivery, Event
from tests.reaching.channels import add, pass_time
from tests.reaching.sinks import Gateway
from tests.server import eventually
from tests.worker import Worker
from tests.world import REGION, World

QUEUE = 20


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    found = Gateway().start()
    yield found
    found.stop()


@pytest.fixture
def worker(real_world: World, tmp_path: Path) -> Iterator[Worker]:
    """A worker on an empty queue: its tables are the library's, which no test run empties."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")
    found = Worker(tmp_path / "worker.log")
    yield found
    if found.runs:
        found.kill()


@pytest.fixture
def channel(real_world: World, gateway: Gateway, worker: Worker) -> Channel:
    """A channel that has been tested, with a worker running."""
    made = add(real_world, gateway.address)
    worker.start()
    until_sent(1, worker)
    gateway.got.clear()
    return made


def until_sent(number: int, worker: Worker, within: float = 60.0) -> None:
    def holds() -> bool:
        return Delivery.objects.filter(state="sent").count() >= number

    told = Delivery.objects.values_list("state", "attempts", "last_error")
    eventually(holds, within, lambda: f"{Counter(told)}\n{worker.output()}")


def fresh(channel: Channel) -> Channel:
    channel.refresh_from_db()
    return channel


def test_a_worker_killed_between_taking_and_finishing_loses_nothing(
    real_world: World, channel: Channel, gateway: Gateway, worker: Worker
) -> None:
    gateway.hold()
    real_world.declare()
    gateway.wait_for(1)
    worker.kill()
    gateway.let_go()
    taken = Delivery.objects.get(hears="declaration")
    assert (taken.state, taken.attempts) == ("queued", 1), "taken, and nobody has said what became of it"

    worker.start()
    assert reaching.ring_again() == 0, "as long as the try may still be under way nobody else makes it"
    pass_time()
    assert reaching.ring_again() == 1
    until_sent(2, worker)
    taken.refresh_from_db()
    assert (taken.state, taken.attempts) == ("sent", 2)
    assert len(gateway.got) == 2, "at least once: the gateway may hear it again"
    assert worker.stop() == 0


def test_a_queue_of_twenty_outlives_its_worker(
    real_world: World, channel: Channel, gateway: Gateway, worker: Worker
) -> None:
    gateway.hold()
    for _ in range(QUEUE):
        real_world.declare()
    gateway.wait_for(1)
    worker.kill()
    gateway.let_go()
    assert Delivery.objects.waiting().count() == QUEUE

    worker.start()
    pass_time()
    clock.tick()
    until_sent(QUEUE + 1, worker)
    assert not Delivery.objects.exclude(state="sent").exists()
    assert Event.objects.filter(kind="diversion.declared").count() == QUEUE


def test_a_gateway_that_was_down_is_shown_tried_again_and_recovers(
    real_world: World, channel: Channel, gateway: Gateway, worker: Worker
) -> None:
    gateway.stop()
    real_world.declare()
    # The second try comes five seconds after the first, by the queue's own timer.
    eventually(lambda: fresh(channel).failing_since is not None, 60, worker.output)
    assert channel.last_error == "unreachable"
    assert Event.objects.filter(region_id=REGION, kind="channel.failing").count() == 1

    gateway.start()
    until_sent(2, worker)
    eventually(lambda: fresh(channel).failing_since is None, 10, worker.output)
    assert Event.objects.filter(region_id=REGION, kind="channel.recovered").count() == 1
    assert "s3cr3t-t0ken" not in worker.output()


def test_after_its_database_was_away_the_worker_works_or_ends_for_its_supervisor(
    services: Services, real_world: World, channel: Channel, gateway: Gateway, worker: Worker
) -> None:
    services.stop_postgres()
    services.start_postgres()
    # This test's own connections died with the database.
    connection.close()
    connection.close_pool()
    ClockBeat.objects.filter(name="worker").delete()
    real_world.declare()

    def is_well() -> bool:
        return not worker.runs or ClockBeat.objects.filter(name="worker").exists()

    eventually(is_well, 60, worker.output)
    if not worker.runs:
        worker.start()
    pass_time()
    reaching.ring_again()
    until_sent(2, worker)
