"""What became of a command whose answer was lost: asked by its key, and only by whoever sent it. Changes nothing."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from diversion.api.commanding import Answer, actor_of, answer_of
from diversion.api.views import ApiView
from diversion.errors import NotFound
from diversion.log import recorded_under


class Receipt(ApiView):
    """The answer a command got; 404 if this key has carried nothing out."""

    @extend_schema(operation_id="receipt", summary="What a key has carried out", tags=["account"], responses=Answer)
    def get(self, request: Request, key: Any) -> Response:
        actor = actor_of(request)
        recorded = recorded_under(actor, key)
        if recorded is None:
            raise NotFound("receipt", key)
        return Response(answer_of(recorded, actor))
