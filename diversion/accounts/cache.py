"""The cache, which holds counts of tries and requests and nothing else: shared by Valkey, and never a reason to fail.

While Valkey is away each process counts by itself. Login neither stops nor opens wide: somebody who guesses gets the
allowed tries once per process instead of once, which against twelve-character passwords and 60-bit codes is nothing.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any, ClassVar, Final

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


def _steady(there: Any, here: Any) -> Any:
    """A method done by Valkey if it is there, else by this process."""

    def call(cache: CountingCache, *given: Any, **more: Any) -> Any:
        if time.monotonic() >= _Away.until:
            try:
                return there(cache, *given, **more)
            except (redis.RedisError, OSError) as error:
                _Away.until = time.monotonic() + PAUSE
                log.warning("counts_kept_by_this_process_alone", error=str(error))
        return here(cache.spare, *given, **more)

    return call


def _both(name: str) -> Any:
    return _steady(getattr(RedisCache, name), getattr(LocMemCache, name))


#: In one question: every command asks it. No count is left that never expires.
_COUNT: Final = """
    local counted = redis.call('INCR', KEYS[1])
    if counted == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
    return counted
"""


def _count_there(cache: CountingCache, key: str, seconds: int) -> int:
    return int(cache.counter(keys=[cache.make_and_validate_key(key)], args=[seconds]))


def _count_here(cache: LocMemCache, key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it has expired between the two
        return 1


class CountingCache(RedisCache):
    add, get, set, delete, touch = (_both(name) for name in ("add", "get", "set", "delete", "touch"))
    incr, has_key, clear = (_both(name) for name in ("incr", "has_key", "clear"))
    #: ``count(key, seconds)``: how many times this has been asked within that time of the first, this one included.
    count = _steady(_count_there, _count_here)

    #: By where Valkey is. Django makes a cache for every request, and each would open a connection of its own.
    _clients: ClassVar[dict[str, Any]] = {}

    _counters: ClassVar[dict[str, Any]] = {}

    @cached_property
    def _cache(self) -> Any:
        return self._clients.setdefault(self._where, super()._cache)

    @property
    def counter(self) -> Any:
        """What counts at this Valkey: Django would make a client anew for each question."""
        if self._where not in self._counters:
            client = self._cache.get_client(None, write=True)
            self._counters[self._where] = client.register_script(_COUNT)
        return self._counters[self._where]

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "serializer": Plain()}
        self._where = server
        super().__init__(server, {**params, "OPTIONS": {**params.get("OPTIONS", {}), **patience}})
        #: Shared by all caches of the process, as Valkey is by all processes.
        self.spare = LocMemCache("counts", {key: value for key, value in params.items() if key != "OPTIONS"})
