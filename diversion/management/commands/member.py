"""manage.py member: give people their roles and take them away. Every change is an event; sockets follow at once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from diversion.actors import SYSTEM
from diversion.commands import members
from diversion.errors import DomainError
from diversion.log import CommandKey
from diversion.models import Membership
from diversion.models.members import ROLES


class Command(BaseCommand):
    help = "Grants or revokes a role, shuts an account out, or lists who holds what. Accounts are made in /admin/."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["grant", "revoke", "deactivate", "list"])
        parser.add_argument("username", nargs="?")
        parser.add_argument("--region", required=True)
        parser.add_argument("--role", choices=ROLES)
        parser.add_argument("--site", help="for coordinators and receivers")

    def handle(self, *args: Any, action: str, username: str | None, **options: Any) -> None:
        if action == "list":
            self._list(options["region"])
            return
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username!r}.")
        try:
            self._do(action, user, options)
        except DomainError as error:
            raise CommandError(error.detail) from error

    def _do(self, action: str, user: User, options: dict[str, Any]) -> None:
        who: dict[str, Any] = {"actor": SYSTEM, "key": CommandKey.new(), "user_id": user.pk}
        if action == "deactivate":
            recorded = members.deactivate_user(**who, region_id=options["region"])
        else:
            if options["role"] is None:
                raise CommandError("--role is needed to grant or revoke.")
            command = members.grant_role if action == "grant" else members.revoke_role
            held = {"role": options["role"], "region_id": options["region"], "site_id": options["site"]}
            recorded = command(**who, **held)
        self.stdout.write(f"Recorded #{recorded.events[0].seq}." if recorded.events else "Nothing had to change.")

    def _list(self, region_id: str) -> None:
        held = Membership.objects.filter(region_id=region_id).select_related("user")
        for one in held.order_by("user__username", "role", "site_id"):
            active = "" if one.user.is_active else " (shut out)"
            self.stdout.write(f"{one.user.username:24} {one.role:14} {one.site_id or ''}{active}")
