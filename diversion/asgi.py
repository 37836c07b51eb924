"""The process's front door: the feed to the hub, what is public from the shelf, everything else to Django."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.urls import path, re_path

django.setup(set_prefix=False)

# After Django is set up: these import models.
from diversion import moment  # noqa: E402
from diversion.bodies import bounded  # noqa: E402
from diversion.feed.consumer import sse_feed, websocket_feed  # noqa: E402
from diversion.feed.origin import check_origin  # noqa: E402
from diversion.handler import Handler  # noqa: E402
from diversion.naming import named  # noqa: E402
from diversion.public.shelf import Shelf  # noqa: E402

# Django's path() is typed for views; the router takes any ASGI application.
WEBSOCKET: Any = websocket_feed
SSE: Any = sse_feed
DJANGO: Any = bounded(Handler())

application = ProtocolTypeRouter(
    {
        "websocket": check_origin(CookieMiddleware(URLRouter([path("feed/<slug:region>", WEBSOCKET)]))),
        # In front of everything: what the public reads must cost the rest nothing.
        "http": named(
            Shelf(
                URLRouter(
                    [
                        path("feed/<slug:region>/events", CookieMiddleware(SSE)),
                        re_path("", DJANGO),
                    ]
                )
            )
        ),
    }
)


def serving() -> ProtocolTypeRouter:
    """The application in a process that serves: it goes by the database's time."""
    moment.keep()
    return application
