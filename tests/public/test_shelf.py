"""The shelf by itself: what it keeps, for how long, for whom, and what it never touches."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, field
from typing import Any

import brotli
import pytest

from diversion.public import shelf
from diversion.public.shelf import Shelf

PAGE = "/bulletin/fr/testopolis/"
PUBLIC = "public, max-age=10, stale-while-revalidate=30, stale-if-error=100"


@dataclass
class Behind:
    """The application behind the shelf: counts how often it is asked, and answers as it is told to."""

    headers: dict[str, str] = field(default_factory=lambda: {"cache-control": PUBLIC, "etag": '"mark"'})
    body: bytes = b"the page " * 200
    status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list)
    broken: bool = False
    #: While there is one, no answer leaves before it is set.
    gate: asyncio.Event | None = None
    #: Set once it has been asked; and how many it was drawing for at once, at most.
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope)
        await receive()
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        self.at_once -= 1
        if self.broken:
            raise ConnectionError("the database is away")
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Clock:
    """Time as the test says it is."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def door(behind: Behind, clock: Clock) -> Shelf:
    return Shelf(behind, clock)


async def ask(door: Shelf, path: str = PAGE, method: str = "GET", query: str = "", **headers: str) -> Answer:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": given}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await door(scope, receive, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], told, b"".join(one["body"] for one in sent[1:]))


async def test_it_is_drawn_once_for_everybody_until_its_time_is_up(door: Shelf, behind: Behind, clock: Clock):
    first = await ask(door)
    clock.now = 10
    second = await ask(door, cookie="sessionid=somebody")
    assert (first.body, second.body) == (behind.body, behind.body)
    assert (first.headers["age"], second.headers["age"]) == ("0", "10")
    assert len(behind.asked) == 1
    clock.now = 10.1
    await ask(door)
    assert len(behind.asked) == 2


async def test_a_crowd_at_once_waits_for_one_drawing(door: Shelf, behind: Behind):
    behind.gate = asyncio.Event()
    crowd = [asyncio.create_task(ask(door)) for _ in range(500)]
    await behind.reached.wait()
    behind.gate.set()
    answers = await asyncio.gather(*crowd)
    assert {one.body for one in answers} == {behind.body}
    assert len(behind.asked) == 1


async def test_one_reader_who_goes_away_ends_nobody_elses_drawing(door: Shelf, behind: Behind):
    behind.gate = asyncio.Event()
    gone, staying = asyncio.create_task(ask(door)), asyncio.create_task(ask(door))
    await behind.reached.wait()
    gone.cancel()
    behind.gate.set()
    assert (await staying).status == 200
    assert len(behind.asked) == 1


async def test_nothing_of_who_asked_first_reaches_the_drawing(door: Shelf, behind: Behind):
    await ask(door, query="lang=nl", cookie="sessionid=x", authorization="Bearer y", accept_language="nl", host="h")
    assert behind.asked[0]["query_string"] == b""
    assert behind.asked[0]["headers"] == [(b"host", b"h")]


async def test_a_query_is_no_way_past_the_shelf(door: Shelf, behind: Behind):
    for number in range(50):
        assert (await ask(door, query=f"x={number}")).body == behind.body
    assert len(behind.asked) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"cache-control": "private, max-age=10"},
        {"cache-control": "no-store"},
        {},
        {"cache-control": PUBLIC, "set-cookie": "a=b"},
        {"cache-control": PUBLIC, "vary": "Cookie"},
        {"cache-control": PUBLIC, "vary": "Accept-Language, Accept-Encoding"},
    ],
    ids=["private", "not to be stored", "silent", "a cookie", "differs by cookie", "differs by language"],
)
async def test_what_is_not_public_is_handed_through_untouched(behind: Behind, door: Shelf, headers: dict[str, str]):
    behind.headers = headers
    answers = [await ask(door, cookie="sessionid=x") for _ in range(2)]
    assert [one.headers for one in answers] == [headers, headers]
    given = [dict(one["headers"]).get(b"cookie") for one in behind.asked]
    assert given.count(b"sessionid=x") == 2


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", PAGE), ("GET", "/console/testopolis/"), ("GET", "/"), ("GET", "/bulletins/"), ("DELETE", PAGE)],
)
async def test_everything_else_passes_by(door: Shelf, behind: Behind, method: str, path: str):
    for _ in range(2):
        await ask(door, path, method)
    assert len(behind.asked) == 2


