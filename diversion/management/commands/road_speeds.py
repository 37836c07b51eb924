"""Closed streets and other speeds, in the file format of OSRM, taken into use by the embedded roads at once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.journeys.roads import told_speeds
from diversion.journeys.streets import Streets
from diversion.maps import store
from diversion.maps.network import SPEEDS


class Command(BaseCommand):
    help = "Take a file of FROM,TO,KMH lines (OpenStreetMap points; 0 closes the street) into use, or --clear it."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", nargs="?", type=Path, help="as OSRM's osrm-customize --segment-speed-file takes it")
        what.add_argument("--clear", action="store_true", help="drive as the map says again")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MAP_FOLDER is None:
            raise CommandError("MAP_FOLDER: name the folder that holds the map, the same for every web process.")
        home = store.current(settings.MAP_FOLDER)
        if home is None:
            raise CommandError("There is no map yet: build one first (manage.py build_map).")
        if options["clear"]:
            (settings.MAP_FOLDER / SPEEDS).unlink(missing_ok=True)
            self.stdout.write("Journeys are driven as the map says again.")
            return
        self._take(options["file"], settings.MAP_FOLDER, home)

    def _take(self, file: Path, folder: Path, home: Path) -> None:
        try:
            told = told_speeds(file)
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: {error}. Nothing has changed.") from error
        known = Streets.load(home / store.STREETS).pairs()
        found = sum(pair in known for pair in told)
        if not found:
            raise CommandError(f"{file}: none of its {len(told)} stretches is on the map. Nothing has changed.")
        # Readers see the old file or the new one, whole.
        fresh = folder / f".{SPEEDS}-{os.getpid()}"
        shutil.copyfile(file, fresh)
        fresh.replace(folder / SPEEDS)
        self.stdout.write(f"In use: {found} of {len(told)} stretches are on the map.")
