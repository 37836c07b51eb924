"""Leaving: the session ends, its sockets close, and the browser forgets the pages it kept for this person."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LogoutView
from django.http import HttpResponse

from diversion import doorbell


class Logout(LogoutView):
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(*args, **kwargs)
        doorbell.ring_access()
        return response
