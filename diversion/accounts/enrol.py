"""The enrolment page: opened by the link alone, changed only by a press. A link previewer that fetches it uses nothing.

The secret is in the address, so the address must not travel: not in a referrer, not into a cache.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from diversion.accounts.adapter import log_in
from diversion.accounts.factors import has_factor
from diversion.accounts.forms import EnrolForm
from diversion.accounts.limits import ADDRESS_STAYS, limited
from diversion.accounts.words import refusal
from diversion.commands.invitations import accept_invitation
from diversion.errors import DomainError
from diversion.identity import digest, user_actor
from diversion.log import CommandKey
from diversion.models import Invitation


@sensitive_post_parameters()
@never_cache
@limited("enrol")
def enrol(request: HttpRequest, secret: str) -> HttpResponse:
    invitation = _invitation(secret)
    if invitation is None:
        return _page(request, 404, problem="unknown")
    standing = invitation.standing(timezone.now())
    if standing != "open" or not invitation.user.is_active:
        return _page(request, 410, invitation, problem=f"invitation_{standing}")
    form = EnrolForm(request.POST or None, user=invitation.user)
    if request.method != "POST" or not form.is_valid():
        return _page(request, 200, invitation, form=form)
    try:
        _accept(invitation.user, secret, form.cleaned_data["password1"])
    except DomainError as error:
        return _page(request, 410, invitation, problem=error.code)
    return _welcome(request, invitation.user)


def _invitation(secret: str) -> Invitation | None:
    return Invitation.objects.select_related("user", "region").filter(digest=digest(secret)).first()


def _accept(user: User, secret: str, password: str) -> None:
    accept_invitation(actor=user_actor(user), key=CommandKey.new(), secret=secret, password=password)


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    """Logged in, and on to the second factor. One who has one proves it instead: the link replaced a password."""
    user.refresh_from_db()
    if request.user.is_authenticated:
        get_adapter(request).logout(request)
    if has_factor(user):
        return redirect("account_login")
    # The password was chosen this very moment: it is not asked again before a factor may be added.
    return log_in(request, user, method="password", reauthenticated=True) or redirect("mfa_index")


def _page(
    request: HttpRequest, status: int, invitation: Invitation | None = None, *, problem: str = "", **more: Any
) -> HttpResponse:
    by = invitation.made_by if invitation else {}
    who = gettext("the administrator") if by.get("kind") == "system" else by.get("name")
    context = {"invitation": invitation, "who": who, "problem": problem, "why": refusal(problem), **more}
    answer = render(request, "accounts/enrol.html", context, status=status)
    answer["Referrer-Policy"] = ADDRESS_STAYS
    return answer
