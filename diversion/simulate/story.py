"""A replay's timeline laid over real time: which steps are due, and what time it is in the story.

The story begins a quarter of an hour (of story time) before its first step. When it is over, the city goes on by the
real time of day.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from .replay import Replay, Step

LEAD_S = 15 * 60.0


class Story:
    def __init__(self, replay: Replay, *, speed: float, begins: float) -> None:
        self.replay = replay
        self._speed = speed
        self._begins = begins
        self._opening = replay.start.timestamp() - LEAD_S
        self._next = 0

    @property
    def over(self) -> bool:
        return self._next >= len(self.replay.steps)

    def told_at(self, index: int) -> float:
        """The real time of a step."""
        return self._begins + (self.replay.steps[index].at.timestamp() - self._opening) / self._speed

    def due(self, now: float) -> list[tuple[int, Step]]:
        """Each step once, in order."""
        ready = []
        while not self.over and now >= self.told_at(self._next):
            ready.append((self._next, self.replay.steps[self._next]))
            self._next += 1
        return ready

    def real(self, local: str) -> str:
        """A local time of the story as the real moment at which the story gets there, in UTC."""
        told = datetime.fromisoformat(local).replace(tzinfo=self.replay.start.tzinfo)
        at = self._begins + (told.timestamp() - self._opening) / self._speed
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")

    def local(self, now: float) -> datetime:
        zone = self.replay.start.tzinfo
        if now > self.told_at(len(self.replay.steps) - 1) + LEAD_S / self._speed:
            return datetime.fromtimestamp(now, zone)
        return datetime.fromtimestamp(self._opening + (now - self._begins) * self._speed, zone)

    def hour(self, now: float) -> float:
        return hour_of_day(self.local(now))


def hour_of_day(at: datetime) -> float:
    return at.hour + at.minute / 60 + at.second / 3600


def real_hour(zone: str, now: float) -> float:
    return hour_of_day(datetime.fromtimestamp(now, ZoneInfo(zone)))
