"""Ending logins: rows go, and the sockets opened with them are closed. A session that is gone never comes back.

Not part of the picture, so nothing of it is in the log by itself; a command that ends sessions tells why in its own
event.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from diversion import doorbell
from diversion.identity import digest
from diversion.models import LoginSession


def end_sessions(user_ids: Iterable[int], before: datetime) -> int:
    """End what these people have open since before this moment (UTC); how many sessions that were.

    A session that does not say when it began is taken for an old one. May be called inside a change: the rows go with
    its commit, and the sockets follow it.
    """
    old = Q(login_at=None) | Q(login_at__lt=before)
    return _end(LoginSession.objects.filter(old, user_id__in=list(user_ids)).values_list("pk", flat=True))


def end_session(*, user_id: int, name: str) -> bool:
    """End one of a person's own sessions, called by the name ``session_name`` gives it."""
    own = LoginSession.objects.filter(user_id=user_id).values_list("pk", flat=True)
    return _end(key for key in own if session_name(key) == name) > 0


def session_name(session_key: str) -> str:
    """A name that may be shown and sent: the key itself is the secret that opens the session."""
    return digest(session_key)[:16]


def _end(keys: Iterable[str]) -> int:
    ended, _ = LoginSession.objects.filter(pk__in=list(keys)).delete()
    if ended:
        # robust: a doorbell that fails costs the sockets half a minute, not the ending.
        transaction.on_commit(doorbell.ring_access, robust=True)
    return ended
