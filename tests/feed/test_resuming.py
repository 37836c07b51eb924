"""A reader that comes back continues where it was; nobody misses an event or is told one that is not there."""

from __future__ import annotations

import asyncio
import json
import uuid
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from diversion.feed.admission import Admission, Request
from diversion.feed.connection import Connection
from diversion.feed.message import Message
from diversion.feed.region import RegionFeed
from diversion.feed.threads import in_thread
from diversion.models import CommandReceipt, Diversion, Event, Stream
from diversion.wire.audiences import Audience
from tests.emptying import unguarded
from tests.feed.conftest import Join
from tests.replicas.replica import Replica, snapshot
from tests.sockets import Reader
from tests.world import REGION, World

DISPATCH = Audience(REGION)
#: How long a reader is waited for (seconds); never this long in fact.
PATIENCE = 20


def head() -> int:
    return Stream.objects.get(pk=REGION).head


def picture_of(reader: Reader) -> Replica:
    """What a client that has received these frames shows."""
    replica = None
    for frame in reader.frames:
        if frame["type"] == "snapshot":
            replica = Replica.of(frame)
        elif frame["type"] == "events" and replica is not None:
            replica.take(frame)
    assert replica is not None
    return replica


def test_with_its_cursor_a_reader_gets_what_it_missed_and_no_snapshot(real_world: World, join: Join):
    first = join("dina")
    cursor = first.next("snapshot")["cursor"]
    first.connection.close()
    real_world.declare()
    real_world.declare("saint-luc", actor=real_world.lucas)
    again = join("dina", after=cursor)
    assert again.events_up_to(head()) == [head() - 1, head()]
    assert "snapshot" not in {frame["type"] for frame in again.frames}


def test_a_reader_that_has_missed_nothing_is_told_so_at_once(real_world: World, join: Join):
    cursor = join("dina").next("snapshot")["cursor"]
    frame = join("dina", after=cursor).next("events")
    assert (frame["events"], frame["cursor"]) == ([], cursor)


def test_then_it_follows_like_anybody_else(real_world: World, join: Join):
    cursor = join("dina").next("snapshot")["cursor"]
    again = join("dina", after=cursor)
    again.next("events")
    real_world.declare()
    assert again.next("events")["events"][0]["seq"] == head()


@pytest.mark.parametrize("cursor", [f"1:{uuid.uuid4()}", f"9999:{uuid.uuid4()}", "nonsense", "3", ""])
def test_a_cursor_of_another_log_gets_a_snapshot(real_world: World, join: Join, cursor: str):
    reader = join("dina", after=cursor)
    assert reader.next("snapshot", "events")["type"] == "snapshot"


def test_a_tick_is_a_cursor_to_resume_from(real_world: World, join: Join):
    lucas = join("lucas")
    real_world.vehicle("a1")
    lucas.until(lambda frame: frame["type"] == "tick" and frame["cursor"].startswith(f"{head()}:"))
    again = join("lucas", after=lucas.cursor)
    assert again.next("snapshot", "events")["events"] == []


