"""A disk that is full, for a server that runs: the kernel refuses each write beyond a size as it does without room.

A file system of its own would need root, or a user namespace; this needs neither, begins and ends in a moment, and the
server sees the same: writes that fail with an error, wherever it happens to write.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterable
from typing import Final

import psycopg

from diversion.embedded.owner import Owner

#: As prlimit writes it.
NO_LIMIT: Final = "unlimited"
#: One file of the write-ahead log: with so much room it can be written, for its files are made once and used again.
ROOM_FOR_THE_LOG: Final = 16 * 1024**2
#: Not even that: PostgreSQL gives up, and cannot start again until there is room.
NO_ROOM: Final = 8192

#: Receipts of commands nobody gave: every command writes one, so none finds room where these have taken it.
FILL: Final = """
INSERT INTO diversion_commandreceipt (actor_key, command_id, fingerprint, region_id, at)
SELECT 'nobody', gen_random_uuid(), repeat('0', 64), %s, now() FROM generate_series(1, %s)
"""
#: Rows that are more than ROOM_FOR_THE_LOG.
PLENTY: Final = 110_000


def limit(pids: Iterable[int], owner: Owner, most: int | str) -> None:
    """No file grows beyond so many bytes, for these processes and those they will start."""
    for pid in pids:
        # As their owner, who may, where root in a container may not. One that has just ended needs no limit.
        subprocess.run(
            ["prlimit", "--pid", str(pid), f"--fsize={most}:"],
            check=False,
            capture_output=True,
            cwd="/",
            **owner.run_as(),
        )


def stock(database_url: str, region: str) -> None:
    """Make the table that every command writes to larger than ROOM_FOR_THE_LOG."""
    with psycopg.connect(database_url) as connection:
        connection.execute(FILL, [region, PLENTY])


def fill(database_url: str, region: str) -> None:
    """Take what room that table has left, by the handful at the end, until there is none for a single row."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for handful in (1000, 10, 1):
            with contextlib.suppress(psycopg.errors.InternalError_, psycopg.errors.DiskFull):
                while True:
                    connection.execute(FILL, [region, handful])