async def test_while_it_cannot_be_drawn_the_last_one_is_given_on_with_its_age(
    door: Shelf, behind: Behind, clock: Clock
):
    await ask(door)
    behind.broken = True
    clock.now = 60
    stale = await ask(door)
    assert (stale.status, stale.body, stale.headers["age"]) == (200, behind.body, "60")
    behind.broken = False
    clock.now += shelf.PAUSE
    assert (await ask(door)).headers["age"] == "0"


async def test_a_failure_is_not_asked_about_again_at_once(door: Shelf, behind: Behind, clock: Clock):
    await ask(door)
    behind.broken = True
    clock.now = 60
    for _ in range(100):
        await ask(door)
    assert len(behind.asked) == 2


async def test_an_error_page_never_takes_the_place_of_the_last_one(door: Shelf, behind: Behind, clock: Clock):
    await ask(door)
    behind.status, clock.now = 500, 60
    assert (await ask(door)).status == 200


async def test_a_slow_drawing_does_not_hold_the_last_one_back(door: Shelf, behind: Behind, clock: Clock):
    await ask(door)
    clock.now, behind.gate = 60, asyncio.Event()
    door.patience = 0.0
    assert (await ask(door)).headers["age"] == "60"
    behind.gate.set()


async def test_too_old_is_not_given_on(door: Shelf, behind: Behind, clock: Clock):
    await ask(door)
    behind.broken, clock.now = True, 111
    answer = await ask(door)
    assert (answer.status, answer.headers["cache-control"]) == (503, "no-store")
    assert b"112" in answer.body


async def test_what_was_never_drawn_and_cannot_be_asks_to_come_back(door: Shelf, behind: Behind):
    behind.broken = True
    answer = await ask(door)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("br, gzip", "br"), ("gzip, deflate", "gzip"), ("", ""), ("br;q=0, gzip;q=0.5", "gzip"), ("identity", "")],
)
async def test_each_encoding_is_made_once_and_has_its_own_tag(
    door: Shelf, behind: Behind, accepted: str, encoding: str
):
    answer = await ask(door, accept_encoding=accepted)
    read = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    assert read(answer.body) == behind.body
    assert answer.headers.get("content-encoding", "") == encoding
    assert answer.headers["etag"] == (f'"mark-{encoding}"' if encoding else '"mark"')
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize(
    ("known", "status"), [('"mark"', 304), ('W/"mark"', 304), ('"x", "mark"', 304), ("*", 304), ('"mark-br"', 200)]
)
async def test_who_has_it_already_gets_only_word_of_that(door: Shelf, behind: Behind, known: str, status: int):
    answer = await ask(door, if_none_match=known)
    assert (answer.status, answer.body) == (status, b"" if status == 304 else behind.body)
    assert {"etag", "cache-control", "vary"} <= set(answer.headers)


async def test_a_head_is_the_page_without_its_body(door: Shelf, behind: Behind):
    answer = await ask(door, method="HEAD")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", str(len(behind.body)))
    assert (await ask(door)).body == behind.body
    assert [one["method"] for one in behind.asked] == ["GET"]


async def test_what_is_not_there_is_kept_too(door: Shelf, behind: Behind):
    behind.status, behind.headers["cache-control"] = 404, "public, max-age=5"
    assert [(await ask(door)).status for _ in range(20)] == [404] * 20
    assert len(behind.asked) == 1


async def test_it_has_an_end_and_what_is_read_stays(door: Shelf, behind: Behind):
    door.places = 10
    await ask(door)
    for number in range(100):
        await ask(door, f"{PAGE}{number}/")
        await ask(door)
    assert len(door._places) == 10
    assert len([one for one in behind.asked if one["path"] == PAGE]) == 1


async def test_its_memory_has_an_end(door: Shelf, behind: Behind):
    door.memory = 10_000
    for number in range(100):
        await ask(door, f"{PAGE}{number}/")
    assert 0 < door._bytes <= 10_000
    assert door._bytes == sum(one.copy.size() for one in door._places.values() if one.copy)


async def test_only_a_few_drawings_run_at_once_and_a_flood_is_sent_away(door: Shelf, behind: Behind):
    behind.gate = asyncio.Event()
    flood = [asyncio.create_task(ask(door, f"{PAGE}{number}/")) for number in range(shelf.QUEUE + 50)]
    await behind.reached.wait()
    behind.gate.set()
    answers = [one.status for one in await asyncio.gather(*flood)]
    assert (answers.count(200), answers.count(503)) == (shelf.QUEUE, 50)
    assert behind.most == shelf.DRAWINGS
