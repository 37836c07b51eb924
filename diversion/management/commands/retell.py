"""manage.py retell: after an upgrade, tells once more the rows that no longer read as they were last told."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from diversion.actors import SYSTEM
from diversion.commands.retelling import retell_picture
from diversion.log import CommandKey
from hospitals.models import Region


class Command(BaseCommand):
    help = "Run after every migrate: log and rows agree again in what the upgrade added. Does nothing twice."

    def handle(self, *args: Any, **options: Any) -> None:
        for region in Region.objects.order_by("pk"):
            recorded = retell_picture(actor=SYSTEM, key=CommandKey.new(), region_id=region.pk)
            rows = sum(len(event.changes) for event in recorded.events)
            self.stdout.write(f"{region.pk}: {rows} rows told anew.")
