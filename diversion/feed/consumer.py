"""The feed's two doors, WebSocket and server-sent events: the same hub, the same frames, the same admission.

Raw ASGI under Channels' routing, cookie and origin middleware; whose session a cookie names is read with the
admission. Not ``AsyncConsumer``: its dispatch hops to a thread for every message of every socket, which cost sixteen
times as much at 5,000 readers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qs

import structlog
from django.conf import settings

from diversion import measures, moment
from diversion.feed.admission import Refused, Request
from diversion.feed.connection import Connection, Send
from diversion.feed.hub import hub
from diversion.feed.message import Message
from diversion.feed.opens import MOST, WINDOW
from diversion.feed.protocol import door_of
from diversion.wire.cursor import Cursor
from diversion.wire.frames import bye_frame, encode, hello_frame
from hospitals.exercises import is_exercise

log = structlog.get_logger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]

#: Close codes a client may act on: log in again, ask for access, resume at once, wait.
CODES: Final = {
    "logged_out": 4401,
    "access_changed": 4403,
    "denied": 4403,
    "too_slow": 4408,
    "too_talkative": 4429,
    "too_often": 4429,
}
#: A socket that will not even take our goodbye is given this long (seconds) before it is left to the server.
FAREWELL: Final = 1.0


async def websocket_feed(scope: Scope, receive: Receive, send: Send) -> None:
    """WS /feed/{region}?after=CURSOR&audience=sites:…"""
    if (await receive())["type"] != "websocket.connect":
        return
    rings = hub().access_rings
    request, after = _asked(scope)
    if _too_often(request, scope):
        await send({"type": "websocket.accept"})
        await _goodbye(send, "too_often")
        return
    admission = await hub().gate.admit(request)
    await send({"type": "websocket.accept"})
    if isinstance(admission, Refused):
        await _goodbye(send, admission.reason)
        return
    door = door_of(scope)
    connection = Connection(admission, send, "websocket", door)
    if door is None:
        await _part(connection, await _serve(connection, after, receive, rings=rings), send)
    else:
        door.keep(connection.hear)
        await _join(connection, after, rings=rings)
        connection.when_ended(partial(_dismiss, connection, send))


def _dismiss(connection: Connection, send: Send, reason: str) -> None:
    """The end of a reader that has no task of its own."""
    _leave(connection, reason)
    if reason != "gone":
        hub().start(_part(connection, reason, send))


async def _part(connection: Connection, reason: str, send: Send) -> None:
    if reason != "gone":
        await _goodbye(send, reason)
    if reason == "too_slow":
        # It does not read, so a close would wait for it, and the kernel would hold megabytes for it meanwhile.
        connection.abort()


async def sse_feed(scope: Scope, receive: Receive, send: Send) -> None:
    """GET /feed/{region}/events, with Last-Event-ID or ?after=CURSOR."""
    if scope["method"] != "GET":
        await _plain(send, 405, "method_not_allowed", "The feed is read with GET.")
        return
    rings = hub().access_rings
    request, after = _asked(scope)
    if _too_often(request, scope):
        await _plain(send, 429, "too_often", "The feed is opened too often with this session or key.", retry=WINDOW)
        return
    admission = await hub().gate.admit(request)
    if isinstance(admission, Refused):
        await _plain(send, 401 if admission.reason == "logged_out" else 403, admission.reason, admission.detail)
        return
    headers = [*_SSE_HEADERS, *(_EXERCISE if is_exercise(admission.audience.region_id) else ())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    connection = Connection(admission, send, "sse")
    reason = await _serve(connection, after, receive, rings=rings)
    if reason != "gone":
        await _within(send(Message(bye_frame(reason)).sse))
        await _within(send({"type": "http.response.body", "body": b"", "more_body": False}))


#: What comes past Django's middleware is nothing that a browser should draw, run or frame.
_BARE: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_SSE_HEADERS: Final = [
    *_BARE,
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # A buffering proxy would hold events back until it had enough of them.
    (b"x-accel-buffering", b"no"),
]

_EXERCISE: Final = ((b"x-exercise", b"true"),)


async def _serve(connection: Connection, after: Cursor | None, receive: Receive, *, rings: int) -> str:
    """Feed one reader until it goes or has to; why."""
    hearing, reason = asyncio.ensure_future(_hear(connection, receive)), "gone"
    try:
        await _join(connection, after, rings=rings)
        reason = await connection.wait()
        return reason
    finally:
        hearing.cancel()
        _leave(connection, reason)


async def _join(connection: Connection, after: Cursor | None, *, rings: int) -> None:
    """Have a reader fed from now on. ``rings``: what the hub had heard before it was admitted."""
    admission = connection.admission

    def greeting() -> Message:
        return Message(hello_frame(admission.audience, you=admission.you(), now=moment.now()))

    await hub().region(admission.audience.region_id).join(connection, after, greeting)
    hub().opens.hold(admission.request)
    hub().recheck_if_rung(since=rings)


def _leave(connection: Connection, reason: str) -> None:
    measures.ENDED.labels(reason).inc()
    if hub().region(connection.admission.audience.region_id).leave(connection):
        hub().opens.let_go(connection.admission.request)
    connection.release()


async def _hear(connection: Connection, receive: Receive) -> None:
    while not connection.ended:
        connection.hear(await receive())


def _too_often(request: Request, scope: Scope) -> bool:
    times, full = hub().opens.count(request), hub().opens.holds_too_many(request)
    if times == MOST + 1 or (full and times == 1):
        # Once in a while is enough: a loop would fill the log as well.
        address, _ = scope.get("client") or (None, None)
        what = "feed_held_too_often" if full else "feed_opened_too_often"
        log.warning(what, by="token" if request.bearer else "session", address=address)
    if times > MOST or full:
        measures.ENDED.labels("too_often").inc()
    return times > MOST or full


#: The headers in which a reader says who it is and where it stopped.
_ASKED: Final = frozenset({b"authorization", b"last-event-id"})


def _asked(scope: Scope) -> tuple[Request, Cursor | None]:
    """Who asks for what, and where it stopped reading. Of a header sent twice the first counts."""
    said = reversed(scope["headers"])
    headers = {key: value.decode("latin-1") for name, value in said if (key := name.lower()) in _ASKED}
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    kind, _, token = headers.get(b"authorization", "").partition(" ")
    request = Request(
        region_id=scope["url_route"]["kwargs"]["region"],
        session_key=scope["cookies"].get(settings.SESSION_COOKIE_NAME),
        bearer=token.strip() or None if kind.lower() == "bearer" else None,
        wish=query.get("audience", [None])[-1],
    )
    return request, Cursor.parse(headers.get(b"last-event-id") or query.get("after", [None])[-1])


async def _goodbye(send: Send, reason: str) -> None:
    await _within(send({"type": "websocket.send", "text": encode(bye_frame(reason)).decode()}))
    await _within(send({"type": "websocket.close", "code": CODES[reason], "reason": reason}))


async def _within(sending: Awaitable[None]) -> None:
    """A farewell the reader may miss: it is leaving, and the close code or the silence tells it as much."""
    try:
        await asyncio.wait_for(sending, FAREWELL)
    except (TimeoutError, OSError, RuntimeError):
        return


async def _plain(send: Send, status: int, code: str, detail: str, *, retry: float | None = None) -> None:
    headers = [(b"content-type", b"application/problem+json"), *_BARE]
    if retry is not None:
        headers.append((b"retry-after", b"%d" % retry))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = encode({"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail})
    await send({"type": "http.response.body", "body": body})
