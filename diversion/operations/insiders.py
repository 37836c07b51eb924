"""Who runs the machines: known by a token of the surroundings, or by an address inside; both work without a database.

An address counts only where nobody passed the request on: behind a proxy everybody has the proxy's, and what a header
says of whoever asked is theirs to write.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

#: A request with one of these was passed on.
PASSED_ON: Final = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "X-Forwarded-Proto", "X-Forwarded-Host", "Via")


def is_operator(request: HttpRequest) -> bool:
    """Whether the request carries OPERATIONS_TOKEN."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.OPERATIONS_TOKEN
    return bool(expected) and kind.lower() == "bearer" and constant_time_compare(token.strip(), expected)


def is_inside(request: HttpRequest) -> bool:
    """Whether it comes straight from one of OPERATIONS_NETWORKS."""
    if any(name in request.headers for name in PASSED_ON):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.OPERATIONS_NETWORKS)
