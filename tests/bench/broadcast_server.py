"""Yardstick (a): the least a Python server can do. Redis message in, ``websockets.broadcast`` out, nothing else."""

from __future__ import annotations

import asyncio
import os
import sys

import redis.asyncio
from websockets.asyncio.server import ServerConnection, broadcast, serve

CHANNEL = "bench:broadcast"

sockets: set[ServerConnection] = set()


async def join(connection: ServerConnection) -> None:
    sockets.add(connection)
    try:
        await connection.wait_closed()
    finally:
        sockets.discard(connection)


async def relay() -> None:
    client = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None)
    async with client.pubsub() as subscription:
        await subscription.subscribe(CHANNEL)
        async for message in subscription.listen():
            if message["type"] == "message":
                broadcast(sockets, message["data"].decode())


async def main(port: int) -> None:
    async with serve(join, "127.0.0.1", port, compression=None, backlog=2048):
        await relay()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
