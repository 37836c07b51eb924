"""The account page: who one is here, in plain words, and everything one can be recognised by. Only one's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from diversion import access
from diversion.accounts.adapter import BROWSER
from diversion.accounts.sessions import SessionStore
from diversion.accounts.words import ROLE_MEANS, ROLE_NAMES
from diversion.commands.sessions import end_session, session_name
from diversion.identity import user_actor
from diversion.models import LoginSession, Membership, SealedCard


@login_required
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    user = request.user
    held = _memberships(user)
    context = {
        "roles": [_role(one) for one in held],
        "administers": [one.region for one in held if one.role == "administrator"],
        "zone": held[0].region.timezone if held else "Europe/Brussels",
        "factors": _factors(user),
        "cards": SealedCard.objects.filter(user=user, revoked_at=None),
        "sessions": _sessions(user, request.session.session_key),
    }
    return render(request, "accounts/me.html", context)


@login_required
@require_POST
def end(request: HttpRequest, name: str) -> HttpResponse:
    """End one of one's own sessions; this one too, which is logging out."""
    assert isinstance(request.user, User)
    end_session(user_id=request.user.pk, name=name)
    return redirect("me")


def _memberships(user: User) -> list[Membership]:
    return access.memberships(user_actor(user))


def _role(one: Membership) -> dict[str, Any]:
    return {"name": ROLE_NAMES[one.role], "means": ROLE_MEANS[one.role], "site": one.site, "region": one.region}


def _factors(user: User) -> dict[str, Any]:
    found = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    recovery = next((one for one in found if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "passkeys": [one for one in found if one.type == Authenticator.Type.WEBAUTHN],
        "totp": next((one for one in found if one.type == Authenticator.Type.TOTP), None),
        "recovery_left": len(recovery.wrap().get_unused_codes()) if recovery else None,
    }


def _sessions(user: User, current: str | None) -> list[dict[str, Any]]:
    """The newest first. A session that began before anybody wrote down when stands last."""
    open_now = LoginSession.objects.filter(user=user, expire_date__gt=timezone.now())
    told = [
        {
            "name": session_name(one.session_key),
            "login_at": one.login_at,
            "browser": SessionStore().decode(one.session_data).get(BROWSER, ""),
            "current": one.session_key == current,
        }
        for one in open_now
    ]
    return sorted(told, key=lambda one: one["login_at"] or datetime.min.replace(tzinfo=UTC), reverse=True)
