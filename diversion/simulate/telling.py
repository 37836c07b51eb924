"""Telling a replay: each step's declarations are made by the hospital itself, with the site's own token.

Steps are told in order, and a step is finished before the next begins: a server that restarts in between delays the
story but loses none of it.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from .api import Api, Refused, Unreachable
from .options import Credentials
from .picture import Picture
from .replay import Action, Step
from .story import Story
from .voice import Voice

_AGAIN_S = 2.0


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

    async def clear(self) -> None:
        """Declarations that an earlier telling left running, of whichever replay, are lifted; other people's stay."""
        for site in self._tokens.sites:
            name = await self._own_name(site)
            for diversion in self._picture.all("diversion"):
                if diversion["site_id"] == site and name and diversion["declared_by"]["name"] == name:
                    body = {"comment": "Nouvelle relecture. / Nieuwe herspeling."}
                    path = f"/api/diversions/{diversion['id']}/lift"
                    await self._insist(site, path, body, f"clear:{diversion['id']}")
                    self._voice.say(f"Lifted what an earlier replay left at {site}.")

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
            answer = await self._insist(action.site, f"/api/sites/{action.site}/diversions", action.body, once)
            diversion = _declared(answer)
            if diversion is not None:
                self._episodes[action.name] = (action.site, diversion)
            return
        episode = self._episodes.get(action.name)
        if episode is None:
            self._voice.warn(f"episode:{action.name}", f"nothing to {action.verb}: {action.name} was never declared")
            return
        await self._insist(episode[0], f"/api/diversions/{episode[1]}/{action.verb}", action.body, once)

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

    async def _own_name(self, site: str) -> str | None:
        while True:
            try:
                me = await self._api.get("/api/me", self._tokens.sites[site])
            except Unreachable:
                await asyncio.sleep(_AGAIN_S)
            except Refused as error:
                self._voice.warn(f"me:{site}", f"{site}: {error}")
                return None
            else:
                return str(me.get("name") or "") or None


def _declared(answer: dict[str, Any] | None) -> str | None:
    for event in (answer or {}).get("events", ()):
        for change in event["changes"]:
            if change["kind"] == "diversion":
                return str(change["id"])
    return None
