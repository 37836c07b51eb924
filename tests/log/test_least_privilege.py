"""With the role of least_privilege.sql the product works as ever, and cannot touch what it has recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection

from diversion.commands import members
from diversion.log import CommandKey
from diversion.models import Event
from diversion.verification import verify
from tests.log.test_tampering import recorded
from tests.world import REGION, World

__all__ = ["recorded"]
SQL = Path(settings.BASE_DIR) / "diversion" / "least_privilege.sql"


@pytest.fixture
def least(recorded: int) -> Iterator[None]:
    """The product's connection acts as that role, as if DATABASE_URL named a member of it."""
    entry = settings.DATABASES["default"]
    where = {"host": entry["HOST"], "port": entry["PORT"] or None, "dbname": entry["NAME"]}
    with psycopg.connect(**where, user="postgres", autocommit=True) as owner:
        for _ in range(2):  # safe to repeat
            owner.execute(SQL.read_text())
        owner.execute("GRANT diversion_app TO diversion")
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE diversion_app")
        yield
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        owner.execute("DROP OWNED BY diversion_app")
        owner.execute("DROP ROLE diversion_app")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE diversion_event SET fact = '{}'",
        "DELETE FROM diversion_event",
        "TRUNCATE diversion_event CASCADE",
        "DELETE FROM diversion_bulletin",
        "UPDATE diversion_basis SET question = '{}'",
        "DELETE FROM diversion_stream",
        "ALTER TABLE diversion_event DISABLE TRIGGER USER",
        "ALTER TABLE diversion_event DROP COLUMN hash",
        "DROP TABLE diversion_event CASCADE",
        "SET session_replication_role = replica",
        "DELETE FROM django_migrations",
    ],
)
def test_the_application_cannot_change_remove_or_empty_what_is_recorded(least: None, statement: str):
    before = Event.objects.count()
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == before


def test_the_product_works_as_ever_in_that_role(least: None, real_world: World):
    order = real_world.order(real_world.transport("b2"), "saint-jean")
    real_world.crew_answers(order)
    real_world.declare("saint-jean", actor=real_world.dina)
    members.issue_token(
        actor=real_world.ada, key=CommandKey.new(), region_id=REGION, name="one more", scopes=["feed:read"]
    )
    assert verify(REGION) == []
