"""How views describe themselves in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema

from diversion.api.errors import Problem
from diversion.wire.frames import SOCKET_FRAME


class Schema(AutoSchema):
    """Adds to every operation that refusals are problem documents."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        component = self.resolve_serializer(Problem, "response")
        problem = {"content": {"application/problem+json": {"schema": component.ref}}, "description": "Refused"}
        return {**bodies, "4XX": problem}


class FeedSchema(Schema):
    """Also describes every frame of the sockets: no operation answers some of them, yet readers need their form."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        self.resolve_serializer(SOCKET_FRAME, "response")
        return super()._get_response_bodies(direction)
