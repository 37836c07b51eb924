"""The shelf: an answer marked public is given to everybody alike, and drawn again at most once per max-age.

So the number of readers never reaches the database. It keeps only what says of itself that it is public, sets no cookie
and differs by nothing but its encoding. While nothing can be drawn the last answer is given on, its age beside it.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import brotli  # type: ignore[import-untyped]  # it ships no types
import structlog

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

ROOT: Final = "/bulletin/"
#: Addresses (a region has three times as many as bulletins) and bytes kept at most; the least asked for goes first.
PLACES: Final = 2000
BYTES: Final = 64 * 1024 * 1024
#: Seconds a reader waits for a page to be drawn anew before getting the last one, and for one that was never drawn.
PATIENCE: Final = 1.0
FIRST_PATIENCE: Final = 15.0
#: After a drawing failed the next is tried no sooner (seconds): a database that is away is not helped by asking.
PAUSE: Final = 2.0
#: Drawings at once: whatever the public asks for, dispatch keeps the other database connections.
DRAWINGS: Final = 2
#: Drawings waited for at most; beyond it a reader of an address nobody drew yet is asked to come back.
QUEUE: Final = 64
#: Brotli 11 is for files that are made once a release; this is made every ten seconds.
BROTLI: Final = 6


class NotDrawn(Exception):
    """The application behind answered that it cannot, or not at all."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One public answer, in every encoding, and the moment (monotonic seconds) it was drawn."""

    status: int
    drawn: float
    fresh_s: float
    stale_s: float
    #: encoding → (its tag, its headers, its body)
    forms: dict[bytes, tuple[bytes, Headers, bytes]]

    def size(self) -> int:
        return sum(len(body) for _, _, body in self.forms.values())


#: What one drawing gave: a copy for everybody, or None where the answer was not public.
Drawing = asyncio.Task[Copy | None]


@dataclass(slots=True)
class _Place:
    copy: Copy | None = None
    drawing: Drawing | None = None
    begun: float = 0.0
    not_before: float = 0.0


@dataclass(slots=True)
class Shelf:
    """An ASGI application around another. One per process; it belongs to one event loop."""

    inner: Application
    clock: Callable[[], float] = time.monotonic
    patience: float = PATIENCE
    places: int = PLACES
    memory: int = BYTES
    _places: OrderedDict[tuple[str, bytes], _Place] = field(default_factory=OrderedDict)
    _doors: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(DRAWINGS))
    _waiting: int = 0
    _bytes: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _READING or not scope["path"].startswith(ROOT):
            await self.inner(scope, receive, send)
            return
        asked = {name: value for name, value in scope["headers"] if name in _READ}
        try:
            copy = await self._find(scope, asked)
        except NotDrawn:
            await _refuse(send)
            return
        if copy is None:
            await self.inner(scope, receive, send)
        else:
            await _give(send, copy, asked, now=self.clock(), head=scope["method"] == "HEAD")

    async def _find(self, scope: Scope, asked: dict[bytes, bytes]) -> Copy | None:
        """The answer, kept or drawn; None where it is not public. Raises NotDrawn when there is none at all."""
        # The query is no part of the name, nor handed on: it would be a way past the shelf.
        name = (scope["path"], asked.get(b"x-forwarded-proto", b""))
        place = self._places.get(name)
        now = self.clock()
        if place is None:
            place = self._places[name] = _Place()
            self._fit()
        elif place.copy is not None and now - place.copy.drawn <= place.copy.fresh_s:
            self._places.move_to_end(name)
            return place.copy
        drawing = await self._renewed(name, place, scope, now)
        if drawing is not None and drawing.done() and drawing.exception() is None:
            return drawing.result()
        copy = place.copy
        if copy is None or self.clock() - copy.drawn > copy.fresh_s + copy.stale_s:
            raise NotDrawn
        return copy

    async def _renewed(self, name: tuple[str, bytes], place: _Place, scope: Scope, now: float) -> Drawing | None:
        """Have it drawn, by whoever comes first; everybody waits for the same drawing, and not for long."""
        if place.drawing is None:
            if now < place.not_before or self._waiting >= QUEUE:
                return None
            place.begun = now
            # Counted from here: a flood is a flood before the first of it is drawn.
            self._waiting += 1
            place.drawing = asyncio.create_task(self._draw(name, place, scope))
            # A failure is told by the log; asyncio would tell it again where no reader waited for its end.
            place.drawing.add_done_callback(lambda task: task.cancelled() or task.exception())
        drawing = place.drawing
        patience = FIRST_PATIENCE if place.copy is None else self.patience - (now - place.begun)
        if patience > 0:
            # Not wait_for: it would end the drawing that the others wait for as well.
            await asyncio.wait({drawing}, timeout=patience)
        return drawing

    async def _draw(self, name: tuple[str, bytes], place: _Place, scope: Scope) -> Copy | None:
        try:
            async with self._doors:
                copy = await _drawn(self.inner, scope, self.clock)
        except Exception as error:
            log.warning("public_page_not_drawn", path=scope["path"], error=repr(error))
            place.not_before = self.clock() + PAUSE
            raise NotDrawn from error
        finally:
            self._waiting -= 1
            place.drawing = None
        self._keep(name, place, copy)
        return copy

    def _keep(self, name: tuple[str, bytes], place: _Place, copy: Copy | None) -> None:
        """Put it on the shelf, or take away what was there."""
        self._forget(name)
        if copy is None:
            return
        place.copy = copy
        self._places[name] = place
        self._bytes += copy.size()
        self._fit()

    def _fit(self) -> None:
        """What was asked for least lately falls off."""
        while self._places and (len(self._places) > self.places or self._bytes > self.memory):
            self._forget(next(iter(self._places)))

    def _forget(self, name: tuple[str, bytes]) -> None:
        place = self._places.pop(name, None)
        if place is not None and place.copy is not None:
            self._bytes -= place.copy.size()


