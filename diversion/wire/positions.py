"""A position on the wire: a short list instead of an object, since 150 of them travel every second.

``[vehicle_id, lat, lon, at, heading|null, speed_mps|null]``; degrees, UTC, degrees from north, metres per second.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID


class Seen(Protocol):
    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...
    @property
    def at(self) -> datetime: ...
    @property
    def heading(self) -> float | None: ...
    @property
    def speed_mps(self) -> float | None: ...


def as_position(vehicle_id: UUID, seen: Seen) -> list[Any]:
    return [str(vehicle_id), seen.lat, seen.lon, instant(seen.at), seen.heading, seen.speed_mps]


def instant(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and ``Z``: the only form of a time on the wire."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
