"""Channels: ways to reach people who are not looking at a screen, and what is to be delivered through them.

A channel's health travels in the feed; its address never leaves the database, and lies there sealed.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.db.models import Q

from diversion.models.log import Event
from hospitals.models import Region, Site, Versioned

MEDIA = ("email", "sms", "voice", "chat", "push", "webhook")
#: What a channel can be asked to carry.
SUBJECTS = (
    "declaration",
    "unseen_declaration",
    "unanswered_notice",
    "unconfirmed",
    "question",
    "mass_casualty",
    "channel_failing",
)
#: A delivery is about one of the subjects, or a trial of the channel itself.
TEST = "test"
#: What has been tried without success and will be tried again is "failed"; what will not be is "gave_up".
DELIVERY_STATES = ("queued", "failed", "sent", "gave_up", "not_needed")
DELIVERY_WAITING = ("queued", "failed")


class ChannelQuerySet(models.QuerySet["Channel"]):
    def active(self) -> ChannelQuerySet:
        return self.filter(active=True)

    def hearing(self, subject: str, region_id: str, sites: Collection[str]) -> ChannelQuerySet:
        """The region's own channels, and those of these sites, that carry a subject."""
        own = Q(site__isnull=True) | Q(site__in=sites)
        return self.active().filter(own, region_id=region_id, hears__contains=[subject]).order_by("pk")


class Channel(Versioned):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="channels")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="channels")
    name = models.CharField(max_length=80)
    medium = models.CharField(max_length=10, choices=[(m, m) for m in MEDIA])
    sealed = models.TextField(help_text="The address, with its credentials, encrypted (diversion.reaching.sealing)")
    ends = models.CharField(max_length=60, blank=True, help_text="What may be shown of the address: how it ends")
    hears = models.JSONField(default=list, help_text="[subject]")
    device = models.CharField(
        max_length=32,
        null=True,
        blank=True,
        help_text="Which browser it is, if any: a digest of its push address",
    )
    enrolled_by = models.JSONField(null=True, blank=True, help_text="{kind, id, name, role}: whose device it is")
    active = models.BooleanField(default=True)
    test_asked_at = models.DateTimeField(null=True, blank=True)
    last_test_at = models.DateTimeField(null=True, blank=True)
    last_test_ok = models.BooleanField(null=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=20, null=True, blank=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        constraints = [
            # People tell channels apart by their names alone: the address is never shown.
            models.UniqueConstraint(
                fields=["region", "name"], condition=Q(active=True), name="channel_name_once_per_region"
            ),
            # One message a browser, however often its user presses.
            models.UniqueConstraint(
                fields=["region", "site", "device"],
                condition=Q(active=True, device__isnull=False),
                nulls_distinct=False,
                name="channel_device_once_per_place",
            ),
            # A device is told only what its user may read: it has to be known who that is.
            models.CheckConstraint(
                condition=Q(device__isnull=True, enrolled_by__isnull=True)
                | Q(device__isnull=False, enrolled_by__isnull=False),
                name="channel_device_says_whose",
            ),
            # A channel that fails says why, or nobody can put it right.
            models.CheckConstraint(
                condition=Q(failing_since__isnull=True) | Q(last_error__isnull=False), name="channel_failing_says_why"
            ),
        ]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> DeliveryQuerySet:
        return self.filter(state__in=DELIVERY_WAITING)

    def due_before(self, moment: datetime) -> DeliveryQuerySet:
        """What should have been tried by then, oldest first."""
        return self.waiting().filter(next_at__lte=moment).order_by("next_at")


class Delivery(models.Model):
    """One message through one channel. The row is the order to deliver; the job in the queue only rings for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    #: The event that caused it, by identity: its number is not known before the region's head is locked.
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    hears = models.CharField(max_length=30, choices=[(s, s) for s in (*SUBJECTS, TEST)])
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=60)
    title = models.JSONField(help_text="{language: text}, fixed when it was written")
    body = models.JSONField(help_text="{language: text}")
    state = models.CharField(max_length=12, choices=[(s, s) for s in DELIVERY_STATES], default="queued")
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(help_text="When it is to be tried, or tried again if nothing is heard of this try")
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=20, null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            # "Sent" is what somebody may rely on: it needs its moment, and nothing else may claim one.
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="delivery_sent_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state__in=DELIVERY_WAITING), name="delivery_due"),
            models.Index(fields=["region", "-created_at"], name="delivery_recent"),
        ]
