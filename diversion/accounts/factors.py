"""The second factor: who may do without one is written here, and asked at each login.

A stolen password must not close a hospital or send ambulances past it: whoever can change the picture, or who may,
proves themselves twice. Those who only read or answer for one department's screen may do without: the screen hangs
on a wall, is used by whoever is on duty, and changes nothing but its own notices.
"""

from __future__ import annotations

from typing import Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

from diversion.models import Membership
from hospitals.models import Region

NEED_ONE: Final = frozenset({"coordinator", "dispatcher", "supervisor", "administrator"})
PROOFS: Final = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_factor(user: User) -> bool:
    return bool(get_adapter().is_mfa_enabled(user, PROOFS))


def needs_factor(user: User) -> bool:
    """Whether this person must have one. A simulated region's accounts need none: nothing there is real."""
    held = Membership.objects.filter(user=user, role__in=NEED_ONE, region__simulated=False)
    return held.exists() or (user.is_staff and Region.objects.filter(simulated=False).exists())


def is_due(user: User) -> bool:
    return needs_factor(user) and not has_factor(user)
