"""Accounts are made by an administrator: nobody signs up for a dispatch centre."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LogoutView
from django.http import HttpRequest, HttpResponse

from diversion import doorbell


class ClosedAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class Logout(LogoutView):
    """Logging out also closes the sockets this session holds open, at once."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(*args, **kwargs)
        doorbell.ring_access()
        return response
