"""manage.py log_key: the public key that exports of the log are checked with, or a new private one."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from diversion import signing


class Command(BaseCommand):
    help = "Prints the public key that belongs to LOG_SIGNING_KEY; with --new, a new private key for it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", action="store_true", help="print a new private key, once; it is kept nowhere")

    def handle(self, *args: Any, new: bool, **options: Any) -> None:
        if new:
            self.stdout.write(signing.new_key())
        elif settings.LOG_SIGNING_KEY:
            self.stdout.write(signing.told(signing.private_key(settings.LOG_SIGNING_KEY).public_key()))
        else:
            raise CommandError("LOG_SIGNING_KEY is not set; `manage.py log_key --new` makes one.")
