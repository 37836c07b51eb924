"""What is asked with every command is built once, and asks exactly what Django would ask."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError

import diversion.commands
from diversion.models import Diversion, Transport, Vehicle
from diversion.prepared import Prepared
from hospitals.models import Site
from tests.world import World

#: One of each kind that no question was built with.
SOME: dict[type, Any] = {
    str: "saint-luc",
    int: 7,
    uuid.UUID: uuid.UUID("6f1c9bf0-7f3e-4c55-9d0b-0e6a3e3b3a55"),
    datetime: datetime(2026, 3, 1, 12, tzinfo=UTC),
}
AT: Prepared[Diversion] = Prepared(lambda site: Diversion.objects.running().filter(site_id=site), str)
BOUND: Prepared[Transport] = Prepared(lambda site: Transport.objects.heading_for(site).select_related("vehicle"), str)
LOCKED: Prepared[Site] = Prepared(lambda site: Site.objects.filter(pk=site).select_for_update(), str)


def all_of_the_product() -> Iterator[Prepared[Any]]:
    """Those that stand in the product's modules, alone or by name."""
    for found in pkgutil.iter_modules(diversion.commands.__path__, "diversion.commands."):
        importlib.import_module(found.name)
    for module in [one for name, one in sys.modules.items() if name.startswith("diversion.")]:
        for held in vars(module).values():
            held_there = held.values() if isinstance(held, dict) else [held]
            yield from (one for one in held_there if isinstance(one, Prepared))


def asked(question: Prepared[Any], values: list[Any]) -> tuple[str, list[str]]:
    """What reaches the database."""
    said: list[tuple[str, list[str]]] = []

    def hear(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append((sql, list(map(repr, params or ()))))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(hear):
        question(*values)
    return said[-1]


@pytest.mark.django_db
def test_every_prepared_question_asks_what_its_query_asks():
    found = list(all_of_the_product())
    assert len(found) >= 15
    for question in found:
        values = [SOME[kind] for kind in question._kinds]
        sql, params = question.plain(*values).query.sql_with_params()
        assert asked(question, values) == (sql, list(map(repr, params)))


def test_its_rows_are_those_of_the_query_with_what_belongs_to_them(world: World):
    world.transport("a1")
    episode = world.declare()
    [row] = AT(episode.site_id)
    assert isinstance(row, Diversion)
    assert vars_of(row) == vars_of(Diversion.objects.get(pk=episode.pk))
    [bound] = BOUND(episode.site_id)
    assert vars_of(bound.vehicle) == vars_of(Vehicle.objects.get(pk=bound.vehicle_id))
    assert AT("nowhere") == []
    assert AT.one("nowhere") is None


def vars_of(row: Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_a_row_so_found_can_be_written(world: World):
    episode = world.declare()
    [row] = AT(episode.site_id)
    row.comment = "from a prepared question"
    row.save()
    assert Diversion.objects.get(pk=episode.pk).comment == "from a prepared question"


def test_a_value_of_another_kind_is_refused_before_anything_is_asked(world: World):
    for values in [(7,), (None,), (["saint-luc"],), (), ("saint-luc", "saint-luc")]:
        with pytest.raises(TypeError, match="it takes"):
            AT(*values)


def test_a_value_that_looks_like_a_mark_is_a_value(world: World):
    assert AT("\N{SYMBOL FOR NULL}0") == []


def test_rows_are_locked_within_a_transaction_only(real_world: World):
    with transaction.atomic():
        assert LOCKED("nowhere") == []
    with pytest.raises(TransactionManagementError):
        LOCKED("nowhere")


@pytest.mark.django_db
def test_what_a_connection_is_asked_a_third_time_it_parses_and_plans_no_more():
    for nth in range(3):
        AT(f"site-{nth}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [statement for (statement,) in cursor]
    assert sum('FROM "diversion_diversion"' in one and '"site_id" = $' in one for one in kept) >= 1
