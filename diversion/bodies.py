"""How much of a request is taken in at all: Django keeps a body on the disk before anybody knows who sent it.

What each door takes is smaller (``settings.DATA_UPLOAD_MAX_MEMORY_SIZE``) and is refused there with a problem that
says so. This is for what no door takes: without it anybody fills the disk of a server with one request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

#: Bytes. A registry of five hundred sites is 2 MB.
LARGEST: Final = 8 * 1024 * 1024


def bounded(application: Any) -> Application:
    """An ASGI application that never sees more of a body than that; whoever sends more is told 413 and cut off."""

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        taken = _Taken(receive, send)
        if _declared(scope) > LARGEST:
            await taken.refuse()
            return
        await application(scope, taken.receive, taken.send)
        if taken.too_much:
            await taken.refuse()

    return answer


def _declared(scope: MutableMapping[str, Any]) -> int:
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(told) if told.isdigit() else 0


class _Taken:
    """One request's body, counted. Beyond the bound the application is told that its client has gone."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._bytes = 0
        self._answered = False

    @property
    def too_much(self) -> bool:
        return self._bytes > LARGEST

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.too_much else message

    async def send(self, message: Message) -> None:
        self._answered = True
        await self._send(message)

    async def refuse(self) -> None:
        if self._answered:
            return
        headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
        await self._send({"type": "http.response.start", "status": 413, "headers": headers})
        body = b'{"type":"about:blank","title":"body too large","status":413,"code":"body_too_large",'
        body += b'"detail":"This body is larger than anything we take."}'
        await self._send({"type": "http.response.body", "body": body})
