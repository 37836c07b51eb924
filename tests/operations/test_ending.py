"""A process that is asked to end: nobody connected to it is cut off in the middle of asking."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from diversion.serve import OPTIONS, Server
from tests.server import eventually, free_port

#: Long enough for any machine: each test ends it by leaving.
LAST_WORDS = 60.0
#: A handshake of RFC 6455, with the key of its example.
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """The least there is: each request is answered, each socket taken."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


class Running:
    """A server of ours in a thread, on a port of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self._server = Server(uvicorn.Config(answering, port=self.port, **OPTIONS))
        self._server.last_words = LAST_WORDS
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        eventually(self.takes_somebody, 10, lambda: "it never began")

    def takes_somebody(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def connected(self) -> http.client.HTTPConnection:
        """Somebody who has asked once and may ask again."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        assert asked(connection).getheader("connection") is None
        return connection

    def ask_to_end(self) -> None:
        self._server.should_exit = True
        eventually(lambda: not self.takes_somebody(), 10, lambda: "it still takes whoever comes")

    def end(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive(), "somebody is still connected, or it ends for nobody"


def asked(connection: http.client.HTTPConnection, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
    connection.request("GET", "/", headers=headers or {})
    answer = connection.getresponse()
    if answer.status != 101:
        answer.read()
    return answer


@pytest.fixture
def running() -> Iterator[Running]:
    server = Running()
    yield server
    server.end()


def test_whoever_asks_once_more_is_answered_and_told_to_ask_the_next_elsewhere(running: Running):
    somebody = running.connected()
    running.ask_to_end()
    answer = asked(somebody)
    assert (answer.status, answer.getheader("connection")) == (200, "close")


def test_it_ends_as_soon_as_everybody_has_left(running: Running):
    somebody, another = running.connected(), running.connected()
    running.ask_to_end()
    asked(another)
    somebody.close()
    running.end()


def test_a_socket_opened_at_the_last_moment_is_opened_as_any_other(running: Running):
    somebody = running.connected()
    running.ask_to_end()
    answer = asked(somebody, HANDSHAKE)
    assert answer.status == 101
    assert answer.headers.get_all("connection") == ["Upgrade"]
    somebody.close()
