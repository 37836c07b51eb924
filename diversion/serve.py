"""The web process: uvicorn with the options the feed was made for, on a port of its own or on a socket it is handed.

    python -m diversion.serve --port 8000
    python -m diversion.serve --fd 3

A socket that is handed over (by ``./run``, by systemd's socket activation) may be shared by any number of processes:
connections wait in the socket, not in a process, so none is refused while one of them ends and another begins. That
it serves now is said in systemd's way, to NOTIFY_SOCKET, if there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import socket
import time
from typing import Any, Final

import uvicorn

OPTIONS: Final[dict[str, Any]] = {
    # One framing for all readers, past ASGI.
    "ws": "diversion.feed.protocol:FrameProtocol",
    # 300 kB per socket, and one encoding for all would be impossible.
    "ws_per_message_deflate": False,
    "ws_max_size": 65536,
    "ws_ping_interval": 20,
    "ws_ping_timeout": 20,
    # What is being answered is answered; a reader of the feed resumes elsewhere.
    "timeout_graceful_shutdown": 8,
    "lifespan": "off",
    "log_level": "warning",
    "access_log": False,
}


#: How many new objects make the collector look at the youngest, the young, and all. As Python comes (700, 10, 10) it
#: looked through all that 5,000 readers hold seven times while they came: a fifth of what a storm takes. What a request
#: or a reader leaves that only the collector can free is some dozens of objects; most of it goes with the youngest.
GARBAGE: Final = (10_000, 10, 10)
#: A request follows its connection within a round trip; half a second is one around the world (seconds).
LAST_WORDS: Final = 0.5


class Server(uvicorn.Server):
    """uvicorn's, which hears out whoever is connected before it ends, for at most so many seconds."""

    last_words = LAST_WORDS

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # What has been imported is never garbage: looking through it again and again held every reader up for a
        # tenth of a second each time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        await super().startup(sockets)
        if self.started:
            say("READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing further, hear out what was taken a moment ago, and only then close what is idle.

        uvicorn closes every connection on which nothing is being answered at once, also one whose request is still
        on its way: somebody would be cut off each time a process is replaced.
        """
        for server in self.servers:
            server.close()
        await self._hear_out()
        await super().shutdown(sockets)

    async def _hear_out(self) -> None:
        # Whoever asks one thing after another would meet the end between two of them, and not know whether the last
        # was done. Told that an answer is the last on its connection, it asks the next on another.
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        end = time.monotonic() + self.last_words
        while self.server_state.connections and time.monotonic() < end:
            await asyncio.sleep(0.05)


def say(text: str) -> None:
    """Tell whoever supervises this process how it is; nobody need listen."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, contextlib.suppress(OSError):
        # A leading @ is how an abstract address is written down.
        line.sendto(text.encode(), "\0" + address[1:] if address.startswith("@") else address)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m diversion.serve", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fd", type=int, help="a listening socket that is already open")
    asked = parser.parse_args()
    config = uvicorn.Config("diversion.asgi:serving", factory=True, host=asked.host, port=asked.port, **OPTIONS)
    Server(config).run(sockets=None if asked.fd is None else [socket.socket(fileno=asked.fd)])


if __name__ == "__main__":
    main()
