"""manage.py verify_log: replay every region's log along its chain and hold it against the rows, and against anchors.

Exit status 1 on any difference.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.management.commands.check_export import manifest_of
from diversion.models import Stream
from diversion.verification import Anchor, verify


def anchor(text: str) -> Anchor:
    seq, _, told = text.partition(":")
    if not seq.isdecimal() or len(told) != 64 or set(told) - set("0123456789abcdef"):
        raise ArgumentTypeError("an anchor is NUMBER:HASH, as in the clock's line log_anchored")
    return Anchor(int(seq), told)


class Command(BaseCommand):
    help = "Replays the log of each region (or of those named) and compares it with the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("region", nargs="*", help="Region codes; all if none is named")
        parser.add_argument("--anchor", type=anchor, action="append", default=[], help="NUMBER:HASH, of one region")
        parser.add_argument("--against", type=Path, help="an export that the log must still contain and continue")
        parser.add_argument("--public-key", default="", help="that the export is checked with")

    def handle(self, *args: Any, region: list[str], against: Path | None, **options: Any) -> None:
        known: dict[str, list[Anchor]] = {}
        if options["anchor"]:
            if len(region) != 1:
                raise CommandError("An anchor is of one region: name it.")
            known[region[0]] = list(options["anchor"])
        if against is not None:
            found = manifest_of(against, options["public_key"])
            known.setdefault(found.region, []).extend(found.anchors())
        self._verify(sorted({*region, *known} if region or known else self._all()), known)

    def _all(self) -> list[str]:
        return list(Stream.objects.values_list("pk", flat=True))

    def _verify(self, regions: list[str], known: dict[str, list[Anchor]]) -> None:
        wrong = 0
        for stream in map(self._stream, regions):
            differences = verify(stream.pk, known.get(stream.pk, ()))
            for one in differences:
                self.stdout.write(f"{stream.pk} {one.where}: {one.detail}")
            wrong += len(differences)
            self.stdout.write(f"{stream.pk}: {stream.head} events, {len(differences)} differences; head {stream.hash}")
        if wrong:
            raise CommandError(f"{wrong} differences between the log and the rows.")

    def _stream(self, region: str) -> Stream:
        """A log that is gone altogether is a difference too, not a region to pass over."""
        found = Stream.objects.filter(pk=region).first()
        if found is None:
            raise CommandError(f"There is no log of {region!r}.")
        return found
