"""manage.py study: the ways of deciding compared on simulated days. Reads files, writes only what it is told to."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.study.picture import picture
from diversion.study.run import run
from diversion.study.scenarios import Scenario, scenarios
from diversion.study.table import tables

#: What README.md was made with.
SEEDS, DAYS = 40, 3


class Command(BaseCommand):
    help = (
        "Compares three ways of deciding where affected vehicles go: nearest open, each dispatcher greedy, and the "
        "product's plan. No database. The same options give the same table; diversion/study/README.md says the rest."
    )
    requires_system_checks: list[str] = []  # nothing of the product runs

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how many seeds, from 0 on; default {SEEDS}")
        parser.add_argument("--days", type=int, default=DAYS, help=f"closures a seed, one a day; default {DAYS}")
        parser.add_argument("--region", help="only the scenarios of this region")
        parser.add_argument("--scenario", action="append", default=[], metavar="CODE", help="only these; see --list")
        parser.add_argument("--list", action="store_true", help="the scenarios and their codes")
        parser.add_argument("--processes", type=int, default=1, help="how many work on it at once; default 1")
        parser.add_argument("--picture", type=Path, help="write the plot to this file (SVG)")

    def handle(self, **told: Any) -> None:
        for name in ("seeds", "days", "processes"):
            if told[name] < 1:
                raise CommandError(f"--{name}: {told[name]} is too few; give 1 or more")
        chosen = _chosen(told["region"], told["scenario"])
        if told["list"]:
            for one in chosen:
                self.stdout.write(f"{one.code}  {one.title} ({one.region})")
            return
        results = [(one, self._run(one, told)) for one in chosen]
        self.stdout.write(tables(results, told["seeds"], told["days"]))
        if told["picture"] is not None:
            told["picture"].write_text(picture(results), encoding="utf-8")

    def _run(self, scenario: Scenario, told: dict[str, Any]) -> Any:
        self.stderr.write(scenario.title)
        return run(scenario, range(told["seeds"]), told["days"], told["processes"])


def _chosen(region: str | None, codes: list[str]) -> list[Scenario]:
    """Those asked for, in the order of the table; all where nothing was asked."""
    known = scenarios()
    regions = sorted({one.region for one in known})
    if region is not None and region not in regions:
        raise CommandError(f"--region: there is no scenario in {region!r}; give one of {', '.join(regions)}")
    for code in codes:
        if code not in {one.code for one in known}:
            raise CommandError(f"--scenario: there is no {code!r}; --list names those there are")
    chosen = [one for one in known if region in (None, one.region) and (not codes or one.code in codes)]
    if not chosen:
        raise CommandError(f"--scenario: none of these is in {region!r}; leave --region out")
    return chosen
