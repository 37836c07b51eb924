"""When was it published? A subscriber's answer: the moment the message reached it, as it reached the server."""

from __future__ import annotations

import threading
import time

import redis


class Watch:
    """A thread that notes when each message of one Redis channel arrived."""

    def __init__(self, url: str, channel: str) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=None)
        self._subscription = self._client.pubsub()
        self._subscription.subscribe(channel)
        self._subscription.get_message(timeout=5)
        self._rung = threading.Condition()
        self._times: list[int] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while not self._ended.is_set():
            message = self._subscription.get_message(timeout=0.2)
            now = time.monotonic_ns()
            if message is not None and message["type"] == "message":
                with self._rung:
                    self._times.append(now)
                    self._rung.notify_all()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
        self._client.close()

    def forget(self) -> None:
        with self._rung:
            self._times.clear()

    def first(self, seconds: float = 10.0) -> int:
        """The time of the first message since ``forget``."""
        with self._rung:
            if not self._rung.wait_for(lambda: bool(self._times), seconds):
                raise TimeoutError("nothing was published")
            return self._times[0]
