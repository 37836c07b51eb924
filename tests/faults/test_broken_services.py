"""What breaks, breaks: nothing that was acknowledged is lost, nobody is shown a wrong picture as fresh."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import connection, transaction

from diversion.actors import SYSTEM
from diversion.commands import members
from diversion.embedded.services import Services
from diversion.log import CommandKey
from diversion.models import Diversion, Event, Stream
from diversion.verification import verify
from diversion.wire.audiences import Audience
from tests.faults.reader import Reader
from tests.replicas.replica import snapshot
from tests.server import Server, eventually
from tests.world import REGION, World


def head() -> int:
    return Stream.objects.get(pk=REGION).head


def kill_valkey(services: Services) -> None:
    pid = services.valkey_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: services.valkey_pid is None, 10, lambda: "Valkey will not die")


def fresh_picture() -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["kind"], row["id"]): row for row in snapshot(Audience(REGION))["entities"]}


def is_contiguous(seqs: list[int]) -> bool:
    return seqs == list(range(seqs[0], seqs[0] + len(seqs)))


def test_with_valkey_killed_commands_go_on_and_every_reader_still_gets_everything(
    services: Services, server: Server, reader: Reader, real_world: World
) -> None:
    real_world.declare("saint-luc", actor=real_world.lucas)
    reader.until_seq(head())
    kill_valkey(services)

    real_world.declare("saint-pierre")
    real_world.transport("A1", to="saint-jean")

    reader.until_seq(head())
    assert is_contiguous(reader.seqs)
    assert reader.picture() == fresh_picture()


def test_with_valkey_killed_positions_reach_dispatch_by_the_database(
    services: Services, server: Server, reader: Reader, real_world: World
) -> None:
    vehicle = real_world.vehicle("A1")
    reader.until_seq(head())
    kill_valkey(services)

    said = {"vehicle": "A1", "lat": 50.85, "lon": 4.35, "at": datetime.now(UTC).isoformat()}
    headers = {"Authorization": f"Bearer {real_world.cad_secret}"}
    url = f"{server.url}/api/cad/regions/{REGION}/positions"
    assert httpx.post(url, json={"positions": [said]}, headers=headers).json()["accepted"] == 1

    while str(vehicle.pk) not in reader.seen:
        reader.until("positions")
    assert reader.seen[str(vehicle.pk)][1:3] == [50.85, 4.35]


def test_when_valkey_is_back_the_doorbell_is_heard_again_by_itself(
    services: Services, server: Server, reader: Reader, real_world: World
) -> None:
    server.wait_to_say("doorbell_heard", 1)
    kill_valkey(services)
    server.wait_to_say("doorbell_lost", 1)
    services.start_valkey()
    server.wait_to_say("doorbell_heard", 2)

    real_world.declare("saint-pierre")
    reader.until_seq(head())
    assert reader.picture() == fresh_picture()


def declare_until_answered(client: httpx.Client, url: str, key: str) -> dict[str, Any]:
    """As a careful client does: the same key again until there is an answer."""
    while True:
        try:
            answer = client.post(
                url, headers={"Idempotency-Key": key}, json={"cause": "telecom", "gates": {"walk_ins": "vital_only"}}
            )
        except httpx.TransportError:
            continue
        if answer.status_code < 500:
            assert answer.status_code == 200, answer.text
            told: dict[str, Any] = answer.json()
            return told


def test_a_web_process_killed_in_the_middle_loses_nothing_acknowledged_and_does_nothing_twice(
    services: Services, server: Server, reader: Reader, real_world: World
) -> None:
    _, secret = members.issue_token(
        actor=SYSTEM,
        key=CommandKey.new(),
        region_id=REGION,
        name="Hospital system",
        scopes=["diversions:write"],
        site_id="saint-jean",
    )
    keys = [str(uuid4()) for _ in range(12)]
    url = f"{server.url}/api/sites/saint-jean/diversions"
    with httpx.Client(headers={"Authorization": f"Bearer {secret}"}, timeout=20) as client:
        answered = [declare_until_answered(client, url, key) for key in keys[:6]]
        server.kill()
        server.start()
        answered += [declare_until_answered(client, url, key) for key in keys[3:]]
    reader.drain_until_closed()
    reader.connect()
    reader.until_seq(head())

    assert {one["seq"] for one in answered} <= set(Event.objects.values_list("seq", flat=True))
    assert Diversion.objects.count() == len(keys)
    assert is_contiguous(reader.seqs), "a gap or a repetition"
    assert "snapshot" not in reader.types[reader.types.index("snapshot") + 1 :], "it resumed, it did not start over"
    assert reader.picture() == fresh_picture()
    # The world of the tests was put up without events; everything since must be in the log as it is in the rows.
    assert [one for one in verify(REGION) if one.detail != "is in the database but not in the log"] == []


def test_a_server_that_cannot_read_its_database_says_nothing_rather_than_that_all_is_well(
    services: Services, server: Server, reader: Reader, real_world: World
) -> None:
    reader.until("tick")
    services.stop_postgres()
    # Two ticks' time of silence: longer than any tick that was already on its way.
    with pytest.raises(TimeoutError):
        reader.read_while(silence=7)
    services.start_postgres()
    # This test's own connections died with the database; the server has to get over that by itself.
    connection.close()
    connection.close_pool()
    reader.until("tick")
    real_world.declare("saint-pierre")
    reader.until_seq(head())
    assert reader.picture() == fresh_picture()


def test_who_comes_back_while_the_log_cannot_be_read_is_not_greeted_with_what_is_remembered_of_it(
    services: Services, server: Server, reader: Reader, real_world: World
) -> None:
    reader.until("tick")
    late = Reader(f"ws://127.0.0.1:{server.port}/feed/{REGION}", real_world.cad_secret)
    late.cursor = reader.cursor
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE diversion_event IN ACCESS EXCLUSIVE MODE")
        # Silence for longer than what is remembered may be told.
        with pytest.raises(TimeoutError):
            reader.read_while(silence=4)
        with pytest.raises(TimeoutError):
            late.dial(2)
    assert late.until("events", "snapshot")["cursor"] == reader.cursor
    late.hang_up()
