"""A reader that does not keep up is let go, and nobody else waits for it; it comes back and has missed nothing."""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Callable, Iterator

import pytest

from diversion.feed import hub as hubs
from diversion.feed.connection import QUEUE
from diversion.kinds import EventKind
from diversion.log import CommandKey, change
from diversion.models import Stream
from tests.feed.conftest import Join
from tests.sockets import DEADLINE, Server, wait_until
from tests.world import REGION, World


@pytest.fixture
def stalled(server: Server, session: Callable[[str], str]) -> Iterator[socket.socket]:
    """Dirk's socket, opened by hand with little room, and never read from."""
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.settimeout(DEADLINE)
        raw.connect(("127.0.0.1", server.port))
        key = base64.b64encode(os.urandom(16)).decode()
        raw.sendall(
            f"GET /feed/{REGION} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: {server.origin}\r\nCookie: sessionid={session('dirk')}\r\n\r\n".encode()
        )
        assert raw.recv(12) == b"HTTP/1.1 101"
        yield raw


def names() -> list[str]:
    """Who is being served now."""
    regions = [feed for hub in hubs._hubs.values() for feed in hub._regions.values()]
    return [one.admission.actor.name for feed in regions for one in feed.everyone()]


def tell(world: World, size: int) -> int:
    """One event of about this many bytes; its number."""
    with change(REGION, actor=world.ada, key=CommandKey.new()) as log:
        log.add(EventKind.MEMBER_CHANGED, fact={"padding": "x" * size})
    return Stream.objects.get(pk=REGION).head


def test_a_reader_that_stops_reading_is_let_go_and_the_others_get_everything(
    real_world: World, server: Server, stalled: socket.socket, join: Join
):
    dina = join("dina")
    cursor = dina.next("snapshot")["cursor"]
    before = Stream.objects.get(pk=REGION).head
    wait_until(lambda: sorted(names()) == ["Dina", "Dirk"])
    # More than all buffers between us hold, so that the next frames have to wait in line.
    dina.events_up_to(tell(real_world, 8_000_000))
    for _ in range(QUEUE + 2):
        # Each waits for the healthy reader, so that each is a frame of its own.
        dina.events_up_to(tell(real_world, 10))
    wait_until(lambda: names() == ["Dina"])
    last = tell(real_world, 10)
    assert dina.events_up_to(last) == list(range(before + 1, last + 1))
    again = join("dirk", after=cursor)
    assert again.events_up_to(last) == list(range(before + 1, last + 1))


def test_a_reader_that_vanishes_is_forgotten(real_world: World, server: Server, join: Join):
    dina = join("dina")
    dina.next("snapshot")
    dina.connection.socket.shutdown(socket.SHUT_RDWR)
    wait_until(lambda: names() == [])
