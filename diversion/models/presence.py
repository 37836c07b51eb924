"""Presence: whether anybody could hear us at a site. Beats are signals; only a change of state is an event."""

from __future__ import annotations

from django.db import models

from hospitals.models import Region, Site, Versioned

PRESENCE_STATES = ("never", "live", "muted", "silent")
BEAT_KINDS = ("screen", "page")


class SitePresence(Versioned):
    """The state dispatch sees before sending anybody: live, muted, silent, or never heard of."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, primary_key=True, related_name="presence")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="presences")
    state = models.CharField(max_length=10, choices=[(s, s) for s in PRESENCE_STATES], default="never")
    since = models.DateTimeField(null=True)
    screens = models.PositiveIntegerField(default=0)
    sound_armed = models.BooleanField(default=False)
    #: Coordinators' pages that are open: somebody can be reached, but no patient would be heard announced.
    pages = models.PositiveIntegerField(default=0)


class ScreenBeat(models.Model):
    """The last beat of one screen. Latest wins; never logged."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="beats")
    screen = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=[(k, k) for k in BEAT_KINDS], default="screen")
    at = models.DateTimeField(db_index=True)
    visible = models.BooleanField()
    sound_armed = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "screen"], name="beat_once_per_screen")]


class ClockBeat(models.Model):
    """The clock's own heartbeat, told in every tick: a dead clock escalates nothing."""

    name = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField()
