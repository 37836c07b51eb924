"""Invitations: how a person gets an account, or gets back into one. The link is told once and works once.

Who can give somebody a way in can be that somebody: so it takes the right over everything the person may do, in
every region, not only in the one the link is made in.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from diversion import access
from diversion.actors import SYSTEM, Actor
from diversion.commands.members import check_role, record_change
from diversion.commands.rows import region, region_of, take, take_all
from diversion.errors import Conflict, Denied, Invalid, NotFound
from diversion.identity import digest
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Invitation, Membership

#: Long enough for a colleague on a weekend, short enough that a forgotten message is not a door for ever.
INVITATION_LASTS: Final = timedelta(hours=72)

Role = tuple[str, str | None]


def invite_person(
    *,
    actor: Actor,
    key: CommandKey,
    region_id: str,
    username: str,
    first_name: str = "",
    last_name: str = "",
    roles: Sequence[Role] = (),
) -> tuple[Recorded, str]:
    """Make an account nobody can log in to yet, with its roles, and the secret of the one link that opens it."""
    secret = secrets.token_urlsafe(32)
    with change(region_id, actor=actor, key=key) as log:
        log.role = access.require(actor, "member.change", region(region_id))
        for role, site_id in roles:
            check_role(role, region_id, site_id)
        user = _new_account(username, first_name, last_name)
        for role, site_id in roles:
            Membership.objects.create(user=user, role=role, region_id=region_id, site_id=site_id)
            record_change(log, user.pk, granted=role, site=site_id)
        _invite(log, user, secret, without_factors=False)
    return log.answer(), secret


def renew_invitation(
    *, actor: Actor, key: CommandKey, region_id: str, user_id: int, without_factors: bool = False
) -> tuple[Recorded, str]:
    """A new link for somebody who has an account: a forgotten password or, ``without_factors``, everything lost.

    The former link ends now; the former password, and with ``without_factors`` the second factors, when it is used.
    """
    secret = secrets.token_urlsafe(32)
    with change(region_id, actor=actor, key=key) as log:
        user = require_over(log, user_id)
        _invite(log, user, secret, without_factors=without_factors)
    return log.answer(), secret


def revoke_invitation(*, actor: Actor, key: CommandKey, region_id: str, user_id: int) -> Recorded:
    """End a link that has not been used; without one nothing is recorded."""
    with change(region_id, actor=actor, key=key) as log:
        user = require_over(log, user_id)
        if _revoke_open(log, user):
            record_change(log, user.pk, invitation="revoked")
    return log.answer()


def accept_invitation(*, actor: Actor, key: CommandKey, secret: str, password: str) -> Recorded:
    """Use a link: the person's password is set, once. Raises Conflict for a link that is used, revoked or expired.

    The secret is the right. The password has been judged by whoever took it; it is hashed here and told nobody.
    """
    region_id = region_of(Invitation, _pk_of(secret), "invitation")
    with change(region_id, actor=actor, key=key) as log:
        invitation = take(Invitation.objects.select_related("user"), _pk_of(secret), "invitation")
        standing = invitation.standing(log.now)
        if standing != "open":
            raise Conflict(f"invitation_{standing}", f"This invitation is {standing}.")
        user = invitation.user
        if actor.id != user.pk or not user.is_active:
            raise Denied("invitation.accept", needs="the person invited, not shut out")
        user.set_password(password)
        user.save(update_fields=["password"])
        if invitation.without_factors:
            Authenticator.objects.filter(user=user).delete()
        invitation.used_at = log.now
        invitation.save(update_fields=["used_at"])
        record_change(log, user.pk, invitation="used")
    return log.answer()


def require_over(log: Log, user_id: int) -> User:
    """The account, if the one who acts may give a way into it: administrator of each of its regions, and of this one.

    An account of the server's own administration takes an actor of the same.
    """
    log.role = access.require(log.actor, "member.change", region(log.region_id))
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound("user", user_id)
    for held in {one.region for one in user.memberships.select_related("region")}:
        access.require(log.actor, "member.change", held)
    if (user.is_staff or user.is_superuser) and not _is_root(log.actor):
        raise Denied("member.change", needs="an administrator of the server")
    return user


def _is_root(actor: Actor) -> bool:
    found = actor.kind == "user" and User.objects.filter(pk=actor.id, is_superuser=True, is_active=True).exists()
    return found or actor == SYSTEM


def _pk_of(secret: str) -> int | None:
    return Invitation.objects.filter(digest=digest(secret)).values_list("pk", flat=True).first()


def _new_account(username: str, first_name: str, last_name: str) -> User:
    username = username.strip()
    try:
        User.username_validator(username)
    except ValidationError as error:
        raise Invalid("username_invalid", str(error.messages[0]), field="username") from None
    if len(username) > 150 or len(first_name) > 150 or len(last_name) > 150:
        raise Invalid("name_too_long", "Names have at most 150 characters.", field="username")
    # Whatever the case: people are found by it without regard to case when they log in.
    if User.objects.filter(username__iexact=username).exists():
        raise Invalid("username_taken", f"There is an account {username!r} already.", field="username")
    user = User(username=username, first_name=first_name.strip(), last_name=last_name.strip())
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _invite(log: Log, user: User, secret: str, *, without_factors: bool) -> None:
    _revoke_open(log, user)
    invitation = Invitation.objects.create(
        user=user,
        region_id=log.region_id,
        digest=digest(secret),
        made_at=log.now,
        made_by=log.author(),
        expires_at=log.now + INVITATION_LASTS,
        without_factors=without_factors,
    )
    record_change(log, user.pk, invitation="made", expires_at=_instant(invitation.expires_at))


def _revoke_open(log: Log, user: User) -> bool:
    """End every link that might still work. Locked by primary key, as everywhere."""
    found = take_all(Invitation.objects.filter(user=user, used_at=None, revoked_at=None))
    for one in found:
        one.revoked_at = log.now
        one.save(update_fields=["revoked_at"])
    return any(one.expires_at > log.now for one in found)


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
