"""Versions that are not written yet: the product in a folder, and what the next three do to its schema.

As ``diversion/deploy/UPGRADE.md`` asks: the second widens what the first can live with, the third no longer uses it,
the fourth takes it away.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.server import ROOT

FIELD: Final = """    via = models.CharField(max_length=20, null=True)
"""
BEFORE_FIELD: Final = """help_text="Hash of the request the key was first used for")
"""
WRITES: Final = ("""defaults={"fingerprint":""", """defaults={"via": "next", "fingerprint":""")

HEAD: Final = """from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("diversion", "{before}")]
"""
#: Nullable, so that a process of the version before may leave it out.
WIDEN: Final = """    operations = [
        migrations.AddField("commandreceipt", "via", models.CharField(max_length=20, null=True)),
        migrations.CreateModel("Later", [("id", models.BigAutoField(primary_key=True)), ("said", models.TextField())]),
    ]
"""
INDEX: Final = """    atomic = False
    operations = [
        AddIndexConcurrently("commandreceipt", models.Index(fields=["via"], name="receipt_by_way")),
    ]
"""
#: The rows stay as they are: processes of the version before still write the column.
FORGET: Final = """    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("commandreceipt", "receipt_by_way"),
                migrations.RemoveField("commandreceipt", "via"),
                migrations.DeleteModel("Later"),
            ]
        )
    ]
"""
NARROW: Final = """    operations = [
        migrations.RunSQL("ALTER TABLE diversion_commandreceipt DROP COLUMN via"),
        migrations.RunSQL("DROP TABLE diversion_later"),
    ]
"""


def lay_out(folder: Path) -> Path:
    """The product as it is now, in a folder that may be changed."""
    for name in ("diversion", "hospitals"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", folder)
    return folder


def widen(folder: Path) -> None:
    """The second version: a column, a table and an index more, and the column is written."""
    _change(folder / "diversion/models/log.py", BEFORE_FIELD, BEFORE_FIELD + FIELD)
    _change(folder / "diversion/log.py", *WRITES)
    _migrate(folder, "widen", WIDEN)
    _migrate(folder, "index", INDEX)


def forget(folder: Path) -> None:
    """The third: nothing uses them any more; they are still there."""
    _change(folder / "diversion/models/log.py", FIELD, "")
    _change(folder / "diversion/log.py", *reversed(WRITES))
    _migrate(folder, "forget", FORGET)


def narrow(folder: Path) -> None:
    """The fourth: they are gone."""
    _migrate(folder, "narrow", NARROW)


#: In their order.
NEXT: Final[tuple[Callable[[Path], None], ...]] = (widen, forget, narrow)


def _migrate(folder: Path, name: str, operations: str) -> None:
    there = folder / "diversion/migrations"
    last = max(one.stem for one in there.glob("[0-9]*.py"))
    new = f"{int(last[:4]) + 1:04}_{name}"
    (there / f"{new}.py").write_text(HEAD.format(before=last) + operations)


def _change(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert text.count(before) == 1, f"{file.name} has changed: {before!r} is there {text.count(before)} times"
    file.write_text(text.replace(before, after))
