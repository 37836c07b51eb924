"""A request is answered in one thread, beside others, and leaves nothing in it for the next."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path
from django.utils import translation

from diversion.bodies import Message
from diversion.handler import Handler

#: A request that meets nobody here by now is alone.
TOGETHER = threading.Barrier(2, timeout=10)
whose: ContextVar[str] = ContextVar("whose", default="nobody's")
asked: list[str] = []


def _told(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{threading.get_ident()} {whose.get()} {translation.get_language()}")


def in_the_middle(answer: Any) -> Any:
    def middle(request: HttpRequest) -> Any:
        asked.append(str(threading.get_ident()))
        return answer(request)

    return middle


def told(request: HttpRequest) -> HttpResponse:
    answer = _told(request)
    whose.set("the former's")
    translation.activate("nl")
    return answer


def meeting(request: HttpRequest) -> HttpResponse:
    TOGETHER.wait()
    return _told(request)


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return StreamingHttpResponse(iter([b"a", b"b"]))


def counted(request: HttpRequest) -> StreamingHttpResponse:
    made: list[int] = []

    def parts() -> Iterator[bytes]:
        try:
            for number in (1, 2):
                made.append(number)
                yield f"{len(made)} made".encode()
        finally:
            asked.append("closed")

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("told", told),
    path("meeting", meeting),
    path("streamed", streamed),
    path("counted", counted),
]


@pytest.fixture
def handler() -> Iterator[Handler]:
    asked.clear()
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[f"{__name__}.in_the_middle"]):
        yield Handler()


async def heard(handler: Handler, where: str, *says: Message, leaves_at: bytes | None = None) -> list[bytes]:
    """What a client is sent, part by part, who says this and then waits."""
    scope = {"type": "http", "method": "GET", "path": f"/{where}", "query_string": b"", "headers": []}
    left, told = list(says) or [{"type": "http.request", "body": b""}], []

    async def receive() -> Message:
        return left.pop(0)

    async def send(message: Message) -> None:
        if leaves_at is not None and message.get("body") == leaves_at:
            raise ConnectionResetError
        told.append(message)

    await handler(scope, receive, send)
    return [message["body"] for message in told if "body" in message]


async def answered(handler: Handler, where: str, *says: Message) -> str:
    return b"".join(await heard(handler, where, *says)).decode()


async def test_middleware_and_view_share_a_thread_that_is_not_the_event_loops(handler: Handler):
    thread, _, _ = (await answered(handler, "told")).split(" ")
    assert asked == [thread]
    assert thread != str(threading.get_ident())


async def test_two_requests_are_answered_at_the_same_time(handler: Handler):
    first, second = await asyncio.gather(answered(handler, "meeting"), answered(handler, "meeting"))
    assert first.split(" ")[0] != second.split(" ")[0]


async def test_what_is_known_of_a_request_outside_is_known_in_its_thread(handler: Handler):
    whose.set("mine")
    assert (await answered(handler, "told")).split(" ")[1] == "mine"


async def test_the_next_request_finds_nothing_of_the_one_before_in_the_same_thread(handler: Handler):
    first, second = await answered(handler, "told"), await answered(handler, "told")
    assert first.split(" ")[0] == second.split(" ")[0], "one thread for both"
    assert second.split(" ")[1:] == first.split(" ")[1:]


async def test_whoever_hangs_up_in_the_middle_of_a_request_has_asked_nothing(handler: Handler):
    begun = {"type": "http.request", "body": b"half", "more_body": True}
    assert await answered(handler, "told", begun, {"type": "http.disconnect"}) == ""
    assert asked == []


async def test_what_is_streamed_is_sent_part_by_part_as_it_is_made(handler: Handler):
    assert await heard(handler, "counted") == [b"1 made", b"2 made"]


async def test_what_is_streamed_is_closed_also_when_its_reader_leaves_in_the_middle(handler: Handler):
    with pytest.raises(ConnectionResetError):
        await heard(handler, "counted", leaves_at=b"1 made")
    assert asked[-1] == "closed"


def test_what_is_streamed_gives_its_connection_back(transactional_db: None, handler: Handler):
    async def visited() -> str:
        # Two threads then wait, and the one that has waited longer tells the end of what the other began.
        await asyncio.gather(answered(handler, "meeting"), answered(handler, "meeting"))
        return await answered(handler, "streamed")

    connection.close()
    assert asyncio.run(visited()) == "ab"
    found = connection.pool.get_stats()
    assert found["pool_available"] == found["pool_size"]
