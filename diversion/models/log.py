"""The log: one gap-free, append-only sequence of events per region. It is the truth; all else is derived.

The number comes from the ``Stream`` row, taken under its lock as the last lock of a command, so numbers
follow commit order and none is ever missing. A database sequence would not do: a reader following one
missed 315 of 1,833 committed rows when it was measured.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from django.db import models
from django.db.models.fields.json import KT

from diversion.chain import NOTHING
from diversion.kinds import ROUTINE, EventKind
from hospitals.models import Region

if TYPE_CHECKING:
    from diversion.models.diversions import Diversion


class Stream(models.Model):
    """The head of a region's log."""

    region = models.OneToOneField(Region, on_delete=models.PROTECT, primary_key=True, related_name="stream")
    head = models.BigIntegerField(default=0)
    #: Identity of the head event: a restored database may reuse a number, never an identity.
    head_event = models.UUIDField(null=True)
    #: The hash of the head event (diversion.chain), which the next one is bound to.
    hash = models.CharField(max_length=64, default=NOTHING)
    #: How many bulletins the public has been given: counted here, under the same lock, so that none is missing.
    bulletins = models.BigIntegerField(default=0)
    #: Which database, on which timeline, last wrote it: another one means that it was restored (commands.restoring).
    lineage = models.CharField(max_length=40, null=True)


class EventQuerySet(models.QuerySet["Event"]):
    def after(self, region_id: str, seq: int) -> EventQuerySet:
        """A region's events after a sequence number, in order."""
        return self.filter(region_id=region_id, seq__gt=seq).order_by("seq")

    def decisions(self) -> EventQuerySet:
        """Without what happens all day by itself."""
        # Another screen beside those that were live already changes nothing anybody would act on.
        same = models.Q(kind=EventKind.PRESENCE_CHANGED, fact__state=models.F("fact__former"))
        return self.exclude(kind__in=ROUTINE).exclude(same)

    def about(self, diversion: Diversion) -> EventQuerySet:
        """Every event of one episode, in order: each names it in its fact."""
        return self.filter(region_id=diversion.region_id, fact__diversion=str(diversion.pk)).order_by("seq")


class Event(models.Model):
    """One recorded fact, and the resulting public representation of every row it touched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="events")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40, choices=EventKind.choices)
    at = models.DateTimeField(help_text="When it was recorded (UTC)")
    said_at = models.DateTimeField(help_text="When it was said or seen in the world (UTC)")
    actor = models.JSONField(help_text="{kind, id, name, role}: a copy, so that the log outlives the account")
    command_id = models.UUIDField()
    fact = models.JSONField(default=dict)
    changes = models.JSONField(default=list, help_text="[{kind, id, version, state|null, scope}]")
    #: Empty on events recorded before there was a chain: they were linked, not rewritten (migration 0016).
    hash = models.CharField(max_length=64, default="", help_text="diversion.chain: binds it to all before it")

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "seq"], name="event_number_once_per_region")]
        indexes = [
            # An episode's timeline is read from a log that only grows.
            models.Index(KT("fact__diversion"), "seq", name="event_about_diversion"),
            # Behind the last fifty decisions lie thousands of journeys.
            models.Index(fields=["region", "-seq"], name="event_decisions", condition=~models.Q(kind__in=ROUTINE)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # Emptying a table fires no row trigger, so it needs one of its own.
            pgtrigger.Trigger(
                name="never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'pgtrigger: Cannot truncate %', TG_TABLE_NAME;",
            ),
        ]


class CommandReceipt(models.Model):
    """What a command answered, so that the same key gets the same answer however often it is retried."""

    #: Whose key it is: two actors may choose the same key without meeting.
    actor_key = models.CharField(max_length=80)
    command_id = models.UUIDField()
    fingerprint = models.CharField(max_length=64, help_text="Hash of the request the key was first used for")
    first_seq = models.BigIntegerField(null=True)
    last_seq = models.BigIntegerField(null=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_key", "command_id"], name="command_once_per_actor")]
