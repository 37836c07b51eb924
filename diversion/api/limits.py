"""How many requests a caller may send: more than any desk or dispatch system needs, less than a loop gone wild sends.

Counted in windows of ten seconds, so that nobody is held up longer than that: per caller, commands apart from
reads, since a page that reads in a loop must not stop its own commands; and per address, before anybody is known, so
that guessing costs us no question to the database. What is refused has done nothing: the screens say NOT SENT.

Counts are shared by Valkey. While it is away each process counts by itself (diversion.accounts.cache): the limits then
hold once per process, and nobody is locked out.
"""

from __future__ import annotations

import time
from typing import Any, Final

import structlog
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS

log = structlog.get_logger(__name__)

#: Seconds. Also the longest that somebody is told to wait.
WINDOW: Final = 10
#: Desks of a centre, or screens of a hospital, behind one address, each with its own share.
PEOPLE_AT_AN_ADDRESS: Final = 10


class TooManyRequests(APIException):
    status_code = 429
    default_code = "too_many_requests"

    def __init__(self, wait: float) -> None:
        #: What the header Retry-After says (whole seconds).
        self.wait = max(1, round(wait + 0.5))
        super().__init__(f"Too many requests: nothing was done. Send this again in {self.wait} s.")


def count_address(request: HttpRequest) -> None:
    """Raises TooManyRequests. Without an address, as through a socket file, only callers are counted."""
    try:
        address = get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return
    _count(f"address:{address}", settings.RATE_LIMIT * PEOPLE_AT_AN_ADDRESS)


def count_caller(request: Any) -> None:
    """Raises TooManyRequests. To be asked once it is known who is calling."""
    what = "reads" if request.method in SAFE_METHODS else "commands"
    _count(f"{what}:{request.user.actor.key}", settings.RATE_LIMIT)


def _count(whose: str, limit: int) -> None:
    window, elapsed = divmod(time.time(), WINDOW)
    counted = cache.count(f"rate:{int(window)}:{whose}", WINDOW)  # type: ignore[attr-defined]  # CountingCache
    if counted == limit + 1:
        log.warning("too_many_requests", whose=whose, limit=limit, within_s=WINDOW)
    if counted > limit:
        raise TooManyRequests(WINDOW - elapsed)
