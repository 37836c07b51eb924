"""Following the feed as server-sent events: one frame at a time, resuming where it broke off.

A connection that says nothing for longer than the promised tick is dead, whatever the socket claims.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from .api import Api, plainly
from .voice import Voice

#: The server promises a frame at least every 5 s.
_SILENCE_S = 20.0
_BACK_OFF_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
#: A refused token will not be accepted a second later.
_REFUSED_S = 30.0


async def parse(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    """The frames in a stream of event lines; comments and other fields are passed over."""
    data: list[str] = []
    async for line in lines:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield json.loads("\n".join(data))
            data = []


class Feed:
    def __init__(self, api: Api, region: str, token: str, voice: Voice) -> None:
        self._api = api
        self._path = f"/feed/{region}/events"
        self._token = token
        self._voice = voice

    async def frames(self, cursor: Callable[[], str | None]) -> AsyncIterator[dict[str, Any]]:
        """Endless; `cursor` is asked at every connection, so that nothing is missed and nothing told twice."""
        failures = 0
        while True:
            pause = _BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)]
            try:
                async for frame in self._connection(cursor()):
                    failures = 0
                    self._voice.over("feed", "The feed is back.")
                    yield frame
            except httpx.HTTPStatusError as error:
                self._voice.warn("feed", f"the feed refused: {error.response.status_code} {self._path}")
                pause = _REFUSED_S if error.response.status_code in (401, 403, 404) else pause
            except (httpx.TransportError, ValueError) as error:
                self._voice.warn("feed", f"the feed broke off ({plainly(error)}); connecting again")
            failures += 1
            await asyncio.sleep(pause)

    async def _connection(self, cursor: str | None) -> AsyncIterator[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "text/event-stream"}
        if cursor:
            headers["Last-Event-ID"] = cursor
        timeout = httpx.Timeout(10.0, connect=3.0, read=_SILENCE_S)
        async with self._api.http.stream("GET", self._path, headers=headers, timeout=timeout) as answer:
            if answer.is_error:
                raise httpx.HTTPStatusError("refused", request=answer.request, response=answer)
            async for frame in parse(answer.aiter_lines()):
                yield frame
