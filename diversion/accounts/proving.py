"""Proving once more, in the middle of a session, that it is still its own person who sits there: with what they have.

Any one way will do. Whoever has to send an ambulance to a closed hospital because no other is open must not be held up
by a telephone in a locker; what is asked is that somebody who came upon an open desk cannot. A proof is its session's
alone, lasts settings.PROOF_LASTS_S, and opens nothing by itself: commands ask for it (access.require_proof).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import orjson
import structlog
from allauth.account.forms import ReauthenticateForm as PasswordProof
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import ReauthenticateForm as CodeProof
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm as PasskeyProof
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.contrib.auth.models import User
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from diversion.accounts.adapter import address_of, tell_failed
from diversion.accounts.limits import may_try
from diversion.commands.cards import use_card
from diversion.errors import DomainError
from diversion.identity import HOW_TO_BE_KNOWN, PROVEN_AT, proven_until, user_actor
from diversion.log import CommandKey
from diversion.models import SealedCard

log = structlog.get_logger(__name__)

#: allauth's code for a limit that has been reached.
_TOO_MANY: Final = "too_many_login_attempts"
#: Seconds. The shortest of the windows that may have been used up.
_WAIT: Final = 60

#: Whether what was said proves it: None if it does, else why not.
Judge = Callable[[HttpRequest, User, Any], str | None]


@never_cache
@sensitive_variables()
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """GET: until when this session is proven, and how its person can prove it. POST ``{way, proof}``: prove it."""
    user = request.user
    if not isinstance(user, User):
        return _problem(401, "logged_out", HOW_TO_BE_KNOWN)
    if request.method == "GET":
        return JsonResponse(_standing(request, user))
    way, proof = _said(request)
    if way not in ways_of(user):
        return _problem(422, "unknown_way", "Say {way, proof}, with one of the ways a GET lists.")
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        return _too_many()
    why = _JUDGES[way](request, user, proof)
    if why is None:
        request.session[PROVEN_AT] = timezone.now().isoformat()
        log.info("proven", user=user.pk, by=way, address=address_of(request))
        return JsonResponse({"proven_until": proven_until(request.session)})
    tell_failed(request, by=way)
    return _too_many() if why == _TOO_MANY else _problem(422, "not_proven", "This does not prove that it is you.")


def ways_of(user: User) -> list[str]:
    """How this person can prove that it is they, the quickest first."""
    enabled = get_adapter().is_mfa_enabled
    has = {
        "passkey": enabled(user, [Authenticator.Type.WEBAUTHN]),
        "code": enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]),
        "password": user.has_usable_password(),
        "card": _card(user) is not None,
    }
    return [way for way, there in has.items() if there]


def _standing(request: HttpRequest, user: User) -> dict[str, Any]:
    ways = ways_of(user)
    return {
        "username": user.username,
        "proven_until": proven_until(request.session),
        "lasts_s": settings.PROOF_LASTS_S,
        "ways": ways,
        # What the browser's own dialog is opened with; it is good for one answer in this session.
        "passkey": begin_authentication(user)["publicKey"] if "passkey" in ways else None,
    }


def _said(request: HttpRequest) -> tuple[str, Any]:
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return "", None
    said = body if isinstance(body, dict) else {}
    return str(said.get("way")), said.get("proof")


def _by_form(make: Callable[..., Form], field: str, done: Callable[[HttpRequest, Any], None]) -> Judge:
    """By one of allauth's own forms, with its own limits."""

    def judge(request: HttpRequest, user: User, proof: Any) -> str | None:
        form = make({field: proof if isinstance(proof, str) else orjson.dumps(proof).decode()}, user=user)
        if form.is_valid():
            done(request, form)
            return None
        codes = [error.code for errors in form.errors.as_data().values() for error in errors]
        return _TOO_MANY if _TOO_MANY in codes else "wrong"

    return judge


def _by_factor(request: HttpRequest, factor: Authenticator) -> None:
    post_authentication(request, factor, reauthenticated=True)


def _by_card(request: HttpRequest, user: User, proof: Any) -> str | None:
    """The next code of the sealed card: for somebody without a telephone, on the night the card is for."""
    card = _card(user)
    if not may_try(request, "card_person", user.username):
        return _TOO_MANY
    try:
        assert card is not None, "a way this person does not have"
        use_card(actor=user_actor(user), key=CommandKey.new(), card_id=card.pk, code=str(proof))
    except DomainError as error:
        return error.code
    # Not ``reauthenticated``: a card that was found changes no password and adds no passkey.
    record_authentication(request, user, method="card", card=card.serial)
    return None


def _card(user: User) -> SealedCard | None:
    held = SealedCard.objects.filter(user=user, revoked_at=None).first()
    return held if held is not None and held.left else None


_JUDGES: Final[dict[str, Judge]] = {
    "passkey": _by_form(
        PasskeyProof, "credential", lambda request, form: _by_factor(request, form.cleaned_data["credential"])
    ),
    "code": _by_form(CodeProof, "code", lambda request, form: _by_factor(request, form.authenticator)),
    "password": _by_form(PasswordProof, "password", lambda request, _form: reauthenticate_by_password(request)),
    "card": _by_card,
}


def _too_many() -> HttpResponse:
    answer = _problem(429, "too_many_requests", "Too many tries: wait a minute.")
    answer["Retry-After"] = str(_WAIT)
    return answer


def _problem(status: int, code: str, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")
