"""One closure, played from an hour before it to an hour and a half after: who was where, and who decided what when.

A discrete-event simulation on one clock (seconds after midnight). Every patient arrives once, at a site that admits
them or, where none does, where they were bound. Nothing here is random: chance was drawn with the calls.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import simpy

from diversion.planning.inbound import inbound_counts
from diversion.study.calls import Call, bound_for
from diversion.study.closures import Closure
from diversion.study.region import Region
from diversion.study.trip import Notice, Trip
from diversion.study.ways import Picture, Way, admits
from hospitals.gates import VITAL, Effective

Steps = Generator[simpy.Event, Any, None]

#: Before a closure the departments' loads are given time to become what they usually are; after it, time to be over.
BEFORE_S: Final = 3600.0
AFTER_S: Final = 5400.0


@dataclass(frozen=True, slots=True)
class Desk:
    """How fast people are, in seconds; all assumed. ``dispatchers`` share what is to be decided."""

    dispatchers: int = 3
    sees_s: float = 20.0
    decides_s: float = 25.0
    reviews_s: float = 15.0
    reviews_each_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Load:
    """What a site has coming from this second on."""

    at: float
    site_id: str
    inbound: int


class Incident:
    """After ``play()``: the trips with all that befell them, and what each site had coming when."""

    def __init__(self, region: Region, closure: Closure, at: float, way: Way, desk: Desk) -> None:
        self.region, self.closure, self.at, self.way, self.desk = region, closure, at, way, desk
        self.trips: dict[UUID, Trip] = {}
        self.loads: list[Load] = []
        self._env = simpy.Environment(initial_time=at - 2 * BEFORE_S)
        self._effective: dict[str, Effective] = {}
        self._places = region.places
        self._counted: Mapping[str, int] = {}
        self._answering = {place.site_id: simpy.Resource(self._env) for place in region.places}
        self._people = [simpy.Resource(self._env) for _ in range(desk.dispatchers)]

    def play(self, calls: Sequence[Call]) -> Incident:
        for call in calls:
            self._env.process(self._announced(call))
        self._env.process(self._told())
        self._env.run()
        return self

    # ---------------------------------------------------------------- the story

    def _told(self) -> Steps:
        for change in self.closure.changes:
            if change.at > AFTER_S:
                return
            yield self._until(self.at + change.at)
            self._effective = dict(change.effective)
            self._places = self.region.as_it_is(self._effective, ())
            live = [trip for trip in self.trips.values() if trip.under_way]
            affected = [trip for trip in live if not self._admitted(trip, trip.heading)]
            for trip in affected:
                trip.become_affected(self._env.now)
            for trip in live:
                if trip.at_door and self._admitted(trip, trip.bound):
                    trip.process.interrupt()
            self._env.process(self._decided(affected))

    def _admitted(self, trip: Trip, site_id: str) -> bool:
        """Whether the site takes them as things stand; or nobody does, and they were told to go on."""
        place = self._places[self.region.column(site_id)]
        return trip.kept or admits(place, trip.patient(self._env.now), trip.call.ways[0])

    # ---------------------------------------------------------------- the vehicles

    def _announced(self, call: Call) -> Steps:
        yield self._until(call.announced)
        process = self._env.process(self._driven(call))
        self.trips[call.id] = Trip(call, self.region, self._rule(call), process)
        self._tell(self.trips[call.id])

    def _rule(self, call: Call) -> str:
        """The rule by which destinations are named, the same in every way: what is closed is known at once."""
        usual = self._places[self.region.column(call.usual)]
        if usual is self.region.places[self.region.column(call.usual)]:
            return call.usual
        return bound_for(call.known.patient("", None), self._places, call.ways)

    def _driven(self, call: Call) -> Steps:
        yield self._until(call.leaves)
        trip = self.trips[call.id]
        while trip.under_way:
            try:
                yield self._env.timeout(trip.set_out(self._env.now).takes)
                yield from self._at_the_door(trip)
            except simpy.Interrupt:
                continue

    def _at_the_door(self, trip: Trip) -> Steps:
        """Let in, or waiting for an order: a crew does not choose another hospital by itself."""
        if not self._admitted(trip, trip.bound):
            trip.turned_away = trip.at_door = True
            yield self._env.event()
        trip.arrived = self._env.now
        self._count()

    # ---------------------------------------------------------------- the desk

    def _decided(self, affected: Sequence[Trip]) -> Steps:
        yield self._env.timeout(self.desk.sees_s)
        waiting = sorted((trip for trip in affected if trip.under_way), key=_most_urgent)
        chosen = self.way.together(self._picture(waiting)) if self.way.together and waiting else {}
        if chosen:
            self._env.process(self._all_together(self._people[0], chosen))
        queue = deque(trip for trip in waiting if trip.call.id not in chosen)
        # Who reviews the proposal comes last, and helps when that is done.
        for person in reversed(self._people):
            self._env.process(self._one_by_one(person, queue))

    def _one_by_one(self, person: simpy.Resource, queue: deque[Trip]) -> Steps:
        """Whoever is free takes the next, and decides on the picture there was when they began."""
        with person.request() as turn:
            yield turn
            while queue:
                trip = queue.popleft()
                picture = self._picture([trip])
                yield self._env.timeout(self.desk.decides_s)
                self._order(trip, self.way.alone(picture))

    def _all_together(self, person: simpy.Resource, chosen: Mapping[UUID, str]) -> Steps:
        """One person reads the proposal row by row, then sends it as it was made."""
        with person.request() as turn:
            yield turn
            yield self._env.timeout(self.desk.reviews_s + self.desk.reviews_each_s * len(chosen))
            for transport, site_id in chosen.items():
                self._order(self.trips[transport], site_id)

    def _picture(self, trips: Sequence[Trip]) -> Picture:
        now = self._env.now
        bound = [(trip.bound, trip.ordered) for trip in self.trips.values() if trip.under_way]
        return Picture(
            self.region.as_it_is(self._effective, bound),
            tuple(trip.patient(now) for trip in trips),
            tuple(trip.ways(now) for trip in trips),
            self.region.policy,
        )

    def _order(self, trip: Trip, site_id: str | None) -> None:
        if not trip.under_way:
            return
        trip.decided = self._env.now
        if site_id is None:
            trip.kept = True
            if trip.at_door:
                trip.process.interrupt()
            return
        trip.ordered = site_id
        self._count()
        self._env.process(self._acknowledged(trip, site_id))

    def _acknowledged(self, trip: Trip, site_id: str) -> Steps:
        """The crew has taken the order: only now the vehicle turns, and only now the department is told."""
        yield self._env.timeout(trip.call.crew_s)
        if not trip.under_way or trip.ordered != site_id:
            return
        for notice in trip.notices:
            notice.withdrawn = True
        trip.bound, trip.ordered = site_id, None
        self._tell(trip)
        if trip.leg is not None:
            trip.process.interrupt()

    # ---------------------------------------------------------------- the departments

    def _tell(self, trip: Trip) -> None:
        notice = Notice(trip.bound, self._env.now, after_redirect=bool(trip.notices))
        trip.notices.append(notice)
        self._env.process(self._answered(notice, trip.call.answers_s[int(notice.after_redirect)]))
        self._count()

    def _answered(self, notice: Notice, takes: float) -> Steps:
        """A department answers one notice at a time; a burst waits."""
        with self._answering[notice.site_id].request() as turn:
            yield turn
            if not notice.withdrawn:
                yield self._env.timeout(takes)
                notice.answered = self._env.now

    # ---------------------------------------------------------------- keeping count

    def loads_now(self) -> Mapping[str, int]:
        """What each site has coming, as it was last counted."""
        return self._counted

    def _count(self) -> None:
        now = inbound_counts((trip.bound, trip.ordered) for trip in self.trips.values() if trip.under_way)
        changed = {site for site in {*now, *self._counted} if now[site] != self._counted.get(site, 0)}
        self.loads.extend(Load(self._env.now, site, now[site]) for site in sorted(changed))
        self._counted = now

    def _until(self, moment: float) -> simpy.Timeout:
        return self._env.timeout(max(0.0, moment - self._env.now))


def _most_urgent(trip: Trip) -> tuple[bool, float]:
    """Vital patients first, then as they came."""
    return trip.call.known.drawn.urgency != VITAL, trip.call.announced
