"""Where a socket may be opened from: our own pages. A browser's cookies travel with a socket from any page.

A client that is no browser sends no Origin; it is let in only with a token, which no foreign page could add.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import OriginValidator
from django.conf import settings


class _Pages(OriginValidator):
    """Which pages may: the same few come with every socket, and judging one parses ten addresses."""

    def __init__(self, application: Any, allowed: Sequence[str]) -> None:
        super().__init__(application, allowed)  # type: ignore[no-untyped-call]  # Channels has no types
        # What was refused is kept as well; strangers can push the real ones out, which are then judged again.
        self._judged = lru_cache(maxsize=64)(super().valid_origin)

    def valid_origin(self, parsed_origin: Any) -> bool:
        return bool(self._judged(parsed_origin))


def check_origin(application: Any) -> Any:
    """Refuse a browser on a foreign page, and anything without an Origin that relies on a cookie."""
    browsers = _Pages(application, settings.CSRF_TRUSTED_ORIGINS or settings.ALLOWED_HOSTS)

    async def checked(scope: dict[str, Any], receive: Any, send: Any) -> Any:
        names = {key.lower() for key, _ in scope["headers"]}
        machine = b"origin" not in names and b"authorization" in names
        return await (application if machine else browsers)(_readable(scope), receive, send)

    return checked


def _readable(scope: dict[str, Any]) -> dict[str, Any]:
    """Without an Origin that is no address: the validator would fail on it instead of refusing it."""
    headers = [(key, value) for key, value in scope["headers"] if key.lower() != b"origin" or _is_address(value)]
    return {**scope, "headers": headers}


def _is_address(origin: bytes) -> bool:
    try:
        urlsplit(origin.decode("ascii")).port  # noqa: B018  # reading it is what fails
    except ValueError:
        return False
    return True
