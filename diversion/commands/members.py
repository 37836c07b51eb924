"""Memberships and tokens: granting and taking away rights. A change is told and closes sockets that lost theirs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from diversion import access, doorbell
from diversion.actors import Actor
from diversion.commands.devices import retire_devices
from diversion.commands.rows import region
from diversion.errors import Invalid, NotFound
from diversion.identity import digest
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import ApiToken, Membership
from diversion.models.members import ROLES, SCOPES, SITE_ROLES
from hospitals.models import Site


def grant_role(
    *, actor: Actor, key: CommandKey, user_id: int, role: str, region_id: str, site_id: str | None = None
) -> Recorded:
    """Give a person a role; granting what is already held records nothing."""
    with change(region_id, actor=actor, key=key) as log:
        log.role = access.require(actor, "member.change", region(region_id))
        check_role(role, region_id, site_id)
        if not User.objects.filter(pk=user_id).exists():
            raise NotFound("user", user_id)
        _, created = Membership.objects.get_or_create(user_id=user_id, role=role, region_id=region_id, site_id=site_id)
        if created:
            record_change(log, user_id, granted=role, site=site_id)
    return log.answer()


def revoke_role(
    *, actor: Actor, key: CommandKey, user_id: int, role: str, region_id: str, site_id: str | None = None
) -> Recorded:
    """Take a role away; sockets that depended on it are closed at once."""
    with change(region_id, actor=actor, key=key) as log:
        log.role = access.require(actor, "member.change", region(region_id))
        held = Membership.objects.filter(user_id=user_id, role=role, region_id=region_id, site_id=site_id)
        if held.delete()[0]:
            record_change(log, user_id, revoked=role, site=site_id)
            retire_devices(log, user_id)
    return log.answer()


def deactivate_user(*, actor: Actor, key: CommandKey, user_id: int, region_id: str) -> Recorded:
    """Shut an account out, everywhere and at once."""
    with change(region_id, actor=actor, key=key) as log:
        here = region(region_id)
        log.role = access.require(actor, "member.change", here)
        if here.is_exercise:
            raise Invalid(
                "not_in_exercise", "An exercise shuts no account out of the real pages: name the real region."
            )
        if User.objects.filter(pk=user_id, is_active=True).update(is_active=False):
            record_change(log, user_id, deactivated=True)
            retire_devices(log, user_id)
    return log.answer()


def issue_token(
    *,
    actor: Actor,
    key: CommandKey,
    region_id: str,
    name: str,
    scopes: Sequence[str],
    site_id: str | None = None,
    expires_at: datetime | None = None,
) -> tuple[Recorded, str]:
    """Make a machine's key and return it, the only time it can be read: we keep its hash."""
    _check_scopes(scopes, site_id)
    secret = secrets.token_urlsafe(32)
    with change(region_id, actor=actor, key=key) as log:
        log.role = access.require(actor, "member.change", region(region_id))
        _check_site(region_id, site_id)
        token = ApiToken.objects.create(
            name=name,
            digest=digest(secret),
            region_id=region_id,
            site_id=site_id,
            scopes=list(scopes),
            expires_at=expires_at,
        )
        log.add(EventKind.MEMBER_CHANGED, fact={"token": token.pk, "name": name, "scopes": list(scopes)})
    return log.answer(), secret


def revoke_token(*, actor: Actor, key: CommandKey, region_id: str, token_id: int) -> Recorded:
    """End a machine's key; its open streams are closed at once."""
    with change(region_id, actor=actor, key=key) as log:
        log.role = access.require(actor, "member.change", region(region_id))
        if ApiToken.objects.filter(pk=token_id, region_id=region_id, active=True).update(active=False):
            log.add(EventKind.MEMBER_CHANGED, fact={"token": token_id, "revoked": True})
            transaction.on_commit(doorbell.ring_access, robust=True)
    return log.answer()


def check_role(role: str, region_id: str, site_id: str | None) -> None:
    """Refuse a role that is none, or that is held elsewhere than it is asked for."""
    if role not in ROLES:
        raise Invalid("unknown_role", f"role must be one of {', '.join(ROLES)}.", field="role")
    if (role in SITE_ROLES) != (site_id is not None):
        raise Invalid("site_mismatch", f"{role} is held {'at a site' if role in SITE_ROLES else 'for a region'}.")
    _check_site(region_id, site_id)


def _check_scopes(scopes: Sequence[str], site_id: str | None) -> None:
    for scope in scopes:
        if scope not in SCOPES:
            raise Invalid("unknown_scope", f"scopes must be among {', '.join(SCOPES)}.", field="scopes")
    if site_id is not None and "cad:write" in scopes:
        # Vehicles and transports belong to a region: the rules would refuse whatever such a token asks.
        detail = "cad:write is for a whole region: issue this token without a site, or without cad:write."
        raise Invalid("scope_needs_region", detail, field="scopes")


def _check_site(region_id: str, site_id: str | None) -> None:
    if site_id is not None and not Site.objects.filter(pk=site_id, region_id=region_id).exists():
        raise NotFound("site", site_id)


def record_change(log: Log, user_id: int, **fact: Any) -> None:
    """Tell what changed about a person, never a secret; and have the person's sockets looked at again."""
    log.add(EventKind.MEMBER_CHANGED, fact={"user": user_id, **fact})
    transaction.on_commit(partial(doorbell.ring_access, {"user": user_id}), robust=True)
