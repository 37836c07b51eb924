"""Many casualties at one place: how many are reported, and what each hospital says it can take of them.

Numbers by urgency and nothing else: nobody of them can be identified here.
"""

from __future__ import annotations

import uuid

from django.db import models

from hospitals.models import Region, Versioned


class MassCasualtyQuerySet(models.QuerySet["MassCasualty"]):
    def open(self) -> MassCasualtyQuerySet:
        return self.filter(ended_at__isnull=True)


class MassCasualty(Versioned):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="mass_casualties")
    place = models.CharField(max_length=120, help_text="Where, as the radio says it")
    lat = models.FloatField()
    lon = models.FloatField()
    counts = models.JSONField(help_text="{urgency: how many in all, or null: not established}")
    needs = models.JSONField(default=dict, help_text="{urgency: [capability] that each of them needs}")
    counted_at = models.DateTimeField(help_text="When these numbers were last said")
    sites = models.JSONField(help_text="[site id]: who is asked what they can take")
    offers = models.JSONField(default=dict, help_text="{site id: {vital, urgent, routine, comment, by, at}}")
    asked_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.JSONField(help_text="{kind, id, name, role}")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MassCasualtyQuerySet.as_manager()

    def missing(self) -> list[str]:
        """The sites that have not said what they can take."""
        return [site for site in self.sites if site not in self.offers]
