"""Identity: which actor a login or a machine's key belongs to now. Says who somebody is, never what they may."""

from __future__ import annotations

import hashlib
from typing import Final

from django.contrib.auth.models import User
from django.utils import timezone

from diversion.actors import Actor
from diversion.models import ApiToken

#: What to tell somebody whom nobody knows, wherever they knock.
HOW_TO_BE_KNOWN: Final = "Send a valid token in the header 'Authorization: Bearer TOKEN', or log in."


def user_actor(user: User) -> Actor:
    return Actor("user", user.pk, user.get_full_name() or user.username)


def token_actor(secret: str | None) -> Actor | None:
    """The machine a bearer token belongs to; None if it is unknown, revoked or expired."""
    if not secret:
        return None
    token = ApiToken.objects.in_force(timezone.now()).filter(digest=digest(secret)).first()
    return Actor("token", token.pk, token.name) if token else None


def digest(secret: str) -> str:
    """What is kept of a token. A random 256-bit secret needs no slow hash: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
