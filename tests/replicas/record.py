"""Records one fixed history as a trace for the screens' replica: ``python -m tests.replicas.record``.

The trace holds, for each audience, the snapshot a reader joined with, the frames it then got, and the rows a fresh
snapshot has in the end. Times and identities are made by counting, so that recording again gives the same file and a
change of the wire shows as a difference.
"""

from __future__ import annotations

import itertools
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

TRACE = Path(__file__).resolve().parents[2] / "frontend" / "src" / "state" / "traces" / "spine.json"
BEGIN = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
#: Seconds between two steps of the history.
STEP = 7


def record() -> str:
    """The trace as text. The database must be that of a test run: it is emptied."""
    import time_machine

    from diversion.wire.audiences import Audience
    from tests.emptying import counting_anew, empty_tables
    from tests.replicas.histories import OPENING, perform
    from tests.replicas.replica import since, snapshot
    from tests.replicas.script import SCRIPT
    from tests.world import REGION, build

    audiences = [Audience(REGION), Audience(REGION, frozenset({"saint-pierre"})), _two_sites(REGION)]
    empty_tables()
    with counting_anew(), counted_identities(), time_machine.travel(BEGIN, tick=False) as clock:
        world = build()
        for step in OPENING:
            clock.shift(timedelta(seconds=STEP))
            assert perform(world, step), step
        joined = {audience: snapshot(audience) for audience in audiences}
        frames: dict[Any, list[dict[str, Any]]] = {audience: [] for audience in audiences}
        for step in SCRIPT:
            clock.shift(timedelta(seconds=STEP))
            assert perform(world, step), step
            for audience in audiences:
                last = frames[audience][-1] if frames[audience] else joined[audience]
                frame = since(audience, last["cursor"])
                assert frame is not None
                frames[audience].append(frame)
        readers = [
            {
                "audience": audience.name,
                "snapshot": _sorted(joined[audience]),
                "frames": frames[audience],
                "fresh": _sorted(snapshot(audience)),
            }
            for audience in audiences
        ]
    return '{"readers": [\n' + ",\n".join(_laid_out(reader) for reader in readers) + "\n]}\n"


def _laid_out(reader: dict[str, Any]) -> str:
    """A line for each frame: short enough to look at, and a difference names its frame."""
    frames = ",\n  ".join(_compact(frame) for frame in reader["frames"])
    return (
        f'{{"audience": {_compact(reader["audience"])},\n "snapshot": {_compact(reader["snapshot"])},\n'
        f' "frames": [\n  {frames}\n ],\n "fresh": {_compact(reader["fresh"])}}}'
    )


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _two_sites(region: str) -> Any:
    from diversion.wire.audiences import Audience

    return Audience(region, frozenset({"saint-jean", "saint-luc"}))


def _sorted(frame: dict[str, Any]) -> dict[str, Any]:
    """Rows of a snapshot have no order of their own; a file must have one."""
    return {**frame, "entities": sorted(frame["entities"], key=lambda one: (one["kind"], one["id"]))}


@contextmanager
def counted_identities() -> Iterator[None]:
    """New rows get 00000000-…-1, -2, … instead of random identities."""
    from django.apps import apps

    numbers = itertools.count(1)
    fields = [
        field
        for model in apps.get_app_config("diversion").get_models()
        for field in model._meta.local_fields
        if getattr(field, "default", None) is uuid.uuid4
    ]
    for field in fields:
        _give_default(field, lambda: uuid.UUID(int=next(numbers)))
    try:
        yield
    finally:
        for field in fields:
            _give_default(field, uuid.uuid4)


def _give_default(field: Any, default: Any) -> None:
    field.default = default
    # Django works the default out once and keeps it.
    field.__dict__.pop("_get_default", None)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    databases = setup_databases(verbosity=0, interactive=False)
    try:
        TRACE.parent.mkdir(parents=True, exist_ok=True)
        TRACE.write_text(record(), encoding="utf-8")
    finally:
        teardown_databases(databases, verbosity=0)
    print(f"{TRACE.relative_to(Path.cwd())}: {TRACE.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
