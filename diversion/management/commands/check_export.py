"""manage.py check_export: does this file prove itself? Asks no database, so that whoever received it can check it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion import signing
from diversion.export import Manifest, NotProven, proven


def manifest_of(file: Path, public_key: str) -> Manifest:
    """What a file proves. Raises CommandError, in words, if it proves nothing."""
    try:
        with file.open(encoding="utf-8") as lines:
            return proven(lines, signing.public_key(public_key))
    except signing.UnusableKey as error:
        raise CommandError(f"--public-key: {error}.") from error
    except (NotProven, OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: {error}") from error


class Command(BaseCommand):
    help = "Checks an exported log: every hash computed anew, and the signature. Exit status 1 if anything is wrong."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--public-key", required=True, help="as `manage.py log_key` told it, or PEM")

    def handle(self, *args: Any, file: Path, public_key: str, **options: Any) -> None:
        found = manifest_of(file, public_key)
        self.stdout.write(
            f"{found.region} #{found.first} to #{found.last}, {found.count} events, made {found.made_at}: as signed.\n"
            f"after  {found.before}\nending {found.hash}"
        )
