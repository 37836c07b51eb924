"""Yardstick (b): Channels as its documentation shows it. Each connection a consumer, each consumer in a group."""

from __future__ import annotations

import os
from typing import Any

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

GROUP = "bench"
# redis-py's default socket timeout equals the layer's blocking pop, which cuts idle consumers off (channels_redis
# issue 422); without this the yardstick would lose frames.
LAYER = {
    "BACKEND": "channels_redis.core.RedisChannelLayer",
    "CONFIG": {"hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": None}]},
}

settings.configure(CHANNEL_LAYERS={"default": LAYER}, SECRET_KEY="bench" * 8, USE_TZ=True)
django.setup()


class Feed(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def frame(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


application = ProtocolTypeRouter({"websocket": URLRouter([path("feed", Feed.as_asgi())])})
