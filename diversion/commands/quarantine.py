"""Quarantine: one action shuts out a site's machines and everybody already logged in there; people log in anew.
Devices that were told while their page was closed end with the logins, and are enrolled anew like them.

The site's tokens stay theirs and work again once it is released: suspending them is a fact about the site, not about
each token, so none can be forgotten. Manual control stays with people, because a fresh login is a person.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from diversion import access, doorbell
from diversion.actors import Actor
from diversion.commands.devices import retire_devices_at
from diversion.commands.episodes import take_site
from diversion.commands.rows import region_of
from diversion.commands.sessions import end_sessions
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Recorded, change
from diversion.models import Membership
from hospitals.models import Site


def quarantine_site(*, actor: Actor, key: CommandKey, site_id: str, reason: str) -> Recorded:
    """Suspend a site's tokens and end every session of its people, at once. Raises Conflict("wrong_state")."""
    if not reason.strip():
        raise Invalid("reason_required", "Shutting a site's machines out needs a reason.", field="reason")
    with change(region_of(Site, site_id, "site"), actor=actor, key=key) as log:
        site = take_site(site_id)
        log.role = access.require(actor, "site.quarantine", site)
        if site.quarantined_at is not None:
            raise Conflict("wrong_state", f"{site_id} is in quarantine already.", row=site)
        access.require_proof(actor)
        site.quarantined_at, site.quarantined_by = log.now, actor.name
        ended = _end_logins(site, log.now)
        fact = {"site": site_id, "reason": reason.strip(), "sessions_ended": ended, "tokens": site.tokens.count()}
        log.add(EventKind.SITE_QUARANTINED, site, fact=fact)
        retire_devices_at(log, site_id)
        transaction.on_commit(partial(doorbell.ring_access), robust=True)
    return log.answer()


def _end_logins(site: Site, now: datetime) -> int:
    """End every session of a site's people. In an exercise none: a login is one for the real pages too."""
    if site.region.is_exercise:
        return 0
    return end_sessions(set(Membership.objects.filter(site=site).values_list("user_id", flat=True)), now)


def release_site(*, actor: Actor, key: CommandKey, site_id: str, reason: str) -> Recorded:
    """Let a site's machines in again."""
    with change(region_of(Site, site_id, "site"), actor=actor, key=key) as log:
        site = take_site(site_id)
        log.role = access.require(actor, "site.release", site)
        if site.quarantined_at is None:
            raise Conflict("wrong_state", f"{site_id} is not in quarantine.", row=site)
        access.require_proof(actor)
        site.quarantined_at = site.quarantined_by = None
        log.add(EventKind.SITE_RELEASED, site, fact={"site": site_id, "reason": reason.strip() or None})
    return log.answer()
