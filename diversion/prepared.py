"""A question that every command asks is built once: Django's SQL for it is kept, and only its values change.

It asks what the query asks that it was made of, and answers the rows that query would. Django builds a query anew each
time it is asked, which took more of a command's time than the database did (``tests/bench/README.md``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=Model)

#: For each kind of value something that no query of ours says by itself: it marks where the nth value goes.
_MARKS: Final[Mapping[type, Callable[[int], Any]]] = {
    str: lambda nth: f"\N{SYMBOL FOR NULL}{nth}",
    int: lambda nth: -(2**30) - nth,
    UUID: lambda nth: UUID(int=nth),
    datetime: lambda nth: datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=nth),
}


class Prepared(Generic[Row]):
    """A query as a function of its values, each of a kind that is told: ``str``, ``int``, ``UUID`` or ``datetime``.

    Only what alters no part of the SQL can be such a value: no list, no ``None``. Values are handed to the database
    as they are.
    """

    def __init__(self, ask: Callable[..., QuerySet[Row]], *kinds: type) -> None:
        self._ask, self._kinds = ask, kinds
        self._built: _Built | None = None

    def __call__(self, *values: Any) -> list[Row]:
        """The rows for these values. Raises TypeError for a value of another kind.

        Raises TransactionManagementError for rows to be locked outside a transaction, as Django does.
        """
        if len(values) != len(self._kinds) or not all(map(isinstance, values, self._kinds)):
            raise TypeError(f"Asked with {values!r}: it takes {self._kinds!r}.")
        # Two threads may build it at once: both build the same.
        self._built = built = self._built or _build(self.plain(*self._marks()), self._marks())
        return list(built.rows(values))

    def one(self, *values: Any) -> Row | None:
        """The first of the rows, for a query that asks for one; None if there is none."""
        return next(iter(self(*values)), None)

    def plain(self, *values: Any) -> QuerySet[Row]:
        """The query it stands for, as Django would ask it."""
        return self._ask(*values)

    def _marks(self) -> list[Any]:
        return [_MARKS[kind](nth) for nth, kind in enumerate(self._kinds)]


@dataclass(frozen=True, slots=True)
class _Built:
    """A query's SQL, and how rows of its answer become the model's."""

    sql: str
    #: What stands in the SQL's places: a value of its own, or the number of the value that was asked with.
    places: Sequence[tuple[bool, Any]]
    model: type[Model]
    columns: slice
    names: Sequence[str]
    converters: Mapping[int, Any]
    related: Sequence[Any]
    locks: bool

    def rows(self, values: Sequence[Any]) -> Iterator[Any]:
        if self.locks and not connection.in_atomic_block:
            # The SQL says so to Django when it is built, which is once.
            raise TransactionManagementError("Rows are locked within a transaction only.")
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [values[what] if asked else what for asked, what in self.places])
            answer = cursor.fetchall()
        for told in self._converted(answer):
            row = self.model.from_db(connection.alias, self.names, told[self.columns])
            for one in self.related:
                one.populate(told, row)
            yield row

    def _converted(self, answer: Sequence[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for told in answer:
            said = list(told)
            for place, (convert, expression) in self.converters.items():
                for step in convert:
                    said[place] = step(said[place], expression, connection)
            yield said


def _build(query: QuerySet[Any], marks: Sequence[Any]) -> _Built:
    """As Django's own ModelIterable reads what its compiler built."""
    compiler = query.query.get_compiler(using=connection.alias)
    sql, values = compiler.as_sql()
    places = [(True, marks.index(one)) if one in marks else (False, one) for one in values]
    assert {what for asked, what in places if asked} == set(range(len(marks))), "a value is not asked with"
    told, chosen = compiler.klass_info, compiler.select
    assert told is not None, "it asks for no rows of a model"
    columns = slice(told["select_fields"][0], told["select_fields"][-1] + 1)
    return _Built(
        sql=sql,
        places=places,
        model=told["model"],
        columns=columns,
        names=[one[0].target.attname for one in chosen[columns]],
        converters=compiler.get_converters([one[0] for one in chosen]),
        # The stubs know Django 6.1's; here it takes three.
        related=get_related_populators(told, chosen, connection.alias),  # type: ignore[call-arg]
        locks=query.query.select_for_update,
    )
