"""A bulletin: what the public was told about one site at one moment. Numbered per region without a gap, never changed.

It holds codes and moments only. Words are made of them when a page is drawn, in each language, so that nothing anybody
typed can reach the public.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models

from hospitals.models import Region, Site


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def of(self, site_id: str) -> BulletinQuerySet:
        """What the public was told about a site, the last first."""
        return self.filter(site_id=site_id).order_by("-number")

    def standing(self, region_id: str) -> list[Bulletin]:
        """What holds now, the latest first: the last bulletin of each site, where it is not an end."""
        last = Bulletin.objects.filter(site=models.OuterRef("pk")).order_by("-number").values("pk")[:1]
        # Asked site by site: the index gives each last one at once, however long the history is.
        latest = Site.objects.filter(region_id=region_id).values_list(models.Subquery(last), flat=True)
        rows = self.filter(pk__in=[pk for pk in latest if pk is not None]).order_by("-number")
        return [one for one in rows if one.content["kind"] == "running"]


class Bulletin(models.Model):
    """``content`` is what ``diversion.public.content`` makes: ``{kind, since, gates, services, …}``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="bulletins")
    number = models.BigIntegerField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="bulletins")
    published_at = models.DateTimeField()
    content = models.JSONField(help_text="Codes and moments, never words")
    seq = models.BigIntegerField(help_text="The event that told of it")

    objects = BulletinQuerySet.as_manager()

    class Meta:
        constraints = [
            # A permalink is a number: two bulletins under one would be two truths under one address.
            models.UniqueConstraint(fields=["region", "number"], name="bulletin_number_once_per_region"),
        ]
        indexes = [models.Index(fields=["site", "-number"], name="bulletin_latest_of_site")]
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
