"""manage.py doctor: what is wrong, since when, what that is to dispatch, and what to do. Changes nothing.

Exit status 0: nothing is wrong; 1: warnings; 2: something that dispatch relies on does not work.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from diversion.models import Stream
from diversion.operations import taking
from diversion.operations.asking import webs
from diversion.operations.finding import Finding, exit_code
from diversion.operations.health import as_data, limits
from diversion.operations.judgement import judge
from diversion.operations.readings import Readings, Unread
from diversion.verification import verify


class Command(BaseCommand):
    help = "Tells in plain words what is wrong with this installation and what to do. Exit status 0, 1 or 2."
    # It is run when things are broken: neither checks nor migrations may keep it from saying so.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--web", action="append", default=[], metavar="URL", help="also ask this web process")
        parser.add_argument("--thorough", action="store_true", help="also replay the whole log, as verify_log does")

    def handle(self, *args: Any, **options: Any) -> None:
        readings = taking.of_this_process()
        if options["web"]:
            readings = replace(readings, webs=tuple(webs(options["web"], settings.OPERATIONS_TOKEN)))
        if options["thorough"] and not isinstance(readings.database, Unread):
            readings = replace(readings, differences=tuple(differences(readings)))
        found = once(judge(readings, limits()))
        self._tell(found, as_json=options["json"])
        sys.exit(exit_code(found))

    def _tell(self, found: Sequence[Finding], *, as_json: bool) -> None:
        told = [as_data(one) for one in found]
        if as_json:
            self.stdout.write(json.dumps({"status": exit_code(found), "findings": told}, default=str))
            return
        for one in told:
            since = f" Since {one['since']}." if one["since"] else ""
            self.stdout.write(f"{one['weight'].upper()} {one['code']}\n  {one['what']}{since}")
            self.stdout.write(f"  For dispatch: {one['means']}\n  Do: {one['do']}\n")
        if not found:
            self.stdout.write("Nothing is wrong.")


def differences(readings: Readings) -> Iterable[tuple[str, str]]:
    """Where a replayed log and the rows differ. Not asked of a database that is another version's."""
    if any(one.code == "migrations_pending" for one in judge(readings, limits())):
        return
    for region_id in Stream.objects.order_by("pk").values_list("pk", flat=True):
        for one in verify(region_id):
            yield region_id, f"{one.where}: {one.detail}"


def once(found: Iterable[Finding]) -> list[Finding]:
    """Each cause once, though several processes say it; the one who knows since when."""
    kept: dict[tuple[str, str], Finding] = {}
    for one in found:
        name = (one.code, str(one.said.get("url", "")))
        known = kept.get(name)
        if known is None or (known.since is None and one.since is not None):
            kept[name] = one
    return list(kept.values())
