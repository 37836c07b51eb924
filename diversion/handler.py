"""Django's way through ASGI, made short: a request is answered in one thread, from its first middleware to its last.

Django's own handler makes a thread for each request, and goes from the event loop into it and back for each signal,
each middleware that was written for both, and the end of the answer. Nothing here is asynchronous on the way, so every
turn is for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import IO, Any, Final

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import close_old_connections
from django.http import FileResponse, HttpResponseBase
from django.urls import set_script_prefix

#: Requests at a time; one more waits. Far more than there are connections to the database (``DATABASE_POOL_MAX``), so
#: that what asks no database is answered while all of those wait for one that is stuck.
AT_A_TIME: Final = 200


class Handler(ASGIHandler):
    """Answers as Django's, for middleware and views none of which is asynchronous."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(AT_A_TIME, "request")

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002  # Django's own handler asks for True
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.handle(scope, receive, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        # A client that goes away meanwhile changes nothing: what it asked is done, and nobody hears the answer.
        with body:
            response = await self._in_a_thread(self._answer, scope, body)
            try:
                await self.send_response(response, send)
            finally:
                if response.streaming:
                    await self._in_a_thread(response.close)

    async def send_response(self, response: HttpResponseBase, send: Any) -> None:
        if response.streaming:
            response.streaming_content = self._parts(response.streaming_content)  # type: ignore[attr-defined]
        await super().send_response(response, send)

    async def _parts(self, parts: Iterable[bytes]) -> AsyncIterator[bytes]:
        """A file's, one by one: Django would read all of a street map into memory before it sent any."""
        left = iter(parts)
        while (part := await self._in_a_thread(next, left, None)) is not None:
            yield part

    async def _in_a_thread(self, do: Any, *given: Any) -> Any:
        """With what is known of this request outside, such as its id, and leaving nothing behind for the next."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, copy_context().run, do, *given)

    def _answer(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        # One of the two is there.
        response: HttpResponseBase = self.get_response(request) if request else refusal  # type: ignore[assignment]
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if response.streaming:
            # Its end is told in whichever thread comes first, which has no connection of this one's to give back.
            close_old_connections()
        else:
            response.close()
        return response
