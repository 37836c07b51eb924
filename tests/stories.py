"""A replay told step by step through the product's own doors, as its sites would tell it.

How a site is heard, by which token and at which time, is the teller's business: the tests of the bulletins tell under
a moved clock, those in the browser at the real time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from diversion.actors import SYSTEM, Actor
from diversion.commands import diversions, members, reopening
from diversion.log import CommandKey
from diversion.models import Diversion
from diversion.simulate.replay import Action, Replay
from diversion.simulate.telling import DOORS, in_real_time

#: Says something with a site's token at an address, and gives back what was answered.
Say = Callable[[str, str, Mapping[str, Any]], dict[str, Any]]


@dataclass
class Story:
    """``real`` turns a local time of the story into the moment at which it is told."""

    replay: Replay
    say: Say
    real: Callable[[str], str]
    episodes: dict[str, str] = field(default_factory=dict)

    def tell(self, index: int) -> None:
        for action in self.replay.steps[index].actions:
            self._act(action)

    def _act(self, action: Action) -> None:
        body = in_real_time(action.body, self.real)
        if action.site is not None:
            answer = self.say(action.site, f"/api/sites/{action.site}/diversions", body)
            self.episodes[action.name] = answer["events"][0]["fact"]["diversion"]
            return
        episode = self.episodes[action.name]
        site = Diversion.objects.get(pk=episode).site_id
        self.say(site, f"/api/diversions/{episode}/{DOORS[action.verb]}", body)


def site_headers(replay: Replay) -> Callable[[str], dict[str, str]]:
    """Headers with which each site of the story says something for the first time."""
    tokens = {site: _token(replay.region, site) for site in replay.sites}
    return lambda site: {"Authorization": f"Bearer {tokens[site]}", "Idempotency-Key": str(uuid.uuid4())}


def _token(region: str, site: str) -> str:
    _, secret = members.issue_token(
        actor=SYSTEM,
        key=CommandKey.new(),
        region_id=region,
        site_id=site,
        name=f"Hospital {site}",
        scopes=["diversions:write"],
    )
    return secret


def dispatch_looks(dispatcher: Actor) -> None:
    """What is new is marked seen, and who asks to reopen is let."""
    for one in Diversion.objects.running():
        if one.seen_at is None:
            diversions.see_diversion(actor=dispatcher, key=CommandKey.new(), diversion_id=one.pk)
        if one.reopening is not None:
            reopening.acknowledge_reopening(actor=dispatcher, key=CommandKey.new(), diversion_id=one.pk)
