"""manage.py purge: deletes what may be forgotten, now. The clock does it every day; --dry-run only counts."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from diversion.commands.purging import RULES, forget, to_forget


class Command(BaseCommand):
    help = "Deletes old receipts, deliveries, sessions, beats and jobs. Never the log, never a row of the picture."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would go")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        for name, rule in RULES.items():
            number = to_forget(name) if dry_run else self._all(name)
            said = "may go" if dry_run else "gone"
            self.stdout.write(f"{name:12} older than {rule.keep().days:4} days: {number} {said}")

    def _all(self, name: str) -> int:
        total = 0
        while gone := forget(name):
            total += gone
        return total
