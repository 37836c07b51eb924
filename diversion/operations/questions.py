"""The questions put to the database, in SQL and over a connection of its own.

It must answer when the pool is empty, when the schema is another version's, and within two seconds; so it uses neither
the pool nor the models. Reads only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, LiteralString

import psycopg
from django.db import connection as product
from django.db.migrations.loader import MigrationLoader
from psycopg import errors, sql

from diversion.operations.readings import Unread

Connection = psycopg.Connection[tuple[Any, ...]]

#: Seconds for connecting, and for each answer. A database that takes longer is of no use to dispatch either.
PATIENCE: Final = 2
#: Seconds for all answers together: where one after the other hangs, the rest is not asked.
PATIENCE_FOR_ALL: Final = 4.0

#: name → a question with one row as answer
ONE: Final[Mapping[str, LiteralString]] = {
    "regions": "SELECT count(*) FROM hospitals_region WHERE closed_at IS NULL",
    "clock_at": "SELECT max(at) FROM diversion_clockbeat WHERE name = 'clock'",
    "worker_at": "SELECT max(at) FROM diversion_clockbeat WHERE name = 'worker'",
    "channels": "SELECT count(*) FROM diversion_channel WHERE active",
    # What is due and was never tried, or whose last try nobody has ended; a failed one waits for its own moment.
    "late": """SELECT count(*), min(next_at) FROM diversion_delivery
               WHERE state IN ('queued', 'failed') AND next_at < now() - interval '60 seconds'""",
    "failing": """SELECT count(*), min(failing_since),
                         (array_agg(name ORDER BY failing_since))[1], (array_agg(last_error ORDER BY failing_since))[1]
                  FROM diversion_channel WHERE active AND failing_since IS NOT NULL""",
    # Failing: the last attempt to put a finished piece of its log into the archive was refused.
    "archive": """SELECT last_failed_time FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off'
                  AND last_failed_time > coalesce(last_archived_time, '-infinity') UNION ALL SELECT NULL LIMIT 1""",
    "standbys": """SELECT count(*) FILTER (WHERE state = 'streaming'), count(*) FILTER (WHERE state IS NULL),
                          max(extract(epoch FROM replay_lag)) FROM pg_stat_replication""",
}
#: Questions with a row for each thing that is wrong.
MANY: Final[Mapping[str, LiteralString]] = {
    # The head names the last event; the last thousand numbers have none missing. The whole of it is verify_log's.
    "heads": """SELECT s.region_id,
                       CASE WHEN e.last IS DISTINCT FROM nullif(s.head, 0)
                            THEN 'the head says #' || s.head || ', the last event is #' || coalesce(e.last, 0)
                            WHEN s.head > 0 AND h.id IS NULL THEN 'event #' || s.head || ' is not the one it names'
                            ELSE least(s.head, 1000) - n.number || ' of its last events are missing' END
                FROM diversion_stream s
                LEFT JOIN LATERAL (SELECT max(seq) AS last FROM diversion_event WHERE region_id = s.region_id) e ON true
                LEFT JOIN diversion_event h ON h.region_id = s.region_id AND h.seq = s.head AND h.id = s.head_event
                LEFT JOIN LATERAL (SELECT count(*) AS number FROM diversion_event
                                   WHERE region_id = s.region_id AND seq > s.head - 1000) n ON true
                WHERE e.last IS DISTINCT FROM nullif(s.head, 0) OR (s.head > 0 AND h.id IS NULL)
                      OR n.number <> least(s.head, 1000)
                ORDER BY s.region_id""",
}

#: What is only counted, when somebody measures.
COUNTED: Final[Mapping[str, LiteralString]] = {
    "notices": """SELECT count(*), coalesce(extract(epoch FROM now() - min(sent_at)), 0)
                  FROM diversion_notice WHERE state IN ('sent', 'seen')""",
    # Five seconds after it fell due: the clock takes a turn a second.
    "escalations_late": """SELECT count(*) FROM diversion_notice n JOIN hospitals_region r ON r.id = n.region_id
        WHERE n.state IN ('sent', 'seen') AND n.escalated_at IS NULL AND r.closed_at IS NULL
          AND n.sent_at < now() - make_interval(secs => coalesce((r.policy->>'escalate_after_s')::int, 60) + 5)""",
    "declarations": """SELECT count(*), count(*) FILTER (WHERE seen_at IS NULL),
                              count(*) FILTER (WHERE unconfirmed_since IS NOT NULL)
                       FROM diversion_diversion WHERE state IN ('suspected', 'active', 'recovering')""",
    "connections": "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity",
    "bytes": "SELECT pg_database_size(current_database())",
}
COUNTED_MANY: Final[Mapping[str, LiteralString]] = {
    "log": "SELECT region_id, head FROM diversion_stream",
    "deliveries": """SELECT state, count(*) FROM diversion_delivery
                     WHERE created_at > now() - interval '1 day' GROUP BY state""",
}

#: What PostgreSQL says, by what it means. Login errors come without a class of their own while connecting.
CAUSES: Final = (
    ("the database system is", "database_unreachable"),  # starting up, shutting down, in recovery
    ("too many clients", "database_connections_exhausted"),
    ("remaining connection slots", "database_connections_exhausted"),
    ("password authentication failed", "database_refuses_login"),
    ("authentication failed", "database_refuses_login"),
    ("no password supplied", "database_refuses_login"),
    ("no pg_hba.conf entry", "database_refuses_login"),
    ("role ", "database_refuses_login"),
    ("database ", "database_missing"),
    ("resolve host", "database_address_unknown"),
    ("name or service not known", "database_address_unknown"),
    ("connection refused", "database_stopped"),
    ("no such file or directory", "database_stopped"),
    ("timeout", "database_hangs"),
)


Answers = Mapping[str, Any] | Unread


def ask() -> Answers:
    """Every answer that is judged, or why the database cannot be asked at all."""
    return _asked(lambda connection: {
        "skew_s": _skew(connection), "applied": _applied(connection), **_all(connection, ONE, MANY),
    })  # fmt: skip


def count() -> Answers:
    """What is only counted."""
    return _asked(lambda connection: _all(connection, COUNTED, COUNTED_MANY))


def _asked(questions: Callable[[Connection], Mapping[str, Any]]) -> Answers:
    try:
        with _connected() as connection:
            return questions(connection)
    except (psycopg.Error, OSError) as error:
        return Unread(harmless(error), cause_of(error))


def _all(connection: Connection, one: Mapping[str, LiteralString], many: Mapping[str, LiteralString]) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE_FOR_ALL
    return {name: _answer(connection, question, until) for name, question in one.items()} | {
        name: _rows(connection, question, until) for name, question in many.items()
    }


def pending(applied: frozenset[str]) -> list[str]:
    """Migrations that this code has and the database has not."""
    return sorted(_known() - applied)


def cause_of(error: Exception) -> str:
    """Why a connection failed, by what the server or the client library says."""
    text = str(error).lower()
    if isinstance(error, psycopg.errors.QueryCanceled):
        return "database_hangs"
    return next((code for part, code in CAUSES if part in text), "database_unreachable")


def harmless(error: Exception) -> str:
    """What an error says, on one line; libpq never repeats a password, and nothing else is put into it."""
    return " ".join(str(error).split())[:300]


def _connected() -> Connection:
    parameters = {**product.get_connection_params()}
    for name in ("pool", "cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    ours = {
        "connect_timeout": PATIENCE,
        "application_name": "diversion-health",
        "options": f"-c statement_timeout={PATIENCE * 1000}",
    }
    connection = psycopg.connect(**{**parameters, **ours}, autocommit=True)
    # Only now: a session that begins read-only is what target_session_attrs=read-write passes over.
    connection.execute("SET default_transaction_read_only = on")
    return connection


def _answer(connection: Connection, question: LiteralString, until: float) -> Any:
    """The one row; its value where it has only one."""
    rows = _rows(connection, question, until)
    if isinstance(rows, Unread):
        return rows
    return rows[0][0] if len(rows[0]) == 1 else rows[0]


def _rows(connection: Connection, question: LiteralString, until: float) -> list[tuple[Any, ...]] | Unread:
    if time.monotonic() > until:
        return Unread("not asked any more: what was asked before hung")
    try:
        return connection.execute(sql.SQL(question)).fetchall()
    except errors.Error as error:
        return _unanswered(error)


def _unanswered(error: psycopg.Error) -> Unread:
    if isinstance(error, psycopg.OperationalError) and not isinstance(error, errors.QueryCanceled):
        raise error
    return Unread(harmless(error))


def _skew(connection: Connection) -> float | Unread:
    """Seconds by which this machine's clock is ahead of the database's; the way there and back is halved."""
    begun = time.monotonic()
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    took = time.monotonic() - begun
    assert row is not None
    ahead: timedelta = datetime.now(UTC) - timedelta(seconds=took / 2) - row[0]
    return ahead.total_seconds()


def _applied(connection: Connection) -> frozenset[str] | Unread:
    try:
        return frozenset(f"{app}.{name}" for app, name in connection.execute("SELECT app, name FROM django_migrations"))
    except errors.UndefinedTable:
        return frozenset()
    except errors.Error as error:
        return _unanswered(error)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Read once: the code of a running process does not change."""
    loader = MigrationLoader(None)
    return frozenset(f"{app}.{name}" for app, name in loader.disk_migrations or {})
