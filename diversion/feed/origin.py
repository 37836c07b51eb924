"""Where a socket may be opened from: our own pages. A browser's cookies travel with a socket from any page.

A client that is no browser sends no Origin; it is let in only with a token, which no foreign page could add.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import OriginValidator, WebsocketDenier
from django.conf import settings


def check_origin(application: Any) -> Any:
    """Refuse a browser on a foreign page, and anything without an Origin that relies on a cookie."""
    pages = OriginValidator(application, settings.CSRF_TRUSTED_ORIGINS or settings.ALLOWED_HOSTS)
    refuse = WebsocketDenier()

    # The same few come with every socket, and judging one parses ten addresses. What was refused is kept as well;
    # strangers can push the real ones out, which are then judged again.
    @lru_cache(maxsize=64)
    def is_ours(origin: bytes) -> bool:
        try:
            page = urlsplit(origin.decode("ascii"))
            page.port  # noqa: B018  # reading it fails where it is none; the validator does not always look
        except ValueError:
            return False
        return bool(pages.valid_origin(page))

    async def checked(scope: dict[str, Any], receive: Any, send: Any) -> Any:
        said = [(key.lower(), value) for key, value in scope["headers"]]
        origins = [value for key, value in said if key == b"origin"]
        machine = not origins and any(key == b"authorization" for key, _ in said)
        may = machine or (bool(origins) and all(map(is_ours, origins)))
        return await (application if may else refuse)(scope, receive, send)

    return checked
