"""A diversion: one episode at one site, told by its cause, its gates and its affected services."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models

from diversion.models.members import DESK_ROLES
from diversion.states import DIVERSION, DIVERSION_RUNNING
from hospitals import causes, gates
from hospitals.models import Region, Site, Versioned

#: What the sites of one failure can have in common.
SHARED_KINDS = ("hospital", "network", "supplier")
#: How far a site asks to reopen.
EXTENTS = ("partial", "full")


def _choices(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class DiversionQuerySet(models.QuerySet["Diversion"]):
    def running(self) -> DiversionQuerySet:
        """Episodes that still count; ordered so that derived lists are the same for every reader."""
        return self.filter(state__in=DIVERSION_RUNNING).order_by("declared_at", "pk")

    def at_site(self, site_id: str) -> DiversionQuerySet:
        """A site's episodes, the latest first, ended ones included."""
        return self.filter(site_id=site_id).order_by("-declared_at", "pk")


class Diversion(Versioned):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="diversions")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="diversions")
    cause = models.CharField(max_length=20, choices=_choices(causes.CAUSES))
    state = models.CharField(max_length=12, choices=_choices(DIVERSION))
    ambulances = models.CharField(max_length=20, null=True, choices=_choices(gates.VALUES[gates.AMBULANCES]))
    smur_destination = models.CharField(
        max_length=20, null=True, choices=_choices(gates.VALUES[gates.SMUR_DESTINATION])
    )
    smur_base = models.CharField(max_length=20, null=True, choices=_choices(gates.VALUES[gates.SMUR_BASE]))
    walk_ins = models.CharField(max_length=20, null=True, choices=_choices(gates.VALUES[gates.WALK_INS]))
    closed_capabilities = models.JSONField(default=list)
    services = models.JSONField(default=dict, help_text="{service: {level, since, expected_at|null, note|null}}")
    gates_since = models.JSONField(default=dict, help_text="{gate: moment it was given its value}")
    accepts = models.JSONField(default=list, help_text="Capabilities whose patients are taken whatever the gates say")
    disputes = models.JSONField(default=list, help_text="[{gate, reports: [{by, value|null, text|null}]}]")
    comment = models.TextField(blank=True, default="")
    cause_embargoed = models.BooleanField(default=False, help_text="The public is told the effect, not the cause")
    emergency_plan = models.BooleanField(null=True, help_text="Hospital emergency plan started; null: not said")
    contact = models.CharField(max_length=120, null=True, blank=True, help_text="How to reach the department meanwhile")
    incident = models.UUIDField(null=True, help_text="Shared by the episodes of one failure at several sites")
    shared = models.JSONField(null=True, help_text="{kind, name}: what the sites of the incident have in common")
    authoriser = models.CharField(max_length=120, null=True, blank=True)
    called_by = models.CharField(max_length=120, null=True, blank=True)
    call_back = models.CharField(max_length=40, null=True, blank=True)
    read_back = models.BooleanField(default=False, help_text="What was said by telephone was read back and agreed")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=120, null=True, blank=True)
    said_at = models.DateTimeField()
    declared_at = models.DateTimeField()
    declared_by = models.JSONField(help_text="{kind, id, name, role}")
    expected_end = models.DateTimeField(null=True, blank=True)
    review_at = models.DateTimeField()
    attested_at = models.DateTimeField(help_text="When somebody last said that this is so")
    attested_by = models.CharField(max_length=120)
    unconfirmed_since = models.DateTimeField(null=True, blank=True)
    reopening = models.JSONField(null=True, help_text="What the site asks for: see commands.reopening")
    suspended_until = models.DateTimeField(null=True, blank=True)
    news_at = models.DateTimeField(help_text="When it last said what dispatch is to see: itself, or a restriction more")
    first_seen_at = models.DateTimeField(null=True, blank=True, help_text="From when the public may know of it")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When dispatch saw the last news; null: not yet")
    seen_by = models.CharField(max_length=120, null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    unseen_at = models.DateTimeField(null=True, blank=True, help_text="When it was told that dispatch has not seen it")

    objects = DiversionQuerySet.as_manager()

    class Meta:
        constraints = [
            # An episode that has ended must say when, and one that runs must not claim an end.
            models.CheckConstraint(
                condition=models.Q(state__in=DIVERSION_RUNNING, ended_at__isnull=True)
                | models.Q(~models.Q(state__in=DIVERSION_RUNNING), ended_at__isnull=False),
                name="diversion_end_matches_state",
            ),
            # An episode of a shared failure names what is shared, and one that stands alone shares nothing.
            models.CheckConstraint(
                condition=models.Q(incident__isnull=True, shared__isnull=True)
                | models.Q(incident__isnull=False, shared__isnull=False),
                name="diversion_incident_says_what_is_shared",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "state"], name="diversion_site_state"),
            # The clock looks every second for what is overdue.
            models.Index(fields=["review_at"], condition=models.Q(state__in=DIVERSION_RUNNING), name="diversion_due"),
        ]

    def declared_for_the_site(self) -> bool:
        """Whether dispatch said this, after a call, so that the hospital itself has still to confirm it."""
        return self.declared_by["kind"] == "user" and self.declared_by["role"] in DESK_ROLES

    def gates_said(self) -> dict[str, str | None]:
        return {gate: getattr(self, gate) for gate in gates.GATES}

    def said(self) -> gates.Said:
        """What this episode contributes to its site's effective gates."""
        return gates.Said(
            str(self.pk),
            self.state,
            self.gates_said(),
            tuple(self.closed_capabilities),
            accepts=frozenset(self.accepts),
            since=self.gates_since,
            disputed=frozenset(one["gate"] for one in self.disputes),
            suspended=self.suspended_until is not None,
        )
