"""manage.py channel: how people are reached who look at no screen. An address is taken from standard input, never
from the command line, where every account of the machine could read it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from diversion.actors import SYSTEM
from diversion.commands import channels
from diversion.errors import DomainError
from diversion.log import CommandKey
from diversion.models import Channel
from diversion.models.channels import SUBJECTS


class Command(BaseCommand):
    help = "Adds, tests, retires or lists channels. The address is asked for, or read from a pipe."
    # Given by callers that have another input than the process, never on the command line.
    stealth_options = ("stdin",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["add", "list", "test", "retire"])
        parser.add_argument("--region", required=True)
        parser.add_argument("--name", help="what people will call it; it finds the channel again")
        parser.add_argument("--hears", action="append", choices=SUBJECTS, default=[], help="may be given several times")
        parser.add_argument("--site", help="for a channel of one site")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "list":
            self._list(options["region"])
            return
        if not options["name"]:
            raise CommandError("--name is needed.")
        try:
            {"add": self._add, "test": self._test, "retire": self._retire}[action](options)
        except DomainError as error:
            raise CommandError(error.detail) from error

    def _add(self, options: dict[str, Any]) -> None:
        if not options["hears"]:
            raise CommandError("At least one --hears is needed: a channel that carries nothing reaches nobody.")
        said = channels.NewChannel(
            name=options["name"],
            address=_address(options.get("stdin") or sys.stdin),
            hears=options["hears"],
            site_id=options["site"],
        )
        recorded = channels.add_channel(actor=SYSTEM, key=CommandKey.new(), region_id=options["region"], channel=said)
        self.stdout.write(f"Recorded #{recorded.events[0].seq}; a test is under way: see list.")

    def _test(self, options: dict[str, Any]) -> None:
        channels.test_channel(actor=SYSTEM, key=CommandKey.new(), channel_id=_named(options))
        self.stdout.write("A test is under way: see list.")

    def _retire(self, options: dict[str, Any]) -> None:
        channels.retire_channel(actor=SYSTEM, key=CommandKey.new(), channel_id=_named(options))
        self.stdout.write("Retired: nothing is sent by it any more.")

    def _list(self, region_id: str) -> None:
        for one in Channel.objects.active().filter(region_id=region_id).order_by("name"):
            place = one.site_id or "region"
            self.stdout.write(f"{one.name:30} {one.medium:8} {one.ends:12} {place:16} {_health(one)}")
            self.stdout.write(f"{'':30} hears {' '.join(one.hears)}")


def _named(options: dict[str, Any]) -> UUID:
    found = Channel.objects.active().filter(region_id=options["region"], name=options["name"]).first()
    if found is None:
        raise CommandError(f"There is no channel {options['name']!r} in use in {options['region']}; see list.")
    return found.pk


def _health(one: Channel) -> str:
    if one.failing_since is not None:
        return f"FAILING since {one.failing_since:%Y-%m-%d %H:%M} UTC ({one.last_error})"
    if one.last_test_at is None:
        return "not yet tested"
    return f"tested {one.last_test_at:%Y-%m-%d %H:%M} UTC: {'arrived' if one.last_test_ok else 'did not arrive'}"


def _address(stdin: Any) -> str:
    return getpass("Address (not shown): ").strip() if stdin.isatty() else str(stdin.readline()).strip()
