"""manage.py exercise: begin and end exercises of a region, and the tokens that a simulated city drives one with."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.actors import SYSTEM
from diversion.commands.exercises import close_exercise, open_exercise
from diversion.commands.members import issue_token
from diversion.errors import DomainError
from diversion.log import CommandKey
from diversion.simulate.replay import available, load
from hospitals.exercises import id_prefix
from hospitals.models import Region


class Command(BaseCommand):
    help = "Opens an exercise of a region, closes the one that runs, or lists them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["open", "close", "list"])
        parser.add_argument("--region", required=True, help="the real region")
        parser.add_argument("--with-city", type=Path, metavar="FILE", help="write what manage.py simulate needs there")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            {"open": self._open, "close": self._close, "list": self._list}[action](options)
        except DomainError as error:
            raise CommandError(error.detail) from error

    def _open(self, options: dict[str, Any]) -> None:
        file = options["with_city"]
        if file is not None and file.exists():
            raise CommandError(f"{file} is there already; name a file that can be written anew.")
        recorded = open_exercise(actor=SYSTEM, key=CommandKey.new(), region_id=options["region"])
        name = recorded.events[0].fact["exercise"]
        self.stdout.write(f"Recorded #{recorded.events[0].seq}: {name} is open, at /console/{name}/.")
        if file is not None:
            _write(file, {"region": name, "simulation": _tokens(name, options["region"])})
            self.stdout.write(f"A city for it: manage.py simulate --credentials {file} --region {name}")

    def _close(self, options: dict[str, Any]) -> None:
        running = Region.objects.open().filter(exercise_of=options["region"]).first()
        if running is None:
            raise CommandError(f"No exercise of {options['region']} is running.")
        recorded = close_exercise(actor=SYSTEM, key=CommandKey.new(), region_id=running.pk)
        self.stdout.write(f"Recorded #{recorded.events[0].seq}: {running.pk} has ended.")

    def _list(self, options: dict[str, Any]) -> None:
        for one in Region.objects.filter(exercise_of=options["region"]).order_by("closed_at", "pk"):
            ended = f"ended {one.closed_at:%Y-%m-%d %H:%M} UTC" if one.closed_at else "running"
            self.stdout.write(f"{one.pk:40} {ended}")


def _tokens(name: str, real: str) -> dict[str, Any]:
    """Keys of the exercise's own: a dispatch system, the departments' staff, and each hospital that a replay tells."""
    told = sorted(
        {id_prefix(name) + site for one in map(load, available()) if one.region == real for site in one.sites}
    )
    return {
        "cad_token": _issue(name, "Simulated dispatch system", "feed:read", "cad:write"),
        "staff_token": _issue(name, "Simulated ED staff", "notices:write", "screens:beat"),
        "sites": {site: _issue(name, f"Simulated hospital {site}", "diversions:write", site=site) for site in told},
    }


def _issue(region: str, name: str, *scopes: str, site: str | None = None) -> str:
    _, secret = issue_token(
        actor=SYSTEM, key=CommandKey.new(), region_id=region, name=name, scopes=scopes, site_id=site
    )
    return secret


def _write(file: Path, content: dict[str, Any]) -> None:
    """Made for its owner alone from the first byte: it holds secrets."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as output:
            json.dump(content, output, indent=2)
    except OSError as error:
        raise CommandError(
            f"{file} cannot be written: {error.strerror}. The exercise is open without a city."
        ) from error
