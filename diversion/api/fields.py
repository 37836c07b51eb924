"""The fields of forms: what is not listed is refused, what cannot be meant too, each with its remedy."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, Final

from rest_framework import serializers

#: Items in one batch: a region with ten times Brussels' vehicles still fits.
BATCH_LIMIT: Final = 1000


class Strict(serializers.Serializer[Any]):
    """Fields that are not listed are refused: a misspelt one must not be one left out."""

    # Of the whole: what is wrong with a field is told by the field.
    default_error_messages = {
        "invalid": "Expected a JSON object, but got {datatype}.",
        "null": "Expected a JSON object, but got null.",
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(map(str, data)) - set(self.fields))
            if unknown:
                known = ", ".join(self.fields)
                raise serializers.ValidationError({unknown[0]: [f"Unknown field; known are: {known}."]}, "unknown")
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """Free text of bounded length; PostgreSQL cannot store NUL and nobody means to send it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=kwargs.pop("max_length", 2000), **kwargs)


class Finite(serializers.FloatField):
    """A number that is one: "NaN" passes every comparison, and so every bound."""

    def to_internal_value(self, data: Any) -> float:
        value: float = super().to_internal_value(data)
        if not math.isfinite(value):
            raise serializers.ValidationError("A finite number is required.", "invalid")
        return value


class Moment(serializers.DateTimeField):
    """A moment. Without an offset it would be read as ours, which is the sender's only by luck."""

    def __init__(self, **kwargs: Any) -> None:
        # Said here, because the field would otherwise ask for the current time zone with each moment it reads.
        super().__init__(default_timezone=UTC, **kwargs)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise serializers.ValidationError("Say the offset, as in 2026-03-11T04:09:00Z or …+01:00.", "naive")
        return super().enforce_timezone(value)


class Codes(serializers.ListField):
    """Codes, each once: one said twice is the same thing said."""

    child = serializers.CharField(max_length=40)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        return list(dict.fromkeys(super().to_internal_value(data)))


class Versioned(Strict):
    """A command about a row as the caller knows it."""

    version = serializers.IntegerField(min_value=0, required=False, allow_null=True)


class Empty(Strict):
    """A command that needs nothing but its address."""


class ReasonForm(Strict):
    reason = Text()
