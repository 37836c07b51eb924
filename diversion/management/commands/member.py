"""manage.py member: invite people, give them roles and take them away. Every change is an event; sockets follow.

A link or a card is written to standard output once; what else there is to say goes to standard error.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from diversion.actors import SYSTEM
from diversion.commands import cards, invitations, members
from diversion.errors import DomainError
from diversion.log import CommandKey
from diversion.models import Membership
from diversion.models.members import ROLES

CHANGES = ("grant", "revoke", "deactivate")
#: Ways in: an account with its link, another link, its end, a sealed card, its end.
DOORS = ("invite", "renew", "withdraw", "card", "end-card")


class Command(BaseCommand):
    help = (
        "Invites people, grants or revokes a role, makes sealed cards, shuts an account out, or lists who holds what."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=[*CHANGES, *DOORS, "list"])
        parser.add_argument("username", nargs="?")
        parser.add_argument("--region", required=True)
        parser.add_argument("--role", choices=ROLES)
        parser.add_argument("--site", help="for coordinators and receivers")
        parser.add_argument("--first-name", default="", help="of somebody invited")
        parser.add_argument("--last-name", default="", help="of somebody invited")
        parser.add_argument("--without-factors", action="store_true", help="a new link also removes second factors")
        parser.add_argument("--url", default="", help="where the product is reached, to print whole links")

    def handle(self, *args: Any, action: str, username: str | None, **options: Any) -> None:
        if action == "list":
            self._list(options["region"])
            return
        try:
            if action == "invite":
                self._invite(username or "", options)
                return
        except DomainError as error:
            raise CommandError(error.detail) from error
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username!r}.")
        try:
            self._do(action, user, options)
        except DomainError as error:
            raise CommandError(error.detail) from error

    def _do(self, action: str, user: User, options: dict[str, Any]) -> None:
        who: dict[str, Any] = {"actor": SYSTEM, "key": CommandKey.new(), "user_id": user.pk}
        if action in DOORS:
            self._open(action, who | {"region_id": options["region"]}, options)
            return
        if action == "deactivate":
            recorded = members.deactivate_user(**who, region_id=options["region"])
        else:
            if options["role"] is None:
                raise CommandError("--role is needed to grant or revoke.")
            command = members.grant_role if action == "grant" else members.revoke_role
            held = {"role": options["role"], "region_id": options["region"], "site_id": options["site"]}
            recorded = command(**who, **held)
        self.stdout.write(f"Recorded #{recorded.events[0].seq}." if recorded.events else "Nothing had to change.")

    def _invite(self, username: str, options: dict[str, Any]) -> None:
        if options["role"] is None:
            raise CommandError("--role is needed to invite.")
        recorded, secret = invitations.invite_person(
            actor=SYSTEM,
            key=CommandKey.new(),
            region_id=options["region"],
            username=username,
            first_name=options["first_name"],
            last_name=options["last_name"],
            roles=[(options["role"], options["site"])],
        )
        self._link(recorded.events[-1].seq, secret, options["url"])

    def _open(self, action: str, who: dict[str, Any], options: dict[str, Any]) -> None:
        """What makes or ends a way in for somebody who has an account."""
        if action == "renew":
            recorded, secret = invitations.renew_invitation(**who, without_factors=options["without_factors"])
            self._link(recorded.events[-1].seq, secret, options["url"])
        elif action == "card":
            recorded, printed = cards.issue_card(**who)
            self.stderr.write(f"Recorded #{recorded.events[-1].seq}. Card {printed.serial}; it is not shown again:")
            self.stdout.write("\n".join(printed.codes))
        else:
            command = invitations.revoke_invitation if action == "withdraw" else cards.revoke_card
            self.stdout.write("Ended." if command(**who).events else "There is none in force.")

    def _link(self, seq: int, secret: str, url: str) -> None:
        hours = int(invitations.INVITATION_LASTS.total_seconds() // 3600)
        self.stderr.write(f"Recorded #{seq}. Works once, for {hours} hours; it is not shown again:")
        self.stdout.write(f"{url.rstrip('/')}{reverse('enrol', args=[secret])}")

    def _list(self, region_id: str) -> None:
        held = Membership.objects.filter(region_id=region_id).select_related("user")
        for one in held.order_by("user__username", "role", "site_id"):
            active = "" if one.user.is_active else " (shut out)"
            self.stdout.write(f"{one.user.username:24} {one.role:14} {one.site_id or ''}{active}")
