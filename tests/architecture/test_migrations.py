"""What `diversion/deploy/UPGRADE.md` asks of a migration: the version before goes on working while it is applied.

Those that were there when statements began to be kept on their connection were applied with everything stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

#: The last ones that nothing is asked of.
FORMER: Final = {"diversion": "0017_restores", "hospitals": "0004_journey_factors"}
RENAMES: Final = (migrations.RenameField, migrations.RenameModel, migrations.AlterModelTable)


def objection(app: str, operation: Operation, before: ProjectState) -> str | None:
    """Why the version before would fail beside this operation; None if it would not notice."""
    if isinstance(operation, RENAMES):
        return "a rename: what the version before asks for is gone"
    if isinstance(operation, migrations.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        return "an index that is not made CONCURRENTLY: nobody writes meanwhile"
    if isinstance(operation, migrations.AddField) and not _may_be_left_out(operation.field):
        return "a column the version before does not fill: let it be null, or give it a db_default"
    if isinstance(operation, migrations.AlterField):
        return _of_altered(app, operation, before)
    return None


def _may_be_left_out(field: Any) -> bool:
    return field.null or field.has_db_default() or field.many_to_many


def _of_altered(app: str, operation: migrations.AlterField, before: ProjectState) -> str | None:
    after = before.clone()
    operation.state_forwards(app, after)
    was, will = (_column(state, app, operation) for state in (before, after))
    return None if was == will else f"a column that becomes {will} and was {was}: statements kept for it fail"


def _column(state: ProjectState, app: str, operation: migrations.AlterField) -> Any:
    model = state.apps.get_model(app, operation.model_name)
    return model._meta.get_field(operation.name).db_parameters(connection)["type"]


def later() -> Iterator[tuple[str, str, Operation, ProjectState]]:
    """(app, migration, operation, the models before it), of every migration after the former ones, in their order."""
    loader = MigrationLoader(None)
    for app in FORMER:
        for key in [one for one in loader.graph.nodes if one[0] == app and one[1] > FORMER[app]]:
            state = loader.project_state([key], at_end=False)
            for operation in loader.get_migration(*key).operations:
                yield app, key[1], operation, state.clone()
                operation.state_forwards(app, state)


def test_the_version_before_goes_on_working_beside_every_migration():
    found = [(app, name, objection(app, operation, state)) for app, name, operation, state in later()]
    assert [one for one in found if one[2]] == []


def test_the_former_migrations_are_there():
    """Otherwise this page would look at none, or at all."""
    loader = MigrationLoader(None)
    assert set(FORMER.items()) <= set(loader.graph.nodes)


@pytest.fixture
def models_before() -> ProjectState:
    state = ProjectState()
    state.add_model(ModelState("diversion", "Bed", [("id", models.AutoField(primary_key=True)),
                                                    ("name", models.CharField(max_length=20))]))  # fmt: skip
    return state


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (migrations.RenameField("bed", "name", "title"), "a rename"),
        (migrations.RenameModel("bed", "Berth"), "a rename"),
        (migrations.AlterField("bed", "name", models.CharField(max_length=40)), "varchar(40) and was varchar(20)"),
        (migrations.AlterField("bed", "name", models.TextField()), "text and was varchar(20)"),
        (migrations.AddField("bed", "ward", models.TextField(default="")), "does not fill"),
        (migrations.AddIndex("bed", models.Index(fields=["name"], name="i")), "CONCURRENTLY"),
    ],
)
def test_what_would_stop_the_version_before_is_told(models_before: ProjectState, operation: Operation, why: str):
    assert why in (objection("diversion", operation, models_before) or "")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("bed", "ward", models.TextField(null=True)),
        migrations.AddField("bed", "ward", models.TextField(db_default="")),
        migrations.AlterField("bed", "name", models.CharField(max_length=20, help_text="as told")),
        AddIndexConcurrently("bed", models.Index(fields=["name"], name="i")),
        migrations.RemoveField("bed", "name"),
        migrations.CreateModel("Ward", [("id", models.AutoField(primary_key=True))]),
    ],
)
def test_what_it_would_not_notice_may_be_done(models_before: ProjectState, operation: Operation):
    assert objection("diversion", operation, models_before) is None
