"""The form of a channel: its health and what it carries. Its address is no part of it, nor anything that could give it
away."""

from __future__ import annotations

from rest_framework import serializers

from diversion.models import Channel
from diversion.models.channels import MEDIA, SUBJECTS
from diversion.wire.choices import Choice
from diversion.wire.moments import Instant


class ChannelState(serializers.Serializer[Channel]):
    id = serializers.UUIDField()
    site_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    medium = serializers.ChoiceField(choices=MEDIA)
    ends = serializers.CharField(help_text="How its address ends")
    device = serializers.CharField(
        allow_null=True,
        help_text="A browser that was enrolled here: the first 32 hex digits of its push address's SHA-256",
    )
    hears = serializers.ListField(child=Choice(choices=SUBJECTS))
    test_asked_at = Instant(allow_null=True)
    last_test_at = Instant(allow_null=True)
    last_test_ok = serializers.BooleanField(allow_null=True)
    failing_since = Instant(allow_null=True)
    last_error = serializers.CharField(
        allow_null=True, help_text="refused (and the gateway's status), unreachable, unreadable, worker_silent, failed"
    )
