"""A standby of the embedded database, as it is made in production: a copy that streams, and takes over when told to."""

from __future__ import annotations

import shutil
import subprocess
from typing import Final
from urllib.parse import quote

import psycopg

from diversion.embedded.postgres import PORT, ROLE, Postgres
from diversion.embedded.software import postgres_programs
from tests.server import eventually

#: Its name to the primary, which waits for it by that.
NAME: Final = "standby"
#: A copy of some megabytes on a busy machine, or the end of a recovery (seconds).
PATIENCE: Final = 60.0


def either(*servers: Postgres) -> str:
    """The address that finds whichever of them writes, as it is set in production."""
    hosts = quote(",".join(str(one.layout.sockets) for one in servers), safe="/,")
    ports = ",".join(str(PORT) for _ in servers)
    return f"postgresql:///{ROLE}?host={hosts}&port={ports}&user={ROLE}&target_session_attrs=read-write"


def make(standby: Postgres, *, of: Postgres, synchronous: bool) -> None:
    """Copy a server that works and follow it; ``synchronous``: it acknowledges nothing the standby has not on disk."""
    standby.stop()
    shutil.rmtree(standby.data, ignore_errors=True)
    # A standby that waits for a standby of its own would, once it leads, acknowledge nothing at all.
    _alone(of)
    programs = postgres_programs(of.layout, of.owner)
    primary = f"host={of.layout.sockets} port={PORT} user=postgres application_name={NAME}"
    made = subprocess.run(
        [programs / "pg_basebackup", "-D", standby.data, "-d", primary, "-R", "-X", "stream", "-c", "fast"],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        umask=0o077,
        **of.owner.run_as(),
    )
    assert made.returncode == 0, made.stderr
    (standby.layout.config / "initialised").touch()
    standby.start()
    eventually(lambda: _streams(of), PATIENCE, lambda: standby.log.read_text(errors="replace")[-2000:])
    if synchronous:
        _as_superuser(of, f"ALTER SYSTEM SET synchronous_standby_names = '{NAME}'")
        _as_superuser(of, "SELECT pg_reload_conf()")
        eventually(lambda: _state(of) == "sync", PATIENCE, lambda: "the standby is not synchronous")


def promote(standby: Postgres) -> None:
    """It writes from now on."""
    _as_superuser(standby, "SELECT pg_promote()")
    eventually(standby.writes, PATIENCE, lambda: standby.log.read_text(errors="replace")[-2000:])


def _alone(server: Postgres) -> None:
    _as_superuser(server, "ALTER SYSTEM RESET synchronous_standby_names")
    _as_superuser(server, "SELECT pg_reload_conf()")


def _streams(primary: Postgres) -> bool:
    return _state(primary) is not None


def _state(primary: Postgres) -> str | None:
    rows = _as_superuser(primary, "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'")
    return str(rows[0][0]) if rows else None


def _as_superuser(server: Postgres, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(
        host=str(server.layout.sockets), port=PORT, user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        told = connection.execute(query.encode())
        return told.fetchall() if told.description else []
