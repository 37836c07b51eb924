"""A request's name: the proxy's X-Request-ID or one made here, on every line it causes and in its answer.

Not for the feed: a hub outlives the reader that began it, and a frame is no answer.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from structlog.contextvars import bound_contextvars

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADER: Final = b"x-request-id"
#: What a proxy makes. Anything else is somebody's own text, and stays out of the logs.
NAME: Final = re.compile(rb"[A-Za-z0-9_.-]{8,64}")


def named(application: Application) -> Application:
    """The application, with a name for each request."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/feed/"):
            await application(scope, receive, send)
            return
        name = _name(scope)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (HEADER, name)]}
            await send(message)

        with bound_contextvars(request=name.decode()):
            await application(scope, receive, tell)

    return answer


def _name(scope: Scope) -> bytes:
    said: bytes | None = next((value for key, value in scope["headers"] if key == HEADER), None)
    return said if said is not None and NAME.fullmatch(said) else uuid.uuid4().hex.encode()