def test_many_declarations_at_once_reach_every_reader_in_order_and_without_gap(real_world: World, join: Join):
    readers = [join(who) for who in ("dina", "dirk", "clara", "ruth")]
    for reader in readers:
        reader.next("snapshot")
    before = head()

    def declare() -> None:
        for _ in range(5):
            real_world.declare(gates={"walk_ins": "closed"})
        connection.close()

    threads = [Thread(target=declare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for reader in readers:
        assert reader.events_up_to(head()) == list(range(before + 1, head() + 1))


def test_whoever_joins_in_the_middle_of_it_has_the_whole_picture_in_the_end(real_world: World, join: Join):
    """Also the very first reader of a server, for whom the feed has yet to begin."""
    enough = Flag()

    def declare() -> None:
        while not enough.is_set():
            real_world.declare(gates={"walk_ins": "closed"})
        connection.close()

    thread = Thread(target=declare)
    thread.start()
    try:
        readers = [join(who) for who in ("dina", "ruth", "dirk", "clara", "sofie", "lucas")]
        for reader in readers:
            reader.next("snapshot")
    finally:
        enough.set()
        thread.join()
    real_world.declare()
    for reader in readers:
        numbers = reader.events_up_to(head())
        assert numbers == sorted(set(numbers))
        audience = Audience(REGION, _sites(reader))
        assert picture_of(reader).rows == Replica.of(snapshot(audience)).rows


def _sites(reader: Reader) -> frozenset[str] | None:
    name = reader.frames[0]["audience"]
    return None if name == "dispatch" else frozenset(name.removeprefix("sites:").split(","))


def test_after_a_restore_readers_get_the_restored_picture_and_what_follows_it(real_world: World, join: Join):
    reader = join("dina")
    reader.next("snapshot")
    kept = Event.objects.latest("seq")
    for _ in range(4):
        real_world.declare()
    reader.events_up_to(head())
    lose_everything_after(kept)
    restored = reader.next("snapshot")
    assert restored["cursor"] == f"{kept.seq}:{kept.pk}"
    assert "diversion" not in {one["kind"] for one in restored["entities"]}
    real_world.declare("saint-luc", actor=real_world.lucas)
    told = reader.next("events")["events"]
    assert [event["seq"] for event in told] == [kept.seq + 1]


def test_a_log_that_lost_events_and_has_grown_past_them_is_noticed_too(real_world: World, join: Join):
    reader = join("dina")
    reader.next("snapshot")
    kept = Event.objects.latest("seq")
    real_world.declare()
    reader.events_up_to(head())
    lose_everything_after(kept, then=5)
    restored = reader.next("snapshot")
    assert restored["cursor"] == f"{kept.seq + 5}:{Stream.objects.get(pk=REGION).head_event}"
    assert "diversion" not in {one["kind"] for one in restored["entities"]}


def test_who_comes_before_a_restore_is_noticed_is_told_nothing_of_what_it_undid(real_world: World):
    kept = Event.objects.latest("seq")
    real_world.declare()
    feed, told = RegionFeed(REGION, broker=lambda: True), []

    async def hear(message: dict[str, Any]) -> None:
        told.append(json.loads(message["text"]))

    async def story() -> None:
        await feed._turn()
        await in_thread(lose_everything_after, kept)
        reader = Connection(Admission(real_world.dina, DISPATCH, Request(REGION), ()), hear, "websocket")
        # The picture that others of this moment have asked for too: it is the restored one.
        await feed._past.snapshot(DISPATCH)
        joining = asyncio.ensure_future(feed.join(reader, None, lambda: Message({"type": "hello"})))
        await feed._turn()
        await asyncio.wait_for(joining, PATIENCE)

    asyncio.run(story())
    assert [one["type"] for one in told] == ["hello", "snapshot"]
    assert told[-1]["cursor"] == f"{kept.seq}:{kept.pk}"


def lose_everything_after(kept: Event, then: int = 0) -> None:
    """As a restore from a backup does, which also knows no trigger; ``then`` events have been recorded since."""
    new = [replace(kept, kept.seq + number) for number in range(1, then + 1)]
    with unguarded():
        Event.objects.filter(seq__gt=kept.seq).delete()
        Diversion.objects.all().delete()
        CommandReceipt.objects.filter(first_seq__gt=kept.seq).delete()
        Event.objects.bulk_create(new)
        last = new[-1] if new else kept
        Stream.objects.update(head=last.seq, head_event=last.pk)


def replace(event: Event, seq: int) -> Event:
    """Another event under a number that was given before."""
    return Event(
        region_id=REGION,
        seq=seq,
        kind="member.changed",
        at=event.at,
        said_at=event.said_at,
        actor=event.actor,
        command_id=uuid.uuid4(),
    )
