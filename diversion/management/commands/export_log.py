"""manage.py export_log: a region's log, or a piece of it, as a signed file that can be checked without the database."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from diversion import signing
from diversion.export import NotExported, exported
from diversion.models import Stream
from diversion.verification import one_moment


class Command(BaseCommand):
    help = "Writes events as JSON lines with a manifest signed with LOG_SIGNING_KEY; not of a log that does not verify."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("region")
        parser.add_argument("--from", dest="first", type=int, default=1, help="first number; 1 if not given")
        parser.add_argument("--to", dest="last", type=int, help="last number; the newest if not given")
        parser.add_argument("--out", required=True, type=Path, help="a file that does not exist yet")

    def handle(self, *args: Any, region: str, first: int, last: int | None, out: Path, **options: Any) -> None:
        if not settings.LOG_SIGNING_KEY:
            raise CommandError("LOG_SIGNING_KEY is not set; `manage.py log_key --new` makes one.")
        if not Stream.objects.filter(pk=region).exists():
            raise CommandError(f"There is no region {region!r}.")
        part = out.with_name(f"{out.name}.part")
        try:
            self._write(part, region, first, last)
            # A link, not a renaming: it refuses to take the place of another file.
            os.link(part, out)
        except FileExistsError as error:
            raise CommandError(f"{error.filename2 or error.filename} exists already.") from error
        except NotExported as error:
            raise CommandError(str(error)) from error
        finally:
            part.unlink(missing_ok=True)
        self.stderr.write(f"{out} is signed; send it away from this machine.")

    def _write(self, part: Path, region: str, first: int, last: int | None) -> None:
        """For its owner alone: the log names people. Whole on the disk before it gets its name."""
        key = signing.private_key(settings.LOG_SIGNING_KEY)
        part.unlink(missing_ok=True)
        with one_moment(), os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            for line in exported(region, first, last, key, timezone.now()):
                file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())
