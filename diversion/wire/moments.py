"""A moment as a field of a row that travels."""

from __future__ import annotations

from datetime import datetime

from rest_framework import serializers

from diversion.wire.positions import instant


class Instant(serializers.DateTimeField):
    """A time in the one form that times have on the wire."""

    def to_representation(self, value: datetime) -> str:
        return instant(value)
