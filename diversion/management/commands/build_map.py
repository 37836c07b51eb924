"""A street map and a road network from any OpenStreetMap extract; pages and journey times use both at once."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.maps.build import build
from diversion.maps.checks import Report
from diversion.maps.errors import Refused
from hospitals.models import Site


class Entrance(NamedTuple):
    """A site as the map's checks know it."""

    name: str
    lat: float
    lon: float


class Command(BaseCommand):
    help = "Make the street map and the road network from an OpenStreetMap extract (.osm.pbf)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="an extract that holds your region, cut with complete ways")
        parser.add_argument("--date", type=date.fromisoformat, help="the day of the data, if the file does not tell it")
        parser.add_argument("--dry-run", action="store_true", help="read and judge it, and take nothing into use")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MAP_FOLDER is None:
            raise CommandError("MAP_FOLDER: name the folder that holds the map, the same for every web process.")
        self._began = time.monotonic()
        try:
            made = build(
                options["file"],
                settings.MAP_FOLDER,
                _entrances(),
                told=options["date"],
                say=self._say,
                keep=not options["dry_run"],
            )
        except Refused as refused:
            raise CommandError(f"{refused}\nNothing has changed: the map in use is the one from before.") from refused
        self._tell(made.report)
        done = "Only judged (--dry-run)" if options["dry_run"] else "In use from now on"
        self._say(f"{done}: {made.id}, data of {made.data_date}. {made.attribution}")

    def _say(self, text: str) -> None:
        self.stdout.write(f"{time.monotonic() - self._began:6.1f} s  {text}")
        self.stdout.flush()

    def _tell(self, report: Report) -> None:
        self._say(
            f"{report.kilometres:,} km of streets, {report.crossings:,} crossings, "
            f"{report.connected:.1%} of them reachable from one another"
        )
        self._say(f"{report.cut} main streets end where nothing goes on: cut by the extract, unless they end there")
        self._say(f"{len(report.on_map)} hospitals on the map")
        for name in report.off_map:
            self._say(f"  off the map: {name}; journeys there stay estimates by distance")


def _entrances() -> list[Entrance]:
    """Every real site; an exercise borrows those of its region."""
    sites = Site.objects.filter(region__exercise_of__isnull=True).order_by("pk")
    return [Entrance(f"{site.pk} ({site.region_id})", site.lat, site.lon) for site in sites]
