"""An incoming notice: one transport announced to one emergency department, which somebody must acknowledge."""

from __future__ import annotations

import uuid

from django.db import models

from diversion.models.transports import Transport
from diversion.states import NOTICE, NOTICE_OPEN
from hospitals.models import Region, Site, Versioned


class Notice(Versioned):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="notices")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="notices")
    transport = models.ForeignKey(Transport, on_delete=models.PROTECT, related_name="notices")
    redirected_from = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    redirected_to = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=[(s, s) for s in NOTICE])
    sent_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=120, null=True, blank=True)
    concern = models.TextField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    supervisor_at = models.DateTimeField(null=True, blank=True, help_text="When the second step was taken")

    class Meta:
        constraints = [
            # A patient is announced to one place at a time; the former place's notice is withdrawn first.
            models.UniqueConstraint(
                fields=["transport"], condition=models.Q(state__in=NOTICE_OPEN), name="notice_one_open_per_transport"
            ),
        ]
        indexes = [models.Index(fields=["state", "sent_at"], name="notice_state_sent")]
