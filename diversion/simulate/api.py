"""The public HTTP interface as a client sees it: bearer token, idempotency key, problem documents.

Two kinds of failure and no third: `Unreachable` may pass by itself and is tried again, `Refused` will not.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import httpx

_TIMEOUT = httpx.Timeout(10.0, connect=3.0)


class Unreachable(Exception):
    """No answer, or one that says "not now"; `answered` tells the two apart."""

    def __init__(self, text: str, *, answered: bool = False) -> None:
        super().__init__(text)
        self.answered = answered


class Refused(Exception):
    """The server understood and said no."""

    def __init__(self, status: int, code: str, detail: str, errors: str = "") -> None:
        super().__init__(f"{code} ({status}): {detail}{errors}")
        self.code = code


class Api:
    def __init__(self, url: str, run: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # The address is told on the command line: a proxy of the environment has no business in between.
        self.http = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT, trust_env=False, transport=transport)
        self._run = run
        self._count = 0

    async def close(self) -> None:
        await self.http.aclose()

    async def get(self, path: str, token: str) -> dict[str, Any]:
        return await self._call("GET", path, token, None, None)

    async def signal(self, path: str, token: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """For what needs no key because only the latest counts: positions and beats."""
        return await self._call("POST", path, token, body, None)

    async def command(
        self, path: str, token: str, body: Mapping[str, Any], *, once: str | None = None, method: str = "POST"
    ) -> dict[str, Any]:
        """`once` names what is done, so that a retry after a lost answer does it no second time."""
        self._count += 1
        name = once or f"{self._run}:{self._count}"
        return await self._call(method, path, token, body, str(uuid.uuid5(uuid.NAMESPACE_URL, f"simulate:{name}")))

    async def _call(
        self, method: str, path: str, token: str, body: Mapping[str, Any] | None, key: str | None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        try:
            answer = await self.http.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            raise Unreachable(f"{path}: {plainly(error)}") from error
        if answer.status_code >= 500 or answer.status_code in (408, 425, 429):
            raise Unreachable(f"{path}: answered {answer.status_code}", answered=True)
        if answer.is_error:
            raise _refused(answer)
        return _document(answer)


def plainly(error: Exception) -> str:
    """Some network errors say nothing but their name."""
    return str(error) or type(error).__name__


def _document(answer: httpx.Response) -> dict[str, Any]:
    try:
        document: dict[str, Any] = answer.json()
    except ValueError as error:
        raise Refused(answer.status_code, "not_json", f"{answer.request.url.path} answered no JSON") from error
    return document


def _refused(answer: httpx.Response) -> Refused:
    try:
        problem = answer.json()
        errors = "".join(f"; {row.get('path')}: {row.get('detail')}" for row in problem.get("errors") or ())
        return Refused(answer.status_code, str(problem.get("code")), str(problem.get("detail")), errors)
    except (ValueError, AttributeError):
        return Refused(answer.status_code, "http", f"{answer.request.method} {answer.request.url.path}")
