"""Who did something, as it travels."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from diversion.actors import KINDS


class Author(serializers.Serializer[Any]):
    """Who did something, copied at that moment."""

    kind = serializers.ChoiceField(choices=KINDS)
    name = serializers.CharField()
    role = serializers.CharField(allow_null=True)
