"""Telling a replay: each step's declarations are made by the hospital itself, with the site's own token.

Steps are told in order, and a step is finished before the next begins: a server that restarts in between delays the
story but loses none of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from .api import Api, Refused, Unreachable
from .options import Credentials
from .picture import Picture
from .replay import Action, Step
from .story import Story
from .voice import Voice

_AGAIN_S = 2.0
#: Where each verb knocks.
DOORS: Final = {"amend": "amend", "reopen": "reopening", "lift": "lift"}


class Telling:
    def __init__(self, api: Api, story: Story, tokens: Credentials, picture: Picture, run: str, voice: Voice) -> None:
        self._api = api
        self._story = story
        self._tokens = tokens
        self._picture = picture
        self._run = run
        self._voice = voice
        self._episodes: dict[str, tuple[str, str]] = {}  # name in the replay -> site, diversion

    def missing_tokens(self) -> list[str]:
        return [site for site in self._story.replay.sites if site not in self._tokens.sites]

    async def run(self) -> None:
        while not self._story.over:
            for index, step in self._story.due(time.time()):
                await self._tell(index, step)
            await asyncio.sleep(0.2)
        self._voice.say(f"End of the replay {self._story.replay.id}; the city goes on.")

    async def _tell(self, index: int, step: Step) -> None:
        self._voice.say(f"[{step.at:%Y-%m-%d %H:%M}, {step.precision}] {step.what['en']}")
        for number, action in enumerate(step.actions):
            await self._act(action, f"{self._run}:{index}:{number}")

    async def _act(self, action: Action, once: str) -> None:
        if action.verb == "declare" and action.site is not None:
            body = in_real_time(action.body, self._story.real)
            answer = await self._insist(action.site, f"/api/sites/{action.site}/diversions", body, once)
            diversion = _declared(answer)
            if diversion is not None:
                self._episodes[action.name] = (action.site, diversion)
            return
        episode = self._episodes.get(action.name)
        if episode is None:
            self._voice.warn(f"episode:{action.name}", f"nothing to {action.verb}: {action.name} was never declared")
            return
        body = in_real_time(action.body, self._story.real)
        await self._insist(episode[0], f"/api/diversions/{episode[1]}/{DOORS[action.verb]}", body, once)

    async def _insist(self, site: str, path: str, body: Any, once: str) -> dict[str, Any] | None:
        """Until the server answers; the same key makes the retries harmless."""
        while True:
            try:
                return await self._api.command(path, self._tokens.sites[site], body, once=once)
            except Unreachable as error:
                self._voice.warn("story", f"the story waits: {error}")
                await asyncio.sleep(_AGAIN_S)
            except Refused as error:
                self._voice.warn(f"story:{once}", f"{site}: {error}")
                return None


def _declared(answer: dict[str, Any] | None) -> str | None:
    for event in (answer or {}).get("events", ()):
        for change in event["changes"]:
            if change["kind"] == "diversion":
                return str(change["id"])
    return None


def in_real_time(body: Mapping[str, Any], real: Callable[[str], str]) -> dict[str, Any]:
    """Times in a file are local times of the story; what is said must be in the time of whoever reads it."""
    said = dict(body)
    if said.get("expected_end"):
        said["expected_end"] = real(said["expected_end"])
    services = said.get("services", {})
    for code, one in services.items():
        if one.get("expected_at"):
            services = {**services, code: {**one, "expected_at": real(one["expected_at"])}}
    return {**said, **({"services": services} if services else {})}
