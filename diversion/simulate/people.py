"""Crews and emergency-department staff acting on the live picture through the interface, each act exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from .api import Api, Refused, Unreachable
from .crews import Answer, Crews
from .dispatch import Dispatch
from .offering import Offer, Offers
from .options import Credentials
from .picture import Picture
from .staff import Beat, Response, Staff
from .voice import Voice

#: A refused or lost act is looked at again after this long (real seconds).
_AGAIN_S = 3.0


class People:
    def __init__(self, api: Api, tokens: Credentials, crews: Crews, staff: Staff, offers: Offers, voice: Voice) -> None:
        self._api = api
        self._tokens = tokens
        self._crews = crews
        self._staff = staff
        self._offers = offers
        self._may_offer = True
        self._voice = voice

    async def tick(self, now: float, picture: Picture, dispatch: Dispatch) -> None:
        self._staff.notice_screens(now, {row["id"]: row for row in picture.all("presence")})
        acts: list[Awaitable[None]] = []
        acts += [self._answer(answer, now) for answer in self._crews.answers(now, dispatch.ordered())]
        acts += [self._beat(beat) for beat in self._staff.beats(now)]
        acts += [self._respond(response) for response in self._staff.responses(now, picture.all("notice"))]
        acts += [self._offer(offer, now) for offer in self._offered(now, picture)]
        await asyncio.gather(*acts)

    async def _answer(self, answer: Answer, now: float) -> None:
        path = f"/api/redirects/{answer.redirect}/acknowledge"
        body = {"channel": "cad", "by": answer.call_sign}
        try:
            await self._api.command(path, self._tokens.cad, body, once=f"crew:{answer.redirect}")
        except Unreachable:
            self._crews.try_again(answer.redirect, now + _AGAIN_S)
        except Refused as error:
            # Taken back or answered by radio in the same second: the feed will tell.
            self._voice.warn(f"crew:{error.code}", f"{answer.call_sign} could not acknowledge: {error}")

    async def _beat(self, beat: Beat) -> None:
        body = {"screen": beat.screen, "visible": True, "sound_armed": beat.sound_armed}
        try:
            await self._api.signal(f"/api/sites/{beat.site}/beat", self._tokens.staff, body)
        except Unreachable:
            return  # the next beat comes by itself; the feed and the outbox already tell of a dead server
        except Refused as error:
            self._voice.warn(f"beat:{error.code}", f"screen at {beat.site}: {error}")

    async def _respond(self, response: Response) -> None:
        path = f"/api/notices/{response.notice}/{response.what}"
        try:
            await self._api.command(path, self._tokens.staff, {}, once=f"staff:{response.what}:{response.notice}")
        except Unreachable:
            self._staff.try_again(response)
        except Refused as error:
            self._voice.warn(f"staff:{error.code}", f"notice at a simulated department: {error}")

    def _offered(self, now: float, picture: Picture) -> list[Offer]:
        if not self._may_offer:
            return []
        sites = {row["id"]: row for row in picture.all("site")}
        return self._offers.ready(now, picture.all("mass_casualty"), sites)

    async def _offer(self, offer: Offer, now: float) -> None:
        asked = offer.question
        path = f"/api/mass-casualties/{asked.casualty}/offer"
        body = {"site": asked.site, "numbers": dict(offer.numbers)}
        once = f"offer:{asked.casualty}:{asked.site}:{asked.asked_at}"
        try:
            await self._api.command(path, self._tokens.staff, body, once=once)
        except Unreachable:
            self._offers.try_again(offer, now + _AGAIN_S)
        except Refused as error:
            self._refused_offer(error)

    def _refused_offer(self, error: Refused) -> None:
        """A token that may not answer for departments will not be let to a minute later: that is told once."""
        if error.code != "denied":
            self._voice.warn(f"offer:{error.code}", f"what a simulated department can take: {error}")
        elif self._may_offer:
            self._may_offer = False
            self._voice.say("This token may not say what departments can take: answer for them on the console.")
