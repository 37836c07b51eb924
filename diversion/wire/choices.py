"""A value out of a closed list, refused with the list: whoever sends another one learns which there are."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Choice(serializers.ChoiceField):
    """DRF's choice with the remedy in its refusal."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError:
            known = ", ".join(map(str, self.choices))
            raise serializers.ValidationError(f'"{data}" is none of: {known}.', "invalid_choice") from None
