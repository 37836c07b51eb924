"""Yardstick of a command: the same transaction by hand. ASGI without a framework, psycopg's prepared statements.

    DATABASE_URL=… REDIS_URL=… python -m tests.bench.raw_command PORT DIVERSION

Every POST attests that episode: takes the key, locks site, episode and the transports bound there, writes both rows,
locks the head, chains and appends the event with the changes of the one before, commits and rings. It asks nobody
whether this may be done, and tells nothing that has to be worked out.
"""

from __future__ import annotations

import os
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import psycopg
import redis.asyncio as redis
import uvicorn
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from diversion import chain

CLAIM = """INSERT INTO diversion_commandreceipt (actor_key, command_id, fingerprint, region_id, at)
    VALUES ('raw', %s, '', %s, %s) ON CONFLICT (actor_key, command_id) DO NOTHING RETURNING id"""
SITE = "SELECT * FROM hospitals_site WHERE id = %s FOR NO KEY UPDATE"
EPISODE = "SELECT * FROM diversion_diversion WHERE id = %s FOR NO KEY UPDATE"
BOUND = """SELECT * FROM diversion_transport WHERE destination_id = %s AND ended_at IS NULL ORDER BY id
    FOR NO KEY UPDATE"""
ATTEST = """UPDATE diversion_diversion SET version = version + 1, attested_at = %s, attested_by = 'raw', review_at = %s
    WHERE id = %s"""
TOUCH = "UPDATE hospitals_site SET version = version + 1 WHERE id = %s"
HEAD = "SELECT * FROM diversion_stream WHERE region_id = %s FOR NO KEY UPDATE"
APPEND = """WITH told AS (
        INSERT INTO diversion_event (id, region_id, seq, kind, at, said_at, actor, command_id, fact, changes, hash)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ), signed AS (UPDATE diversion_commandreceipt SET first_seq = %s, last_seq = %s WHERE id = %s)
    UPDATE diversion_stream SET head = %s, head_event = %s, hash = %s WHERE region_id = %s"""


@dataclass
class Said:
    """An event as the chain wants it."""

    id: uuid.UUID
    region_id: str
    kind: str
    at: datetime
    said_at: datetime
    actor: Any
    command_id: uuid.UUID
    fact: Any
    changes: Any


class Application:
    def __init__(self, episode: str) -> None:
        self._episode = uuid.UUID(episode)
        self._database: psycopg.AsyncConnection[Any] | None = None
        self._broker = redis.Redis.from_url(os.environ["REDIS_URL"])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        answer = orjson.dumps(await self._attest(dict(scope["headers"]), orjson.loads(body)))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _attest(self, headers: dict[bytes, bytes], _said: dict[str, Any]) -> dict[str, Any]:
        database = await self._connected()
        now, key = datetime.now(UTC), uuid.UUID(headers[b"idempotency-key"].decode())
        async with database.transaction(), database.cursor() as cursor:
            episode = await self._one(cursor, "SELECT * FROM diversion_diversion WHERE id = %s", self._episode)
            claimed = await self._one(cursor, CLAIM, key, episode["region_id"], now)
            await self._one(cursor, SITE, episode["site_id"])
            await self._one(cursor, EPISODE, self._episode)
            await cursor.execute(BOUND, [episode["site_id"]])
            await cursor.execute(ATTEST, [now, now + timedelta(hours=1), self._episode])
            await cursor.execute(TOUCH, [episode["site_id"]])
            head = await self._one(cursor, HEAD, episode["region_id"])
            last = await self._one(cursor, "SELECT * FROM diversion_event WHERE id = %s", head["head_event"])
            told = Said(uuid.uuid4(), head["region_id"], last["kind"], now, now, last["actor"], key, last["fact"],
                        last["changes"])  # fmt: skip
            seq = head["head"] + 1
            link = chain.link(head["hash"], seq, chain.digest(chain.said_by(told)))
            event = [told.id, told.region_id, seq, told.kind, now, now, Jsonb(told.actor), key, Jsonb(told.fact),
                     Jsonb(told.changes), link]  # fmt: skip
            await cursor.execute(APPEND, [*event, seq, seq, claimed["id"], seq, told.id, link, told.region_id])
        await self._broker.publish(f"diversion:events:{told.region_id}", str(seq))
        return {"seq": seq, "events": [{"id": told.id, "kind": told.kind, "fact": told.fact, "changes": told.changes}]}

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._database is None:
            self._database = await psycopg.AsyncConnection.connect(
                os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row, prepare_threshold=0
            )
        return self._database

    async def _one(self, cursor: psycopg.AsyncCursor[Any], sql: str, *values: Any) -> Any:
        await cursor.execute(sql, values)
        return await cursor.fetchone()


def main() -> None:
    uvicorn.run(Application(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