_READING: Final = frozenset({"GET", "HEAD"})
_READ: Final = frozenset({b"accept-encoding", b"if-none-match", b"x-forwarded-proto"})
#: Found, or not there: both may be public. A failure never is.
_KEPT: Final = frozenset({200, 404})
#: Said of the connection or of one form of the body; made anew for each.
_OWN: Final = frozenset({b"etag", b"content-length", b"content-encoding", b"vary", b"age", b"date", b"server"})


async def _drawn(inner: Application, scope: Scope, clock: Callable[[], float]) -> Copy | None:
    """The answer of the application behind, as if one plain reader had asked for it. Raises NotDrawn."""
    # Who asked first must not show: only what every reader sends alike is handed on.
    plain = [(name, value) for name, value in scope["headers"] if name in _HANDED_ON]
    about = {**scope, "method": "GET", "query_string": b"", "headers": plain}
    asked: list[bool] = []
    started: list[Message] = []
    parts: list[bytes] = []

    async def receive() -> Message:
        if not asked:
            asked.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.Event().wait()  # this reader never goes away
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.append(message)
        elif message["type"] == "http.response.body":
            parts.append(bytes(message.get("body", b"")))

    begun = clock()
    await inner(about, receive, send)
    if not started or started[0]["status"] >= 500:
        raise NotDrawn
    headers = [(bytes(name).lower(), bytes(value)) for name, value in started[0]["headers"]]
    return await asyncio.to_thread(_copy, started[0]["status"], headers, b"".join(parts), begun)


_HANDED_ON: Final = frozenset({b"host", b"x-forwarded-proto"})


def _copy(status: int, headers: Headers, body: bytes, drawn: float) -> Copy | None:
    """The answer for everybody; None for one that does not say it is."""
    told = dict(headers)
    caching = _directives(told.get(b"cache-control", b""))
    varies = {one.strip().lower() for one in told.get(b"vary", b"").split(b",")} - {b"", b"accept-encoding"}
    alike = not varies and b"set-cookie" not in told and b"content-encoding" not in told
    if b"public" not in caching or not alike or status not in _KEPT:
        return None
    kept = [(name, value) for name, value in headers if name not in _OWN]
    tag = told.get(b"etag", b"").strip(b'"')
    fresh, stale = caching.get(b"max-age", 0), caching.get(b"stale-if-error", 0)
    return Copy(status, drawn, fresh, stale, dict(_forms(tag, kept, body)))


def _forms(tag: bytes, kept: Headers, body: bytes) -> Iterable[tuple[bytes, tuple[bytes, Headers, bytes]]]:
    """The body in every encoding, made once; a strong tag names one of them, so each has its own."""
    made = {b"br": brotli.compress(body, quality=BROTLI), b"gzip": gzip.compress(body, 6, mtime=0), b"": body}
    for encoding, form in made.items():
        own = b'"' + tag + (b"-" + encoding if encoding else b"") + b'"'
        headers = [*kept, (b"etag", own), (b"vary", b"accept-encoding"), _length(form)]
        yield encoding, (own, [*headers, (b"content-encoding", encoding)] if encoding else headers, form)


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


def _directives(text: bytes) -> dict[bytes, float]:
    """``{name: seconds}``; 0 for a directive without a number."""
    found = {}
    for part in text.split(b","):
        name, _, value = part.strip().partition(b"=")
        found[name.lower()] = float(value) if value.isdigit() else 0.0
    return found


async def _give(send: Send, copy: Copy, asked: dict[bytes, bytes], *, now: float, head: bool) -> None:
    encoding = _best(asked.get(b"accept-encoding", b""), frozenset(copy.forms))
    tag, headers, body = copy.forms[encoding]
    age = (b"age", b"%d" % max(0, int(now - copy.drawn)))
    status = copy.status
    if tag and _has(asked.get(b"if-none-match"), tag):
        status, body = 304, b""
        headers = [one for one in headers if one[0] in _SAID_AGAIN]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, age]})
    await send({"type": "http.response.body", "body": b"" if head else body})


#: What a "not modified" repeats (RFC 9110, 15.4.5).
_SAID_AGAIN: Final = frozenset({b"cache-control", b"etag", b"vary", b"content-location", b"expires"})


@lru_cache(maxsize=256)
def _best(accepted: bytes, there: frozenset[bytes]) -> bytes:
    """The smallest form this reader can read; readers differ little in what they send."""
    wanted = {}
    for part in accepted.lower().split(b","):
        name, _, quality = part.strip().partition(b";")
        wanted[name.strip()] = quality.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return next((one for one in (b"br", b"gzip") if one in there and wanted.get(one)), b"")


def _has(known: bytes | None, tag: bytes) -> bool:
    """Whether the reader has this very form, however weakly it says so."""
    if known is None:
        return False
    return known.strip() == b"*" or tag in (one.strip().removeprefix(b"W/") for one in known.split(b","))


async def _refuse(send: Send) -> None:
    """Nothing was ever drawn here, and cannot be now."""
    body = b"Momentan\xc3\xa9ment indisponible. Danger de mort ? 112\nTijdelijk niet beschikbaar. Levensgevaar? 112\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"5"),
        _length(body),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
