"""manage.py token: keys for machines. A key is shown once, when it is made; only its hash is kept."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.actors import SYSTEM
from diversion.commands import members
from diversion.errors import DomainError
from diversion.log import CommandKey
from diversion.models import ApiToken
from diversion.models.members import SCOPES


class Command(BaseCommand):
    help = "Issues, revokes or lists the keys of machines such as a dispatch system."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["issue", "revoke", "list"])
        parser.add_argument("--region", required=True)
        parser.add_argument("--name", help="whose key it is, as the log will show it")
        parser.add_argument("--scope", action="append", choices=SCOPES, default=[], help="may be given several times")
        parser.add_argument("--site", help="binds the key to one site")
        parser.add_argument("--id", type=int, help="which key to revoke; see list")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            {"issue": self._issue, "revoke": self._revoke, "list": self._list}[action](options)
        except DomainError as error:
            raise CommandError(error.detail) from error

    def _issue(self, options: dict[str, Any]) -> None:
        if not options["name"] or not options["scope"]:
            raise CommandError("--name and at least one --scope are needed to issue a key.")
        recorded, secret = members.issue_token(
            actor=SYSTEM,
            key=CommandKey.new(),
            region_id=options["region"],
            name=options["name"],
            scopes=options["scope"],
            site_id=options["site"],
        )
        self.stderr.write(f"Recorded #{recorded.events[0].seq}. Keep this; it is not shown again:")
        self.stdout.write(secret)

    def _revoke(self, options: dict[str, Any]) -> None:
        if options["id"] is None:
            raise CommandError("--id is needed to revoke a key; see list.")
        recorded = members.revoke_token(
            actor=SYSTEM, key=CommandKey.new(), region_id=options["region"], token_id=options["id"]
        )
        self.stdout.write("Revoked." if recorded.events else "There is no such key in force.")

    def _list(self, options: dict[str, Any]) -> None:
        for one in ApiToken.objects.filter(region_id=options["region"]).order_by("pk"):
            state = "in force" if one.active else "revoked"
            self.stdout.write(f"{one.pk:5} {one.name:30} {state:9} {one.site_id or ''} {' '.join(one.scopes)}")
