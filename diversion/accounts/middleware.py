"""A second factor first: a login that still lacks one opens the pages where it is made, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect

from diversion.accounts.factors import is_due
from diversion.identity import FACTOR_DUE

#: Open meanwhile: making a factor, logging out, changing the language, what a page is drawn with.
OPEN: Final = ("/accounts/", "/i18n/", "/static/", "/health/", "/sw.js", "/app.webmanifest")

Answering = Callable[[HttpRequest], HttpResponseBase]


def second_factor_first(get_response: Answering) -> Answering:
    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.session.get(FACTOR_DUE) or request.path.startswith(OPEN) or not _still_due(request):
            return get_response(request)
        if request.path.startswith("/api/"):
            return _problem()
        return redirect("mfa_index")

    return answer


def _still_due(request: HttpRequest) -> bool:
    user = request.user
    if isinstance(user, User) and is_due(user):
        return True
    del request.session[FACTOR_DUE]
    return False


def _problem() -> HttpResponse:
    detail = "This login must first set up a second factor, under /accounts/2fa/."
    body = {"type": "about:blank", "title": "second factor due", "status": 401, "code": "second_factor_due"}
    return JsonResponse({**body, "detail": detail}, status=401, content_type="application/problem+json")
