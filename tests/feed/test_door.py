"""The door past ASGI: what goes through it is what a WebSocket client reads; who reads nothing is noticed."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError

from diversion.feed.protocol import Door, FrameProtocol, door_of, framed

Doors = asyncio.Queue[Door]
Heard = asyncio.Queue[dict[str, Any]]


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Accepts, says hello the ordinary way, hands its door to the test, and stays until the client goes."""
    door = door_of(scope)
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "hello"})
    scope["state"]["doors"].put_nowait(door)
    while (await receive())["type"] != "websocket.disconnect":
        continue


@asynccontextmanager
async def served(deflate: bool = False, app: Any = application) -> AsyncIterator[tuple[str, Doors, Heard]]:
    doors, heard = Doors(), Heard()
    config = Config(app=app, ws_per_message_deflate=deflate, log_level="warning")
    config.load()
    server = await asyncio.get_running_loop().create_server(
        lambda: FrameProtocol(config=config, server_state=ServerState(), app_state={"doors": doors, "heard": heard}),
        "127.0.0.1",
        0,
    )
    async with server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", doors, heard


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 300_000])
@pytest.mark.parametrize("deflate", [False, True])
async def test_a_frame_of_any_size_arrives_as_the_text_it_holds(size: int, deflate: bool) -> None:
    text = "é" * (size // 2) + "x" * (size % 2)
    async with served(deflate) as (url, doors, _), connect(url, max_size=None) as client:
        assert await client.recv() == "hello"
        door = await doors.get()
        assert door.write(framed(text.encode()))
        assert await client.recv() == text


async def test_frames_arrive_in_the_order_they_were_handed_over() -> None:
    async with served() as (url, doors, _), connect(url) as client:
        door = await doors.get()
        assert all(door.write(framed(str(number).encode())) for number in range(50))
        assert [await client.recv() for _ in range(51)] == ["hello", *(str(number) for number in range(50))]


async def test_a_client_that_reads_nothing_is_noticed_and_can_be_dropped_at_once() -> None:
    async with served() as (url, doors, _), connect(url, max_queue=1) as client:
        client.transport.pause_reading()
        door = await doors.get()
        chunk = framed(b"x" * 1_000_000)
        taken = 0
        while door.write(chunk):
            taken += 1
            assert taken < 64, "the socket holds 64 MB and still says that it can take more"
        door.abort()
        assert not door.write(framed(b"too late"))
        client.transport.resume_reading()
        with pytest.raises(ConnectionClosedError):
            # What was under way may still come; it ends without a farewell.
            await asyncio.wait_for(_read_on(client), 10)


async def _read_on(client: ClientConnection) -> None:
    while True:
        await client.recv()


async def test_a_client_that_has_gone_takes_nothing() -> None:
    async with served() as (url, doors, _):
        client = await connect(url)
        door = await doors.get()
        await client.close()
        assert not door.write(framed(b"too late"))


async def keeper(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Accepts, has the socket kept once its client has said "first", and returns or fails."""
    door = door_of(scope)
    assert door is not None
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})
    scope["state"]["doors"].put_nowait(door)
    said = (await receive()).get("text")
    door.keep(scope["state"]["heard"].put_nowait)
    if said == "fail":
        raise RuntimeError("the application fails")


async def test_a_kept_socket_stays_when_the_application_has_returned_and_everything_its_client_says_is_heard() -> None:
    async with served(app=keeper) as (url, doors, heard), connect(url) as client:
        await client.send("first")
        for number in range(200):
            await client.send(str(number))
        said = [(await asyncio.wait_for(heard.get(), 10))["text"] for _ in range(200)]
        assert said == [str(number) for number in range(200)]
        assert (await doors.get()).write(framed(b"still here"))
        assert await client.recv() == "still here"
        await client.close()
        assert (await asyncio.wait_for(heard.get(), 10))["type"] == "websocket.disconnect"


async def test_a_kept_socket_that_is_dropped_is_told_so() -> None:
    async with served(app=keeper) as (url, doors, heard), connect(url) as client:
        await client.send("first")
        await client.send("second")
        assert (await asyncio.wait_for(heard.get(), 10))["text"] == "second"
        (await doors.get()).abort()
        assert (await asyncio.wait_for(heard.get(), 10))["type"] == "websocket.disconnect"


async def test_an_application_that_fails_loses_its_socket_kept_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    async with served(app=keeper) as (url, _, heard), connect(url) as client:
        await client.send("fail")
        with pytest.raises(ConnectionClosedError):
            await asyncio.wait_for(client.recv(), 10)
        assert (await asyncio.wait_for(heard.get(), 10))["type"] == "websocket.disconnect"
    assert "the application fails" in capsys.readouterr().err


class Reader:
    """Holds the door of the socket that tells it what its client says, as a reader of the feed does."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def hear(self, message: dict[str, Any]) -> None: ...


async def reading(scope: dict[str, Any], receive: Any, send: Any) -> None:
    door = door_of(scope)
    assert door is not None
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})
    reader = Reader(door)
    gone = asyncio.Event()
    scope["state"]["heard"].put_nowait({"gone": gone, "reader": weakref.ref(reader, lambda _: gone.set())})
    door.keep(reader.hear)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nobody looks for garbage."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
async def test_what_a_socket_held_is_forgotten_with_it_and_waits_for_no_collector() -> None:
    async with served(app=reading) as (url, _, heard):
        client = await connect(url)
        told = await asyncio.wait_for(heard.get(), 10)
        assert told["reader"]() is not None
        await client.close()
        await asyncio.wait_for(told["gone"].wait(), 10)


def test_another_server_has_no_door() -> None:
    assert door_of({"type": "websocket", "extensions": {"websocket.http.response": {}}}) is None
