"""A server for each test, and members of the cast reading from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from tests.sockets import Reader, Server, open_socket
from tests.world import World

Join = Callable[..., Reader]


@pytest.fixture
def server(real_world: World) -> Iterator[Server]:
    one = Server()
    one.start()
    yield one
    one.stop()


@pytest.fixture
def session(login: Callable[[str], Client]) -> Callable[[str], str]:
    """``session("dina")``: the session of a browser she has just logged in with."""
    return lambda who: login(who).cookies["sessionid"].value


@pytest.fixture
def join(server: Server, session: Callable[[str], str]) -> Iterator[Join]:
    """``join("dina", after=CURSOR)``: she opens a socket; all are closed in the end."""
    opened: list[Reader] = []

    def open_one(who: str | None = None, **how: str | None) -> Reader:
        query = {name: how.pop(name) for name in ("after", "audience") if name in how}
        identity = {"session": session(who)} if who else {}
        reader = Reader(open_socket(server.origin, **identity, **how, query=query))
        opened.append(reader)
        return reader

    yield open_one
    for reader in opened:
        reader.connection.close()
