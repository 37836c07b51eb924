"""What is measured: the same figures from every incident, whichever way it was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from diversion.planning.plan import WEIGHTS
from diversion.study.incident import Incident, Load
from diversion.study.trip import Trip

#: What is coming is watched for so long after a closure, in seconds.
WATCHED_S: Final = 3600.0
#: A notice that nobody has answered by then becomes the dispatcher's problem (the policy's ``escalate_after_s``).
LATE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One incident. ``delays_s`` and ``weights`` by affected patient; ``unanswered_s`` by notice after a redirect."""

    delays_s: tuple[float, ...]
    weights: tuple[int, ...]
    turned_away: int
    unanswered_s: tuple[float, ...]
    peak: int
    beyond: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a seed, from its incidents; None where there was nothing to measure. Less is better in all."""

    code: str
    title: str
    unit: str
    digits: int
    of: Callable[[Sequence[Outcome]], float | None]


def outcome(incident: Incident) -> Outcome:
    trips = [trip for trip in incident.trips.values() if trip.affected is not None]
    watched = list(_watched(incident))
    limit = incident.region.policy.inbound_limit
    return Outcome(
        delays_s=tuple(trip.arrived - trip.foreseen for trip in trips if trip.arrived is not None),
        weights=tuple(WEIGHTS[trip.call.known.drawn.urgency] for trip in trips),
        turned_away=sum(trip.turned_away for trip in trips),
        unanswered_s=tuple(_unanswered(trips)),
        peak=max((load.inbound for load in watched), default=0),
        beyond=len({load.site_id for load in watched if limit is not None and load.inbound > limit}),
    )


def _watched(incident: Incident) -> Iterable[Load]:
    """What receiving sites had coming in the hour after; what was coming before counts as it then stood."""
    shut = incident.closure.sites
    last: dict[str, Load] = {}
    for load in incident.loads:
        if load.site_id not in shut and load.at < incident.at:
            last[load.site_id] = load
        elif load.site_id not in shut and load.at <= incident.at + WATCHED_S:
            yield load
    yield from last.values()


def _unanswered(trips: Iterable[Trip]) -> Iterable[float]:
    for trip in trips:
        for notice in trip.notices:
            if notice.after_redirect and notice.answered is not None:
                yield notice.answered - notice.sent


def _all_delays(outcomes: Sequence[Outcome]) -> list[float]:
    return [delay / 60 for one in outcomes for delay in one.delays_s]


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _weighted(outcomes: Sequence[Outcome]) -> float | None:
    weights = [weight for one in outcomes for weight in one.weights]
    return float(np.average(_all_delays(outcomes), weights=weights)) if weights else None


def _turned_away(outcomes: Sequence[Outcome]) -> float | None:
    affected = sum(len(one.delays_s) for one in outcomes)
    return 100 * sum(one.turned_away for one in outcomes) / affected if affected else None


def _late(outcomes: Sequence[Outcome]) -> float | None:
    return _mean([100.0 * (seconds > LATE_S) for one in outcomes for seconds in one.unanswered_s])


MEASURES: Final = (
    Measure("delay", "delay, mean", "min", 2, lambda found: _mean(_all_delays(found))),
    Measure("weighted", "delay, weighted by urgency", "min", 2, _weighted),
    Measure("worst", "worst delay", "min", 1, lambda found: max(_all_delays(found), default=None)),
    Measure("door", "driven to a closed door", "%", 1, _turned_away),
    Measure("peak", "most bound for one department", "patients", 2, lambda found: _mean([one.peak for one in found])),
    Measure("beyond", "departments beyond the limit", "a closure", 2, lambda f: _mean([one.beyond for one in f])),
    Measure("notice", "notice unanswered", "s", 1, lambda f: _mean([s for one in f for s in one.unanswered_s])),
    Measure("late", "notices unanswered after a minute", "%", 1, _late),
)
