"""Identity: which actor a login or a machine's key belongs to now. Says who somebody is, never what they may."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare

from diversion import moment
from diversion.actors import Actor
from diversion.models import ApiToken, LoginSession
from diversion.prepared import Prepared

#: In a session: when its person logged in, as ISO 8601 in UTC. Written at every login, by the account adapter alone.
LOGIN_AT: Final = "login_at"
#: In a session: when its person last proved, in the middle of it, that it is still they. ISO 8601 in UTC.
PROVEN_AT: Final = "proven_at"
#: In a session: its person must set up a second factor before anything else opens. See accounts/factors.py.
FACTOR_DUE: Final = "second_factor_due"
#: As Django makes them.
_SESSION_KEY: Final = re.compile(r"[0-9a-z]{8,40}")

_TOKEN: Final = Prepared(lambda now, told: ApiToken.objects.in_force(now).filter(digest=told), datetime, str)

#: What to tell somebody whom nobody knows, wherever they knock.
HOW_TO_BE_KNOWN: Final = "Send a valid token in the header 'Authorization: Bearer TOKEN', or log in."


def user_actor(user: User, *, proven: bool = False) -> Actor:
    return Actor("user", user.pk, user.get_full_name() or user.username, proven)


def token_actor(secret: str | None) -> Actor | None:
    """The machine a bearer token belongs to; None if it is unknown, revoked or expired."""
    token = _TOKEN.one(moment.now(), digest(secret)) if secret else None
    return _machine(token) if token is not None else None


def token_actors(secrets: Collection[str]) -> dict[str, Actor]:
    """The machines of those secrets that are tokens in force."""
    of = {digest(secret): secret for secret in secrets}
    found = ApiToken.objects.in_force(moment.now()).filter(digest__in=of)
    return {of[token.digest]: _machine(token) for token in found}


def _machine(token: ApiToken) -> Actor:
    return Actor("token", token.pk, token.name)


def session_actor(key: str | None) -> Actor | None:
    """The active person a session belongs to now; None once it has ended, or its password has changed.

    Nor is it anybody's while its second factor is still to be set up.
    """
    return session_actors([key]).get(key) if key else None


def is_session_key(text: str) -> bool:
    """Whether this can be the name of a session at all. A cookie may hold what no database column can.

    Readers are admitted together: one such question refused by the database would refuse them all.
    """
    return _SESSION_KEY.fullmatch(text) is not None


def session_actors(keys: Collection[str]) -> dict[str, Actor]:
    """The people of those sessions that are somebody's now; two questions however many there are."""
    possible = [key for key in keys if is_session_key(key)]
    rows = LoginSession.objects.filter(session_key__in=possible, expire_date__gt=moment.now())
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    sessions = {key: store.decode(data) for key, data in rows.values_list("session_key", "session_data")}
    people = User.objects.in_bulk([session[SESSION_KEY] for session in sessions.values() if session.get(SESSION_KEY)])
    found = {key: _whose(session, people) for key, session in sessions.items()}
    return {key: user_actor(user) for key, user in found.items() if user is not None}


def _whose(session: Mapping[str, Any], people: Mapping[int, User]) -> User | None:
    user = people.get(int(session.get(SESSION_KEY) or 0))
    if user is None or not user.is_active or session.get(FACTOR_DUE):
        return None
    same = constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return user if same else None


def logged_in_at(session: Mapping[str, Any]) -> datetime | None:
    """When a session's person logged in (UTC); None if it does not say, which must be taken for long ago."""
    return _moment(session.get(LOGIN_AT))


def proven_until(session: Mapping[str, Any]) -> datetime | None:
    """Until when (UTC) a session's person counts as having just proved that it is they; None if they never did.

    A login is a proof. It does not last longer for being used: a desk that its person left must not stay open for
    the gravest acts.
    """
    proofs = [_moment(session.get(name)) for name in (LOGIN_AT, PROVEN_AT)]
    latest = max((at for at in proofs if at is not None), default=None)
    return latest and latest + timedelta(seconds=settings.PROOF_LASTS_S)


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def digest(secret: str) -> str:
    """What is kept of a token. A random 256-bit secret needs no slow hash: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
