"""manage.py restored: after a restore, tells every region to when its log goes back and what is known to be lost."""

from __future__ import annotations

from argparse import ArgumentParser
from re import fullmatch
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.actors import SYSTEM
from diversion.commands.restoring import restored_streams, tell_lost, tell_restored
from diversion.errors import DomainError
from diversion.log import CommandKey, Recorded
from diversion.verification import Anchor
from diversion.wire.cursor import Cursor


class Command(BaseCommand):
    help = "Tells dispatch that the database was restored (the clock does so too); with --seen, also what is lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region")
        # A cursor from a log line (log_has_another_past, known=), a screen or a dispatch system; or the seq and hash of
        # the clock's last log_anchored line.
        parser.add_argument("--seen", metavar="NUMBER:EVENT|NUMBER:HASH", help="the last that is known from before")

    def handle(self, *args: Any, region: str | None, seen: str | None, **options: Any) -> None:
        known = Cursor.parse(seen) or _anchor(seen)
        if seen and (region is None or known is None):
            raise CommandError("--seen needs --region, and NUMBER:EVENT of a cursor or NUMBER:HASH of an anchor.")
        try:
            for one in restored_streams():
                self._tell(tell_restored(actor=SYSTEM, key=CommandKey.new(), region_id=one))
            if region and known:
                self._tell(tell_lost(actor=SYSTEM, key=CommandKey.new(), region_id=region, seen=known))
        except DomainError as error:
            raise CommandError(error.detail) from error

    def _tell(self, recorded: Recorded) -> None:
        if not recorded.events:
            self.stdout.write(f"{recorded.region_id}: nothing is known to be lost.")
        for event in recorded.events:
            until, after, lost_to = (event.fact.get(name) for name in ("until", "after", "lost_to"))
            lost = f"; #{after + 1} to #{lost_to} are lost" if lost_to else ""
            self.stdout.write(f"{recorded.region_id}: restored to {until}, after #{after}{lost}.")
            self.stdout.write(f"Dispatch is told by #{event.seq}.")


def _anchor(text: str | None) -> Anchor | None:
    number, _, said = (text or "").partition(":")
    return Anchor(int(number), said) if number.isdigit() and fullmatch(r"[0-9a-f]{64}", said) else None
