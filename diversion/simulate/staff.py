"""The staff of the simulated emergency departments: screens that beat, eyes that see notices, hands that acknowledge.

Where a real screen is open, simulated staff steps back entirely, so that a person can play the department; it returns
only when no screen was seen there for a while. Times are real seconds.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from . import assumptions
from .picture import State

STAFFED = ("general", "belt", "paediatric_only")


@dataclass(frozen=True, slots=True)
class Desk:
    """One staffed site. A muted screen cannot sound: its staff sees notices late, but does see them."""

    site: str
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Beat:
    site: str
    sound_armed: bool

    @property
    def screen(self) -> str:
        return f"simulated-{self.site}"


@dataclass(frozen=True, slots=True)
class Response:
    notice: str
    what: str  # seen, acknowledge


@dataclass
class _Watch:
    sees_at: float
    acknowledges_at: float
    seen: bool = False
    acknowledged: bool = False


@dataclass
class Staff:
    desks: Mapping[str, Desk]
    seed: int
    _next_beat: dict[str, float] = field(default_factory=dict)
    _screen_seen: dict[str, float] = field(default_factory=dict)
    _watched: dict[str, _Watch] = field(default_factory=dict)

    def notice_screens(self, now: float, presence: Mapping[str, State]) -> None:
        """Our own screen counts as one while we work; anything beyond it is a real one.

        After stepping back our last beat still counts for a while; then only real screens do.
        """
        for site in self.desks:
            screens = int(presence[site]["screens"]) if site in presence else 0
            if screens > (1 if self.at_work(site) else 0):
                self._screen_seen[site] = now
            elif now - self._screen_seen.get(site, now) > assumptions.STAFF_RETURNS_S:
                del self._screen_seen[site]

    def at_work(self, site: str) -> bool:
        return site in self.desks and site not in self._screen_seen

    def beats(self, now: float) -> list[Beat]:
        """The first beats are spread, so that the screens of a region do not all beat together."""
        beats = []
        for index, desk in enumerate(self.desks.values()):
            if not self.at_work(desk.site):
                self._next_beat.pop(desk.site, None)
            elif now >= self._next_beat.get(desk.site, now):
                first = desk.site not in self._next_beat
                shift = index / len(self.desks) * assumptions.BEAT_S if first else 0.0
                self._next_beat[desk.site] = now + assumptions.BEAT_S - shift
                beats.append(Beat(desk.site, not desk.muted))
        return beats

    def responses(self, now: float, notices: Iterable[State]) -> list[Response]:
        open_ = {row["id"]: row for row in notices if row["state"] in ("sent", "seen") and self.at_work(row["site_id"])}
        self._watched = {key: watch for key, watch in self._watched.items() if key in open_}
        ready = []
        for key, row in open_.items():
            watch = self._watched.setdefault(key, self._watch(key, row, now))
            if not watch.seen and row["state"] == "sent" and now >= watch.sees_at:
                watch.seen = True
                ready.append(Response(key, "seen"))
            if not watch.acknowledged and now >= watch.acknowledges_at:
                watch.acknowledged = True
                ready.append(Response(key, "acknowledge"))
        return ready

    def try_again(self, response: Response) -> None:
        """It did not get through: the next look repeats it."""
        watch = self._watched.get(response.notice)
        if watch is not None and response.what == "seen":
            watch.seen = False
        elif watch is not None:
            watch.acknowledged = False

    def _watch(self, key: str, row: State, now: float) -> _Watch:
        rng = random.Random(f"{self.seed}:notice:{key}")
        sees, acknowledges = rng.uniform(*assumptions.STAFF_SEES_S), rng.uniform(*assumptions.STAFF_ACKNOWLEDGES_S)
        if self.desks[row["site_id"]].muted:  # nobody hears it: it is found by looking
            sees, acknowledges = sees + assumptions.MUTED_LATER_S, acknowledges + assumptions.MUTED_LATER_S
        return _Watch(now + sees, now + acknowledges)


def desks(sites: Iterable[State], human: frozenset[str], seed: int) -> dict[str, Desk]:
    """Which sites are staffed: every emergency department but those a person plays, one muted, one without a screen.

    The one without a screen is drawn among the departments around the Region, the muted one among those inside it.
    """
    places = {row["id"]: row["destination"] for row in sites if row["destination"] in STAFFED}
    rng = random.Random(f"{seed}:desks")
    belt = sorted(site for site, destination in places.items() if destination == "belt")
    town = sorted(site for site, destination in places.items() if destination == "general")
    absent = rng.choice(belt) if belt else None
    muted = rng.choice(town) if len(town) > 6 else None
    return {site: Desk(site, muted=site == muted) for site in sorted(places) if site not in human and site != absent}
