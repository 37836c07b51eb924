"""Emptying the tables after a test with real commits, without lifting the guard over the log.

Django's own `flush` truncates seventy tables and makes the rows of its framework anew, a third of a second each time;
what a test has written is a few hundred rows in a dozen of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pgtrigger
from django.core.management.color import no_style
from django.db import IntegrityError, OperationalError, connection, transaction

#: Rows of the framework, the same for every test.
KEPT: Final = {"django_migrations", "django_content_type", "auth_permission", "django_site"}


def empty_tables() -> None:
    """Everything a test has written goes; and again, when something that a server had begun stood in between.

    A command still on its way may hold one row and want another, and PostgreSQL ends one of the two; or it may add a
    row to a table that was found empty.
    """
    for _ in range(3):
        try:
            with transaction.atomic(), pgtrigger.ignore():
                _delete(_written())
        except (OperationalError, IntegrityError):
            continue
        return
    raise AssertionError("three times a command stood between the tables that were to be emptied")


def count_anew() -> None:
    """New rows are numbered from 1 again, for what is compared with a file."""
    with connection.cursor() as cursor:
        for command in connection.ops.sequence_reset_by_name_sql(no_style(), connection.introspection.sequence_list()):
            cursor.execute(command)


def _written() -> list[str]:
    names = sorted(set(connection.introspection.django_table_names(only_existing=True)) - KEPT)
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {_quoted(name)})" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [name for (name,) in cursor.fetchall()]


def _delete(names: Iterable[str]) -> None:
    # In any order: Django's foreign keys are checked when the transaction ends.
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DELETE FROM {_quoted(name)}")


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
