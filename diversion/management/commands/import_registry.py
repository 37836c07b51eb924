"""A registry file is checked as a whole, shown as planned changes, confirmed by a person or --yes, and then applied."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.actors import SYSTEM
from diversion.commands.registry import import_registry, planned, require_possible
from diversion.errors import DomainError
from diversion.log import CommandKey, Recorded
from hospitals.models import Region
from hospitals.registry import (
    Change,
    InvalidRegistryError,
    Registry,
    UnreadableRegistryError,
    describe,
    load,
    parse,
    shipped,
)


class Command(BaseCommand):
    help = "Make a region's hospitals what a registry file says; with the same file again, nothing changes."
    # Given by callers that have another terminal than the process, never on the command line.
    stealth_options = ("stdin",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a registry file, or the name of a region that ships: brussels, namur, liege")
        parser.add_argument("--yes", action="store_true", help="apply without asking")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
        parser.add_argument(
            "--simulated",
            action=argparse.BooleanOptionalAction,
            help="mark the region as one where nothing is real, or take the mark away; without it, the mark stays",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        registry = self._read(options["file"])
        try:
            self._import(registry, options)
        except DomainError as error:
            raise CommandError(f"{error.detail}\nNothing was loaded.") from error

    def _read(self, file: str) -> Registry:
        try:
            return parse(load(_path(file)))
        except InvalidRegistryError as error:
            for problem in error.problems:
                self.stderr.write(f"  {problem}")
            raise CommandError(f"{file}: {_counted(len(error.problems), 'problem')}; nothing was loaded.") from error
        except (UnreadableRegistryError, OSError) as error:
            raise CommandError(f"{file}: {error}; nothing was loaded.") from error

    def _import(self, registry: Registry, options: dict[str, Any]) -> None:
        changes, simulated = planned(registry), options["simulated"]
        marks = simulated is not None and simulated != _is_simulated(registry.region.id)
        if not changes and not marks:
            self.stdout.write(f"Region {registry.region.id} is what the file says: nothing to change.")
            return
        self._show(registry, changes, mark=simulated if marks else None)
        require_possible(registry.region.id, changes)
        if options["dry_run"]:
            self.stdout.write("Only shown (--dry-run); nothing was loaded.")
        elif options["yes"] or self._agreed(options.get("stdin") or sys.stdin):
            self._tell(
                import_registry(
                    actor=SYSTEM, key=CommandKey.new(), registry=registry, simulated=simulated, agreed=changes
                )
            )
        else:
            self.stdout.write("Not agreed; nothing was loaded.")

    def _show(self, registry: Registry, changes: Sequence[Change], *, mark: bool | None) -> None:
        for change in changes:
            self.stdout.write(f"  {describe(change)}")
        if mark is not None:
            self.stdout.write(f"  mark region {registry.region.id} as {'simulated' if mark else 'real'}")
        total = _counted(len(changes) + (mark is not None), "change")
        self.stdout.write(f"{total} to region {registry.region.id}. Data: {registry.attribution}")

    def _agreed(self, stdin: TextIO) -> bool:
        if not stdin.isatty():
            raise CommandError("Nobody is there to agree: run this in a terminal, or add --yes. Nothing was loaded.")
        self.stdout.write("Apply this? [y/N] ", ending="")
        self.stdout.flush()
        return stdin.readline().strip().lower() in {"y", "yes", "o", "oui", "j", "ja"}

    def _tell(self, recorded: Recorded) -> None:
        if not recorded.events:
            self.stdout.write("Somebody else has just done the same: nothing to change.")
            return
        span = f"{recorded.events[0].seq} to {recorded.events[-1].seq}"
        self.stdout.write(f"Done, as events {span} of region {recorded.region_id}.")


def _path(file: str) -> Path:
    """The file itself, or what ships under the name of a region."""
    named = Path(file)
    return shipped(file) if named.name == file and not named.suffix and not named.exists() else named


def _is_simulated(region_id: str) -> bool:
    return Region.objects.filter(pk=region_id, simulated=True).exists()


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
