"""manage.py verify_log: replay every region's log and hold it against the rows. Exit status 1 on any difference."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.models import Stream
from diversion.verification import verify


class Command(BaseCommand):
    help = "Replays the log of each region (or of those named) and compares it with the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("region", nargs="*", help="Region codes; all if none is named")

    def handle(self, *args: Any, region: list[str], **options: Any) -> None:
        streams = Stream.objects.order_by("pk")
        wrong = 0
        for stream in streams.filter(pk__in=region) if region else streams:
            differences = verify(stream.pk)
            for one in differences:
                self.stdout.write(f"{stream.pk} {one.where}: {one.detail}")
            wrong += len(differences)
            self.stdout.write(f"{stream.pk}: {stream.head} events, {len(differences)} differences")
        if wrong:
            raise CommandError(f"{wrong} differences between the log and the rows.")
