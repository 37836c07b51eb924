"""Where a socket may be opened from: our own pages. A browser's cookies travel with a socket from any page.

A client that is no browser sends no Origin; it is let in only with a token, which no foreign page could add.
"""

from __future__ import annotations

from typing import Any

from channels.security.websocket import AllowedHostsOriginValidator, OriginValidator
from django.conf import settings


def check_origin(application: Any) -> Any:
    """Refuse a browser on a foreign page, and anything without an Origin that relies on a cookie."""
    if settings.CSRF_TRUSTED_ORIGINS:
        browsers = OriginValidator(application, settings.CSRF_TRUSTED_ORIGINS)
    else:
        browsers = AllowedHostsOriginValidator(application)

    async def checked(scope: dict[str, Any], receive: Any, send: Any) -> Any:
        names = {key.lower() for key, _ in scope["headers"]}
        machine = b"origin" not in names and b"authorization" in names
        return await (application if machine else browsers)(scope, receive, send)

    return checked
