"""The feed's two doors, WebSocket and server-sent events: the same hub, the same frames, the same admission.

Raw ASGI under Channels' routing, session and origin middleware. Not ``AsyncConsumer``: its dispatch hops to a
thread for every message of every socket, which cost sixteen times as much at 5,000 readers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qs

from django.utils import timezone

from diversion.feed.admission import Admission, Refused, admit
from diversion.feed.connection import Connection, Send
from diversion.feed.hub import hub
from diversion.feed.message import Message
from diversion.feed.protocol import door_of
from diversion.feed.threads import in_thread
from diversion.wire.cursor import Cursor
from diversion.wire.frames import bye_frame, encode, hello_frame
from hospitals.exercises import is_exercise

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]

#: Close codes a client may act on: log in again, ask for access, resume at once.
CODES: Final = {"logged_out": 4401, "access_changed": 4403, "denied": 4403, "too_slow": 4408}
#: A socket that will not even take our goodbye is given this long (seconds) before it is left to the server.
FAREWELL: Final = 1.0


async def websocket_feed(scope: Scope, receive: Receive, send: Send) -> None:
    """WS /feed/{region}?after=CURSOR&audience=sites:…"""
    if (await receive())["type"] != "websocket.connect":
        return
    admission = await _admission(scope)
    await send({"type": "websocket.accept"})
    if isinstance(admission, Refused):
        await _goodbye(send, admission.reason)
        return
    connection = Connection(admission, send, "websocket", door_of(scope))
    reason = await _serve(scope, receive, connection, until="websocket.disconnect")
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
    admission = await _admission(scope)
    if isinstance(admission, Refused):
        await _plain(send, 401 if admission.reason == "logged_out" else 403, admission.reason, admission.detail)
        return
    headers = [*_SSE_HEADERS, *(_EXERCISE if is_exercise(admission.audience.region_id) else ())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    connection = Connection(admission, send, "sse")
    reason = await _serve(scope, receive, connection, until="http.disconnect")
    if reason != "gone":
        await _within(send(Message(bye_frame(reason)).sse))
        await _within(send({"type": "http.response.body", "body": b"", "more_body": False}))


_SSE_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # A buffering proxy would hold events back until it had enough of them.
    (b"x-accel-buffering", b"no"),
]

_EXERCISE: Final = ((b"x-exercise", b"true"),)


async def _serve(scope: Scope, receive: Receive, connection: Connection, *, until: str) -> str:
    """Feed one reader until it goes or has to; why."""
    admission = connection.admission
    feed = hub().region(admission.audience.region_id)
    you = await in_thread(admission.you)
    connection.offer(Message(hello_frame(admission.audience, you=you, now=timezone.now())))
    gone = asyncio.ensure_future(_until(receive, until, connection))
    try:
        await feed.join(connection, _cursor(scope))
        return await connection.wait()
    finally:
        gone.cancel()
        feed.leave(connection)
        connection.release()


async def _until(receive: Receive, kind: str, connection: Connection) -> None:
    """Read and ignore what the client says: it only listens."""
    while (await receive())["type"] != kind:
        continue
    connection.end("gone")


async def _admission(scope: Scope) -> Admission | Refused:
    session = scope.get("session")
    return await in_thread(
        admit,
        region_id=scope["url_route"]["kwargs"]["region"],
        session_key=await in_thread(lambda: session.session_key) if session is not None else None,
        bearer=_bearer(scope),
        wish=_query(scope, "audience"),
    )


async def _goodbye(send: Send, reason: str) -> None:
    await _within(send({"type": "websocket.send", "text": encode(bye_frame(reason)).decode()}))
    await _within(send({"type": "websocket.close", "code": CODES[reason], "reason": reason}))


async def _within(sending: Awaitable[None]) -> None:
    """A farewell the reader may miss: it is leaving, and the close code or the silence tells it as much."""
    try:
        await asyncio.wait_for(sending, FAREWELL)
    except (TimeoutError, OSError, RuntimeError):
        return


async def _plain(send: Send, status: int, code: str, detail: str) -> None:
    headers = [(b"content-type", b"application/problem+json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = encode({"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail})
    await send({"type": "http.response.body", "body": body})


def _cursor(scope: Scope) -> Cursor | None:
    return Cursor.parse(_header(scope, b"last-event-id") or _query(scope, "after"))


def _bearer(scope: Scope) -> str | None:
    kind, _, token = (_header(scope, b"authorization") or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), None)


def _query(scope: Scope, name: str) -> str | None:
    found = parse_qs(scope.get("query_string", b"").decode("latin-1")).get(name)
    return found[-1] if found else None
