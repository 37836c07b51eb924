"""The base of every API view: details are in English for logs and integrators; screens translate the codes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from rest_framework.request import Request
from rest_framework.views import APIView

from diversion.api import limits
from diversion.api.marking import HEADER, is_about_exercise


class ApiView(APIView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before anything is done: counted before it is known who asks, and after."""
        limits.count_address(request)
        super().initial(request, *args, **kwargs)
        if request.user is not None:
            limits.count_caller(request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override("en"):
            response = super().dispatch(request, *args, **kwargs)
        if is_about_exercise(request, kwargs):
            response[HEADER] = "true"
        return response
