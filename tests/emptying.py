"""Emptying the tables after a test with real commits, without lifting the guard over the log.

Django's own `flush` truncates seventy tables and makes the rows of its framework anew, a third of a second each time;
what a test has written is a few hundred rows in a dozen of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pgtrigger
from django.db import IntegrityError, OperationalError, connection, transaction

#: Rows of the framework, the same for every test.
KEPT: Final = {"django_migrations", "django_content_type", "auth_permission", "django_site"}


def empty_tables() -> None:
    """Everything a test has written goes; and again, when something that a server had begun stood in between.

    A command still on its way may hold one row and want another, and PostgreSQL ends one of the two.
    """
    stood_between: Exception | None = None
    for _ in range(3):
        try:
            with unguarded():
                _let_nobody_write()
                _delete(written_tables())
        except (OperationalError, IntegrityError) as error:
            stood_between = error
            continue
        return
    raise AssertionError("three times a command stood between the tables that were to be emptied") from stood_between


@contextmanager
def unguarded() -> Iterator[None]:
    """A transaction in which what is recorded can be changed and removed, as by a restore, a fault or an attacker.

    As ``pgtrigger.ignore`` does it, but once: it would put another statement before each, and those that are prepared
    are one statement only.
    """
    names = {trigger.get_pgid(model) for model, trigger in pgtrigger.registered()}
    names |= {f"{model._meta.db_table}:{trigger.get_pgid(model)}" for model, trigger in pgtrigger.registered()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + ",".join(sorted(names)) + "}"])
        yield
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


@contextmanager
def counting_anew() -> Iterator[None]:
    """New rows are numbered from 1, for what is compared with a file; afterwards from where they were.

    Rows that are kept and put back have the numbers they had: one that was given out twice would stand in their way.
    """
    sequences = [one["name"] for one in connection.introspection.sequence_list()]
    with connection.cursor() as cursor:
        before = [_next(cursor, name) for name in sequences]
        _set(cursor, sequences, [1] * len(sequences))
        yield
        _set(cursor, sequences, before)


def _next(cursor: Any, sequence: str) -> int:
    cursor.execute("SELECT nextval(%s)", [sequence])
    return int(cursor.fetchone()[0])


def _set(cursor: Any, sequences: Iterable[str], numbers: Iterable[int]) -> None:
    cursor.executemany("SELECT setval(%s, %s, false)", list(zip(sequences, numbers, strict=True)))


def _let_nobody_write() -> None:
    """Waits for whoever is writing; from then on no row comes into a table that was found empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(map(quoted, _tables()))} IN EXCLUSIVE MODE")


def _tables() -> list[str]:
    return sorted(set(connection.introspection.django_table_names(only_existing=True)) - KEPT)


def written_tables() -> list[str]:
    """Tables with rows, but for the framework's own."""
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quoted(name)})" for name in _tables())
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [name for (name,) in cursor.fetchall()]


def _delete(names: Iterable[str]) -> None:
    # In any order: Django's foreign keys are checked when the transaction ends.
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DELETE FROM {quoted(name)}")


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)
