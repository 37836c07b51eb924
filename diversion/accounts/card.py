"""The door for a sealed card: user name and next code are a whole login, without a phone and without a password.

Whether the name, the card or the code was wrong is not told apart, and takes the same work.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from diversion.accounts.adapter import log_in, tell_failed
from diversion.accounts.forms import CardForm
from diversion.accounts.limits import limited, may_try
from diversion.accounts.words import refusal
from diversion.commands.cards import use_card
from diversion.errors import DomainError
from diversion.identity import FACTOR_DUE, user_actor
from diversion.log import CommandKey
from diversion.models import SealedCard
from diversion.sealed import CODES, place_of

#: Compared with where there is no card, so that an answer takes as long: no digest equals it.
NO_CARD: Final = ["-" * 64] * CODES


@sensitive_post_parameters()
@never_cache
@limited("card")
def card_login(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = _refused(request, form.cleaned_data["username"], form.cleaned_data["code"])
        if code is None:
            return redirect(_next(request))
        tell_failed(request, by="card")
        form.add_error(None, refusal(code))
    status = 403 if form.non_field_errors() else 200
    return render(request, "accounts/card_login.html", {"form": form, "next": _next(request, "")}, status=status)


def _refused(request: HttpRequest, username: str, code: str) -> str | None:
    """Log in, or why not."""
    if not may_try(request, "card_person", username):
        return "too_many"
    card = _card(username)
    if card is None:
        place_of("", NO_CARD, code)
        return "card_code_wrong"
    try:
        use_card(actor=user_actor(card.user), key=CommandKey.new(), card_id=card.pk, code=code)
    except DomainError as error:
        return "card_code_wrong" if error.code == "denied" else error.code
    if log_in(request, card.user, method="card", card=card.serial) is not None:
        return "card_code_wrong"
    # The card stands in for the second factor: nobody sets one up in the middle of the night it is for.
    request.session.pop(FACTOR_DUE, None)
    return None


def _card(username: str) -> SealedCard | None:
    """The person's card: the one in force, or the last one, whose holder may be told that it has ended."""
    own = SealedCard.objects.select_related("user").filter(user__username__iexact=username.strip())
    return own.order_by("-made_at").first()


def _next(request: HttpRequest, otherwise: str = settings.LOGIN_REDIRECT_URL) -> str:
    """Where the person was going, if that is one of our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else otherwise
