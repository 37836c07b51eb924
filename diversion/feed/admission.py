"""Admission: who may read which audience's feed, asked when a socket opens and again while it stays open.

A socket outlives a login, a role and a token unless somebody looks: so it is looked at every 20 s, and at once
when a logout, a change of role or a deactivation rings. Whoever asks at the same time is answered together: after a
restart thousands of readers come within a second, and asking the database about each alone took 5 ms of processor
time a reader.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from diversion import access
from diversion.access import Standing
from diversion.actors import Actor
from diversion.errors import DomainError
from diversion.feed.threads import in_thread
from diversion.identity import HOW_TO_BE_KNOWN, session_actors, token_actors
from diversion.wire.audiences import Audience, audience_within

#: Readers admitted in one go. More would hold the interpreter, and with it the feed, for longer than a frame may wait.
TOGETHER: Final = 128
#: So many at once are a crowd: the next are gathered for a moment (seconds) before they are asked about. One reader
#: alone never waits; in a crowd each waits for the others anyhow.
CROWD: Final = 8
GATHER: Final = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader knocks with: a bearer token if there is one, else a session; and the audience it wishes for."""

    region_id: str
    session_key: str | None = None
    bearer: str | None = None
    wish: str | None = None

    @property
    def credential(self) -> str | None:
        """The key or session it shows, known or not; None for a reader who shows neither."""
        return self.bearer or self.session_key or None


@dataclass(frozen=True, slots=True)
class Admission:
    """Who reads, as which audience, and what they asked with, so that it can be asked again."""

    actor: Actor
    audience: Audience
    request: Request
    #: As the reader is told it.
    roles: tuple[tuple[str, str, str | None], ...]

    def you(self) -> dict[str, Any]:
        roles = [{"role": role, "region": region, "site": site} for role, region, site in self.roles]
        return {"name": self.actor.name, "roles": roles}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a socket is not opened: ``logged_out`` for nobody, ``denied`` for somebody without the right."""

    reason: str
    detail: str


def admit(requests: Sequence[Request]) -> list[Admission | Refused]:
    """The admission of each reader, in a number of questions that does not depend on how many there are."""
    actors = _actors(requests)
    standings = access.standings({actor for actor in actors if actor is not None})
    return [
        _judge(request, actor, standings[actor]) if actor else Refused("logged_out", HOW_TO_BE_KNOWN)
        for request, actor in zip(requests, actors, strict=True)
    ]


def lost(admission: Admission, now: Admission | Refused) -> str | None:
    """Why a reader who would now be answered like this may no longer read what it reads; None while it may."""
    if isinstance(now, Admission) and now.actor.key == admission.actor.key:
        return None if now.audience == admission.audience else "access_changed"
    # A person logs in again; a machine whose key is no longer good can only be given another.
    by_login = admission.request.bearer is None
    return "logged_out" if by_login and (isinstance(now, Admission) or now.reason == "logged_out") else "access_changed"


def _actors(requests: Sequence[Request]) -> list[Actor | None]:
    machines = token_actors({one.bearer for one in requests if one.bearer})
    people = session_actors({one.session_key for one in requests if one.session_key and not one.bearer})
    return [machines.get(one.bearer) if one.bearer else people.get(one.session_key or "") for one in requests]


def _judge(request: Request, actor: Actor, standing: Standing) -> Admission | Refused:
    try:
        audience = audience_within(standing, request.region_id, request.wish)
    except DomainError as error:
        return Refused("denied", error.detail)
    roles = tuple((held.role, held.region_id, held.site_id) for held in standing.memberships)
    return Admission(actor, audience, request, roles)


class Gate:
    """Collects who knocks while others are being answered, and answers them together. One event loop's."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Request, asyncio.Future[Admission | Refused]]] = []
        self._answering: asyncio.Task[None] | None = None

    async def admit(self, request: Request) -> Admission | Refused:
        """The admission of one reader. Raises what the database raises."""
        answer: asyncio.Future[Admission | Refused] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if self._answering is None:
            self._answering = asyncio.ensure_future(self._answer_all())
        return await answer

    async def _answer_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
                await self._answer(batch)
                if CROWD < len(batch) < TOGETHER:
                    await asyncio.sleep(GATHER)
        finally:
            self._answering = None

    async def _answer(self, batch: Sequence[tuple[Request, asyncio.Future[Admission | Refused]]]) -> None:
        try:
            answers = await in_thread(admit, [request for request, _ in batch])
        except Exception as error:  # noqa: BLE001  # whoever waits is told; the next may fare better
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), answer in zip(batch, answers, strict=True):
            # A reader may have gone while it waited.
            if not waiting.done():
                waiting.set_result(answer)
