"""Retelling the picture after an upgrade: rows whose representation has changed are told once, as they now read.

Without it a replayed log and the rows would differ in whatever an upgrade added, and readers who had resumed by
cursor would keep the old form until each row next changed.
"""

from __future__ import annotations

from typing import Any, Final

from diversion import access
from diversion.actors import Actor
from diversion.commands.rows import region, take
from diversion.kinds import EventKind
from diversion.log import CommandKey, Recorded, change
from diversion.verification import last_told
from diversion.wire.entities import ENTITIES, represent

#: Rows in one event: a frame of some hundred kilobytes is still one message.
AT_ONCE: Final = 100


def retell_picture(*, actor: Actor, key: CommandKey, region_id: str) -> Recorded:
    """Tell every live row that no longer reads as it was last told; nothing is recorded when all do."""
    with change(region_id, actor=actor, key=key) as log:
        log.role = access.require(actor, "registry.import", region(region_id))
        told = last_told(region_id)
        rows = [row for row in _live(region_id) if _reads_otherwise(row, told)]
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            log.add(EventKind.PICTURE_RETOLD, *some, fact={"rows": len(some)})
    return log.answer()


def _live(region_id: str) -> list[Any]:
    """Every live row, locked in the order of the entities, which is the order of locks."""
    return [
        take(entity.live_rows(region_id).order_by(), pk, entity.kind)
        for entity in ENTITIES
        for pk in entity.live_rows(region_id).order_by("pk").values_list("pk", flat=True)
    ]


def _reads_otherwise(row: Any, told: dict[tuple[str, str], dict[str, Any]]) -> bool:
    now = represent(row)
    return told.get((now["kind"], now["id"]), {}) != now
