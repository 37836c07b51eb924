"""Fits a region's journey factors to the drives it has recorded, shows them, and takes them into use when asked to."""

from __future__ import annotations

from datetime import UTC, datetime, time
from datetime import date as day
from statistics import median
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.actors import SYSTEM
from diversion.commands.journeys import calibrate_journeys, driven
from diversion.journeys.factors import ENOUGH, Factors, fit
from diversion.log import CommandKey
from hospitals.models import Region


class Command(BaseCommand):
    help = "Compare foretold with driven journeys; with --apply, estimate by what came out of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("region", help="the region, as brussels")
        parser.add_argument("--since", type=day.fromisoformat, help="only journeys that ended from this day on")
        parser.add_argument("--apply", action="store_true", help="take the fitted factors into use")

    def handle(self, *args: Any, **options: Any) -> None:
        region = Region.objects.filter(pk=options["region"]).first()
        if region is None:
            raise CommandError(f"There is no region {options['region']!r}.")
        since = options["since"] and datetime.combine(options["since"], time(), UTC)
        journeys = list(driven(region.pk, since))
        fitted = fit(journeys)
        self._show(len(journeys), fitted)
        if journeys:
            error = median(abs(one.took_s - one.car_s) for one in journeys)
            self.stdout.write(f"Without any factor, half of them were off by more than {error:.0f} s.")
        if options["apply"]:
            self._apply(region.pk, fitted)
        else:
            self.stdout.write("Only shown; with --apply they are taken into use.")

    def _show(self, journeys: int, fitted: Factors) -> None:
        self.stdout.write(f"{journeys} journeys with an estimate. A group needs {ENOUGH}.")
        for row in fitted.as_stored():
            self.stdout.write(
                "  {source} · {mode} · {band}: ×{factor} (nine in ten ×{low} to ×{high}; {journeys} drives)".format(
                    **row
                )
            )

    def _apply(self, region_id: str, fitted: Factors) -> None:
        recorded = calibrate_journeys(actor=SYSTEM, key=CommandKey.new(), region_id=region_id, factors=fitted)
        if recorded.events:
            self.stdout.write(f"In use, as event {recorded.events[0].seq} of region {region_id}.")
        else:
            self.stdout.write("These are in use already.")
