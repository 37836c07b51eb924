"""A browser of somebody who has just logged in, without typing anything: its session holds what a real login leaves."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from diversion.identity import LOGIN_AT


def log_in(client: Client, user: User) -> Client:
    """As ``ClosedAdapter.login`` records it: a session that does not say since when counts as one from long ago."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[LOGIN_AT] = timezone.now().isoformat()
    session.save()
    return client
