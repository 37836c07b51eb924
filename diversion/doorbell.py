"""The doorbell: tells the hubs that there is something to read. It carries no fact that is not in the log.

Every error is caught: a dead broker costs a second (the hubs poll), never a command.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

#: Channel names. Fixed strings, so that one pattern subscription serves every region.
EVENTS: Final = "diversion:events:{region}"
POSITIONS: Final = "diversion:positions:{region}"
CLAIMS: Final = "diversion:claims:{region}"
ACCESS: Final = "diversion:access"
PATTERN: Final = "diversion:*"

#: A command waits at most this long for a broker that hangs (seconds); redis-py's own default is 5 s.
PATIENCE: Final = 0.25
#: After a failure the broker is left alone for this long, so that a hanging one slows one command, not all.
PAUSE: Final = 1.0


class _Bell:
    """One lazily opened connection to a broker, and the time until which it is not tried again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: redis.Redis | None = None
        self._quiet_until = 0.0
        self._lock = threading.Lock()

    def publish(self, channel: str, message: str) -> bool:
        """Whether the broker took the message."""
        if time.monotonic() < self._quiet_until:
            return False
        try:
            self._connected().publish(channel, message)
        except (redis.RedisError, OSError) as error:
            self._quiet_until = time.monotonic() + PAUSE
            log.warning("doorbell_unreachable", channel=channel, error=str(error))
            return False
        return True

    def _connected(self) -> redis.Redis:
        with self._lock:
            if self._client is None:
                self._client = redis.Redis.from_url(self._url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
            return self._client


@cache
def _bell(url: str) -> _Bell:
    """One for a process; another broker is another bell, with failures of its own."""
    return _Bell(url)


def _publish(channel: str, message: str) -> None:
    _bell(settings.REDIS_URL).publish(channel, message)


def ring(region_id: str, head: int) -> None:
    """Say that a region's log has reached ``head``."""
    _publish(EVENTS.format(region=region_id), str(head))


def send_positions(region_id: str, positions: Sequence[Sequence[Any]]) -> None:
    """Carry positions to the hubs: a signal that may be lost, the next one replaces it."""
    _publish(POSITIONS.format(region=region_id), json.dumps(positions, separators=(",", ":")))


def ring_claims(region_id: str) -> None:
    """Say that a desk has taken up or given up vehicles."""
    _publish(CLAIMS.format(region=region_id), "")


def ring_access(about: Mapping[str, Any] | None = None) -> None:
    """Say that somebody's access has changed: every hub re-checks its sockets at once."""
    _publish(ACCESS, json.dumps(about or {}))
