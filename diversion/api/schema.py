"""How views describe themselves in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema

from diversion.api.errors import Problem


class Schema(AutoSchema):  # type: ignore[no-untyped-call]  # drf-spectacular is only partly typed
    """Adds to every operation that refusals are problem documents."""

    def _get_response_bodies(self, direction: str = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        component = self.resolve_serializer(Problem, "response")
        problem = {"content": {"application/problem+json": {"schema": component.ref}}, "description": "Refused"}
        return {**bodies, "4XX": problem}
