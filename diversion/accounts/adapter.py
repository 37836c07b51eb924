"""Accounts are made by an administrator: nobody signs up for a dispatch centre. Every login passes through here.

What a session must know is written in ``login``, the one method all ways in end in: password, passkey, enrolment
and sealed card alike.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Final

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from diversion.accounts.factors import is_due
from diversion.identity import FACTOR_DUE, LOGIN_AT

log = structlog.get_logger(__name__)

#: In a session: the browser as it called itself at login, shown to its owner in the list of sessions.
BROWSER: Final = "browser"
#: A header may be of any length; this much tells browsers apart.
BROWSER_LENGTH: Final = 200


class ClosedAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        request.session[LOGIN_AT] = timezone.now().isoformat()
        request.session[BROWSER] = request.headers.get("User-Agent", "")[:BROWSER_LENGTH]
        if is_due(user):
            request.session[FACTOR_DUE] = True
        log.info("logged_in", user=user.pk, address=address_of(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        tell_failed(request, by="password")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """None: no mail is assumed to work when a hospital's systems fail, and no address is kept."""


class FactorAdapter(DefaultMFAAdapter):
    """Second factors as this product names and keeps them."""

    def get_totp_issuer(self) -> str:
        return gettext("Ambulance diversion")

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  # allauth's own name for it
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Device %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": gettext("Ambulance diversion coordinator")}

    def encrypt(self, text: str) -> str:
        """TOTP secrets and recovery seeds are kept encrypted: a copy of the database logs nobody in."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken for what another SECRET_KEY encrypted: see README.md, changing the key."""
        return _box().decrypt(encrypted_text.encode()).decode()


def address_of(request: HttpRequest) -> str | None:
    """Where a request comes from; None through a socket file."""
    try:
        return str(ClosedAdapter(request).get_client_ip(request))
    except PermissionDenied:
        return None


def tell_failed(request: HttpRequest, *, by: str) -> None:
    """For whoever watches the lines. Without what was typed: a password often stands in the field above it."""
    log.warning("login_failed", by=by, address=address_of(request))


def log_in(request: HttpRequest, user: User, *, method: str, **record: Any) -> HttpResponse | None:
    """A whole login by a proof of our own. An answer to give instead, if the account may not log in."""
    adapter = ClosedAdapter(request)
    refusal = adapter.pre_login(
        request, user, email_verification="none", signal_kwargs=None, email=None, signup=False, redirect_url=None
    )
    if refusal is not None:
        return refusal
    record_authentication(request, user, method=method, **record)
    adapter.login(request, user)
    return None


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    # SECRET_KEY is random and long; a plain digest bound to this purpose is a key of the right size.
    return hashlib.sha256(b"diversion.accounts.factors" + key.encode()).digest()
