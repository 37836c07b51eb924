"""A diversion: one episode at one site, told by its cause, its gates and its affected services."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models

from diversion.states import DIVERSION, DIVERSION_RUNNING
from hospitals import causes, gates
from hospitals.models import Region, Site, Versioned


def _choices(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class DiversionQuerySet(models.QuerySet["Diversion"]):
    def running(self) -> DiversionQuerySet:
        """Episodes that still count; ordered so that derived lists are the same for every reader."""
        return self.filter(state__in=DIVERSION_RUNNING).order_by("declared_at", "pk")


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
    services = models.JSONField(default=dict, help_text="{service code: level}")
    comment = models.TextField(blank=True, default="")
    authoriser = models.CharField(max_length=120, null=True, blank=True)
    called_by = models.CharField(max_length=120, null=True, blank=True)
    said_at = models.DateTimeField()
    declared_at = models.DateTimeField()
    declared_by = models.JSONField(help_text="{kind, id, name, role}")
    expected_end = models.DateTimeField(null=True, blank=True)
    review_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
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
        ]
        indexes = [models.Index(fields=["site", "state"], name="diversion_site_state")]

    def gates_said(self) -> dict[str, str | None]:
        return {gate: getattr(self, gate) for gate in gates.GATES}

    def said(self) -> gates.Said:
        """What this episode contributes to its site's effective gates."""
        return gates.Said(str(self.pk), self.state, self.gates_said(), tuple(self.closed_capabilities))
