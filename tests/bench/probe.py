"""How long a server's event loop lets somebody wait: pings on a socket of their own, one after the other."""

from __future__ import annotations

import threading
import time
from typing import Self

from websockets.sync.client import connect

from tests.bench.servers import Feed

#: Between an answer and the next ping (seconds): fine enough to fall into every stall that matters, and no load.
PAUSE_S = 0.001
PATIENCE_S = 30.0


class Probe:
    """While it is entered it pings; afterwards ``longest`` says the longest wait for an answer (milliseconds)."""

    def __init__(self, feed: Feed) -> None:
        known = dict(feed.known_as[0]) if feed.known_as else {}
        headers = {**feed.headers, **known}
        origin = headers.pop("Origin", None)
        url = f"ws://127.0.0.1:{feed.port}{feed.path}"
        self._socket = connect(
            url, additional_headers=headers, origin=origin, compression=None, proxy=None, ping_interval=None,
            max_size=None,
        )  # fmt: skip
        self.longest = 0.0
        self._done = threading.Event()
        self._pinging = threading.Thread(target=self._ping, daemon=True)

    def __enter__(self) -> Self:
        self._pinging.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._pinging.join(PATIENCE_S)
        self._socket.close()

    def _ping(self) -> None:
        while not self._done.wait(PAUSE_S):
            begun = time.perf_counter_ns()
            if not self._socket.ping().wait(PATIENCE_S):
                raise TimeoutError("a ping was not answered")
            self.longest = max(self.longest, (time.perf_counter_ns() - begun) / 1e6)
