"""Writing: a row goes whole, by one statement that is built once for its model, and must be there to be written again.

Django's ``save`` builds the statement anew for each row, and takes as long for it as the database for the writing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Field, Model


def write(row: Model) -> None:
    """Insert a row that is new, else update it in all its columns. Raises DatabaseError for one that is gone."""
    new = row._state.adding  # noqa: SLF001  # Django documents Model._state
    with connection.cursor() as cursor:
        cursor.execute(*(_insertion if new else _alteration)(row))
        if cursor.rowcount != 1:
            raise DatabaseError(f"{row!r} is not there to be written.")
    row._state.adding = False  # noqa: SLF001
    row._state.db = connection.alias  # noqa: SLF001


def values(row: Model) -> list[Any]:
    """What its columns are given, in the model's order."""
    return [one.get_db_prep_save(getattr(row, one.attname), connection) for one in _columns(type(row))]


def _insertion(row: Model) -> tuple[str, list[Any]]:
    return _insert(type(row)), values(row)


def _alteration(row: Model) -> tuple[str, list[Any]]:
    return _update(type(row)), [*values(row), row.pk]


@lru_cache
def _insert(model: type[Model]) -> str:
    columns = _columns(model)
    names, places = ", ".join(f'"{one.column}"' for one in columns), ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608, SLF001  # the model's own names


@lru_cache
def _update(model: type[Model]) -> str:
    meta = model._meta  # noqa: SLF001
    said = ", ".join(f'"{one.column}" = %s' for one in _columns(model))
    assert meta.pk is not None, "a model of ours has a key"
    return f'UPDATE "{meta.db_table}" SET {said} WHERE "{meta.pk.column}" = %s'  # noqa: S608  # the model's own names


def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    return model._meta.concrete_fields  # type: ignore[return-value]  # noqa: SLF001  # a tuple-like of fields
