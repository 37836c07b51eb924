"""Who is calling: a person with a session (and a CSRF token), or a machine with a bearer token. Never both."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from diversion.actors import Actor
from diversion.identity import proven_until, token_actor, user_actor


class Caller:
    """What DRF calls the user: somebody known, and nothing more. Rights are asked of ``diversion.access``."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, actor: Actor, user: User | None = None) -> None:
        self.actor = actor
        self.user = user
        self.pk = actor.key


class SessionAuthentication(authentication.SessionAuthentication):
    """Django's session with DRF's CSRF check, told as a Caller."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user: AbstractBaseUser | AnonymousUser = found[0]
        assert isinstance(user, User)
        until = proven_until(request.session)
        return Caller(user_actor(user, proven=until is not None and timezone.now() < until), user), None

    def authenticate_header(self, request: Request) -> str:
        # A 401 needs a challenge; without one DRF would answer 403 to somebody who only has to log in.
        return "Session"


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer …``"""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        actor = token_actor(secret.strip())
        if actor is None:
            raise AuthenticationFailed("This token is unknown, revoked or expired: ask an administrator for another.")
        return Caller(actor), secret

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped metaclass
    target_class = "diversion.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped metaclass
    target_class = "diversion.api.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
