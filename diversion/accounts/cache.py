"""The cache, which holds the counts of failed logins and nothing else: shared by Valkey, and never a reason to fail.

While Valkey is away each process counts by itself. Login neither stops nor opens wide: somebody who guesses gets the
allowed tries once per process instead of once, which against twelve-character passwords and 60-bit codes is nothing.
"""

from __future__ import annotations

import time
from typing import Any, Final

import orjson
import redis
import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

log = structlog.get_logger(__name__)

#: A login waits at most this long for a Valkey that hangs (seconds)…
PATIENCE: Final = 0.25
#: …and after a failure it is left alone for this long (seconds): one login asks it half a dozen times.
PAUSE: Final = 5.0


class Plain:
    """Counts travel as JSON. Django's default would unpickle whatever somebody put into Valkey."""

    def dumps(self, value: Any) -> bytes:
        return orjson.dumps(value)

    def loads(self, data: bytes) -> Any:
        return orjson.loads(data)


class _Away:
    """Until when Valkey is not asked. Of the process: Django makes a cache for every request."""

    until = 0.0


def _steady(name: str) -> Any:
    """One of the cache's methods, done by Valkey if it is there, else by this process."""
    there, here = getattr(RedisCache, name), getattr(LocMemCache, name)

    def call(cache: CountingCache, *given: Any, **more: Any) -> Any:
        if time.monotonic() >= _Away.until:
            try:
                return there(cache, *given, **more)
            except (redis.RedisError, OSError) as error:
                _Away.until = time.monotonic() + PAUSE
                log.warning("counts_kept_by_this_process_alone", error=str(error))
        return here(cache.spare, *given, **more)

    return call


class CountingCache(RedisCache):
    add, get, set, delete, touch = (_steady(name) for name in ("add", "get", "set", "delete", "touch"))
    incr, has_key, clear = (_steady(name) for name in ("incr", "has_key", "clear"))

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "serializer": Plain()}
        super().__init__(server, {**params, "OPTIONS": {**params.get("OPTIONS", {}), **patience}})
        #: Shared by all caches of the process, as Valkey is by all processes.
        self.spare = LocMemCache("counts", {key: value for key, value in params.items() if key != "OPTIONS"})
