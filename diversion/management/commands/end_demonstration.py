"""manage.py end_demonstration: ends what an earlier demonstration left running, in a simulated region only."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.actors import SYSTEM
from diversion.commands.diversions import lift_diversion
from diversion.log import CommandKey
from diversion.models import Diversion
from hospitals.models import Region


class Command(BaseCommand):
    help = "Lifts the running episodes that machines declared, so that a replayed incident begins from a quiet picture."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", required=True)

    def handle(self, *args: Any, region: str, **options: Any) -> None:
        here = Region.objects.filter(pk=region).first()
        if here is None or not here.simulated:
            raise CommandError(f"{region} is no simulated region: what is declared there is lifted on the console.")
        told_by_machines = Diversion.objects.running().filter(region=here, declared_by__kind="token")
        for diversion in told_by_machines:
            lift_diversion(actor=SYSTEM, key=CommandKey.new(), diversion_id=diversion.pk, comment="Demonstration.")
        self.stdout.write(f"Ended {len(told_by_machines)}.")
