"""Closures as the replays tell them: which gates hold at which site, from which moment on. Nothing is added to a story.

A story is laid over a day so that its first restriction falls on a given second. What restricts nobody who comes by
ambulance leaves nobody affected, and is studied as exactly that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from diversion.simulate.replay import Action, Replay
from hospitals import gates
from hospitals.gates import Effective, Said

#: Gates of a site that takes nobody who comes by vehicle.
SHUT: Mapping[str, str] = {gates.AMBULANCES: "closed", gates.SMUR_DESTINATION: "closed"}


@dataclass(frozen=True, slots=True)
class Change:
    """From ``at`` on (seconds after the first restriction) these gates hold at these sites."""

    at: float
    effective: Mapping[str, Effective]


@dataclass(frozen=True, slots=True)
class Closure:
    """What happens at sites, in order."""

    changes: tuple[Change, ...]

    @property
    def sites(self) -> frozenset[str]:
        """Where somebody may be refused."""
        return frozenset(
            site for change in self.changes for site, now in change.effective.items() if refuses_somebody(now)
        )


def refuses_somebody(now: Effective) -> bool:
    """Whether a vehicle may be refused at all: by a gate, or for what the patient needs."""
    values = (now.value(gate) for gate in (gates.AMBULANCES, gates.SMUR_DESTINATION))
    return bool(now.closed_capabilities) or any(value != "open" for value in values)


@dataclass
class _Episode:
    site: str
    said: Said
    over: bool = False

    def amended(self, body: Mapping[str, Any]) -> None:
        """What an amendment does not mention stays as it was said."""
        self.said = replace(
            self.said,
            state=body.get("state", self.said.state),
            gates={**self.said.gates, **body.get("gates", {})},
            closed_capabilities=tuple(body.get("closed_capabilities", self.said.closed_capabilities)),
            accepts=frozenset(body.get("accepts", self.said.accepts)),
        )


@dataclass
class _Told:
    """A story while it is read: its episodes by name."""

    episodes: dict[str, _Episode] = field(default_factory=dict)

    def act(self, action: Action) -> None:
        if action.site is not None:
            self.episodes[action.name] = _Episode(action.site, Said(action.name, "active", {}))
        episode = self.episodes[action.name]
        episode.amended(action.body)
        if action.verb == "lift" or (action.verb == "reopen" and action.body.get("extent") == "full"):
            # Dispatch's acknowledgement of a reopening is taken as given at once.
            episode.over = True

    def now(self) -> dict[str, Effective]:
        sites = {episode.site for episode in self.episodes.values()}
        running = [episode for episode in self.episodes.values() if not episode.over]
        return {site: gates.effective(one.said for one in running if one.site == site) for site in sorted(sites)}


def of_replay(replay: Replay) -> Closure:
    """The story of a replay, counted from the first step that refuses anybody; from its first where none does."""
    told = _Told()
    moments = list(_moments(replay, told))
    first = next((at for at, now in moments if any(map(refuses_somebody, now.values()))), moments[0][0])
    return Closure(tuple(Change(at - first, now) for at, now in moments if at >= first))


def _moments(replay: Replay, told: _Told) -> Iterator[tuple[float, dict[str, Effective]]]:
    for step in replay.steps:
        for action in step.actions:
            told.act(action)
        yield (step.at - replay.start).total_seconds(), told.now()


def shut(sites: frozenset[str]) -> Closure:
    """These sites take nobody who comes by vehicle, all from the same second on."""
    return Closure((Change(0.0, {site: gates.effective([Said("shut", "active", SHUT)]) for site in sorted(sites)}),))
