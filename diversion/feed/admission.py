"""Admission: who may read which audience's feed, asked when a socket opens and again while it stays open.

A socket outlives a login, a role and a token unless somebody looks: so it is looked at every 30 s, and at once
when a logout, a change of role or a deactivation rings.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare

from diversion import access
from diversion.actors import Actor
from diversion.errors import DomainError
from diversion.identity import FACTOR_DUE, HOW_TO_BE_KNOWN, token_actor, user_actor
from diversion.wire.audiences import Audience, audience_of


@dataclass(frozen=True, slots=True)
class Admission:
    """Who reads, as which audience, on what grounds (a session or a token), and what they asked for."""

    actor: Actor
    audience: Audience
    session_key: str | None
    wish: str | None

    def you(self) -> dict[str, Any]:
        roles = [
            {"role": held.role, "region": held.region_id, "site": held.site_id}
            for held in access.memberships(self.actor)
        ]
        return {"name": self.actor.name, "roles": roles}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a socket is not opened: ``logged_out`` for nobody, ``denied`` for somebody without the right."""

    reason: str
    detail: str


def admit(*, region_id: str, session_key: str | None, bearer: str | None, wish: str | None) -> Admission | Refused:
    """The admission of a reader by token if there is one, else by session."""
    actor = token_actor(bearer) if bearer else actor_of_session(session_key)
    if actor is None:
        return Refused("logged_out", HOW_TO_BE_KNOWN)
    try:
        audience = audience_of(actor, region_id, wish)
    except DomainError as error:
        return Refused("denied", error.detail)
    return Admission(actor, audience, None if bearer else session_key, wish)


def lost(admission: Admission) -> str | None:
    """Why a reader may no longer read what it reads; None while it may."""
    if admission.session_key is not None and actor_of_session(admission.session_key) != admission.actor:
        return "logged_out"
    try:
        audience = audience_of(admission.actor, admission.audience.region_id, admission.wish)
    except DomainError:
        return "access_changed"
    return None if audience == admission.audience else "access_changed"


def actor_of_session(session_key: str | None) -> Actor | None:
    """The active person a session belongs to now; None once it has ended, or its password has changed.

    Nor is it anybody's while its second factor is still to be set up.
    """
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key).load()
    if session.get(FACTOR_DUE):
        return None
    user = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first() if session else None
    if user is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    return user_actor(user)
