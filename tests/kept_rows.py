"""What many tests begin with, made once by the product's commands and put back as rows for each of them.

The commands that import a registry and give out roles take most of a second; their rows go back in a fiftieth of it.
They go into empty tables, with the numbers and the moments they had.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction

from tests.emptying import quoted, written_tables

#: table → its rows, in PostgreSQL's own format
Rows = Mapping[str, bytes]


def taken() -> Rows:
    """A copy of all that is in the tables."""
    with connection.cursor() as cursor:
        return {name: _read(cursor, name) for name in written_tables()}


def put_back(rows: Rows) -> None:
    # In any order: Django's foreign keys are checked when the transaction ends.
    with transaction.atomic(), connection.cursor() as cursor:
        for name, content in rows.items():
            with cursor.copy(f"COPY {quoted(name)} FROM STDIN (FORMAT binary)") as copy:
                copy.write(content)


def _read(cursor, name: str) -> bytes:
    with cursor.copy(f"COPY {quoted(name)} TO STDOUT (FORMAT binary)") as copy:
        return b"".join(bytes(part) for part in copy)
