"""How often somebody may try. Windows are minutes, so that nobody locks a department's shared desk out for long.

Counted per address, and per person tried from it. The numbers are in settings.ACCOUNT_RATE_LIMITS; allauth counts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

#: Referrer policy of pages whose address, or content, is nobody else's: of the address only the host is ever told.
#: Not ``no-referrer``: with it a browser calls its own form's origin "null", which the CSRF check must refuse.
ADDRESS_STAYS: Final = "strict-origin"

View = Callable[..., HttpResponse]


def limited(action: str) -> Callable[[View], View]:
    """A view whose POSTs count per address."""

    def around(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *given: Any, **more: Any) -> HttpResponse:
            if not ratelimit.consume(request, action=action):
                refused: HttpResponse = ratelimit.respond_429(request)
                return refused
            return view(request, *given, **more)

        return answer

    return around


def may_try(request: HttpRequest, action: str, person: str) -> bool:
    """Count one try on this person from this address; False when there have been too many."""
    address = get_adapter(request).get_client_ip(request)
    return bool(ratelimit.consume(request, action=action, key=f"{person.strip().lower()} {address}"))
