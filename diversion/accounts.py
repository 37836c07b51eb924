"""Accounts are made by an administrator: nobody signs up for a dispatch centre."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LogoutView
from django.http import HttpRequest, HttpResponseBase

from diversion import doorbell


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class Logout(LogoutView):  # type: ignore[misc]  # allauth ships no types
    """Logging out also closes the sockets this session holds open, at once."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        doorbell.ring_access()
        return response
