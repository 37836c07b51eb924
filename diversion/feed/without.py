"""What the product does without just now, as far as dispatch should know: in every tick, and gone with its cause.

Each is a degraded state in which the picture stays right; ``operations/DEGRADED.md`` has what still works in each, and
what a screen says. What makes a picture wrong is not told here: then there is no tick at all.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from diversion.commands.channels import worker_is_silent
from diversion.models import Channel
from diversion.wire.frames import PARTS

#: A standby that streams, as the primary sees it.
_STANDBYS: Final = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' OR state IS NULL"


def lacking(region_id: str, *, broker: bool) -> list[str]:
    """In the order in which it is told. A worker is missed where a channel waits for one, a standby if promised.

    ``broker``: whether this process has one.
    """
    there = {
        "worker": not (worker_is_silent(timezone.now()) and _has_channels(region_id)),
        "broker": broker,
        "standby": not settings.STANDBYS or _standbys() >= settings.STANDBYS,
    }
    return [part for part in PARTS if not there[part]]


def _has_channels(region_id: str) -> bool:
    return Channel.objects.active().filter(region_id=region_id).exists()


def _standbys() -> int:
    """Streaming ones. Those that this role is not shown count as streaming: the doctor says that it cannot see them."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDBYS)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
