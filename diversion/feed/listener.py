"""The listener: hears the doorbell for a whole process. Losing it costs promptness, never an event.

It reconnects by itself for ever; meanwhile the regions' one-second poll does the reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import redis.asyncio as redis
import structlog
from django.conf import settings

from diversion import doorbell

log = structlog.get_logger(__name__)

#: Seconds between attempts to reach a broker that has gone.
RETRY: Final = 1.0
#: A quiet subscription is asked this often whether it still lives (seconds): a hung broker sends nothing either.
HEALTH: Final = 5.0

Heard = Callable[[str, bytes], None]


#: Told whether the broker is there, whenever that may have changed.
Standing = Callable[[bool], None]


async def listen(heard: Heard, standing: Standing) -> None:
    """Call ``heard(channel, message)`` for every ring, for ever."""
    while True:
        try:
            await _subscribed(heard, standing)
        except (redis.RedisError, OSError) as error:
            log.warning("doorbell_lost", error=str(error))
            standing(False)
        await asyncio.sleep(RETRY)


async def _subscribed(heard: Heard, standing: Standing) -> None:
    # Timeouts set here because redis-py 8's default of 5 s equals its own blocking reads and cuts idle sockets.
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2 * HEALTH, socket_connect_timeout=1, health_check_interval=HEALTH
    )
    try:
        pubsub = client.pubsub(ignore_subscribe_messages=True)
        await pubsub.psubscribe(doorbell.PATTERN)
        log.info("doorbell_heard")
        standing(True)
        while True:
            message = await pubsub.get_message(timeout=HEALTH)
            if message is not None:
                heard(message["channel"].decode(), message["data"])
    finally:
        await client.aclose()
