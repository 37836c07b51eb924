"""Declaring that a site cannot take patients, and telling how it goes on until it can. Effect is immediate.

Closing is fast and anybody's who may declare; admitting somebody again is dispatch's (``commands.reopening``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from diversion import access, states
from diversion.actors import Actor
from diversion.commands import bulletins, episodes
from diversion.commands.escalation import tell_declared
from diversion.commands.rows import region_of
from diversion.commands.saying import Declaration, check
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Diversion
from hospitals import gates
from hospitals.models import Site
from hospitals.policies import policy_of


def declare_diversion(*, actor: Actor, key: CommandKey, site_id: str, declaration: Declaration) -> Recorded:
    """Declare an episode at a site. It takes effect at once; dispatch marks it seen later."""
    with change(region_of(Site, site_id, "site"), actor=actor, key=key) as log:
        site = episodes.take_site(site_id)
        log.role = access.require(actor, "diversion.declare", site)
        check_declaration(site, declaration)
        diversion = episodes.opened(log, site, declaration)
        record_declared(log, site, diversion)
    return log.answer()


def check_declaration(site: Site, declaration: Declaration) -> None:
    """Refuse what cannot be meant. Raises Invalid."""
    said = {name: getattr(declaration, name) for name in Declaration.__dataclass_fields__}
    check(site, said)
    if declaration.state not in states.DIVERSION_DECLARED:
        raise Invalid("wrong_state", "A declaration begins as suspected or active.", field="state")


def record_declared(log: Log, site: Site, diversion: Diversion) -> None:
    fact = {"comment": diversion.comment or None, "shared": diversion.shared}
    episodes.record(log, EventKind.DIVERSION_DECLARED, site, diversion, said_at=diversion.said_at, **fact)
    tell_declared(log, site, diversion)


def amend_diversion(
    *, actor: Actor, key: CommandKey, diversion_id: UUID, version: int | None = None, changes: Mapping[str, Any]
) -> Recorded:
    """Tell a running episode differently. A site may tighten its gates; loosening them it asks for.

    Raises Conflict("needs_reopening") when a site would admit anybody whom it did not admit before.
    """
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        site, diversion = episodes.take_episode(log, diversion_id, "diversion.amend", version)
        check(site, {"closed_capabilities": diversion.closed_capabilities, "accepts": diversion.accepts, **changes})
        before = diversion.said()
        episodes.move(diversion, changes.get("state", diversion.state))
        episodes.apply(diversion, changes, log.now)
        _require_dispatch_to_loosen(log, diversion, before)
        if worse := _is_worse(before, diversion.said()):
            episodes.is_news(diversion, log.now)
        # What the site asked for was about the picture as it was.
        diversion.reopening = None
        episodes.attested(log, site, diversion)
        comment, said_at = changes.get("comment"), changes.get("said_at")
        episodes.record(log, EventKind.DIVERSION_AMENDED, site, diversion, said_at=said_at, comment=comment)
        if worse:
            tell_declared(log, site, diversion)
    return log.answer()


def _is_worse(before: gates.Said, after: gates.Said) -> bool:
    """Somebody more is refused, or a suspicion has become certain: an alarm of its own."""
    return gates.tightens(before, after) or (before.state, after.state) == ("suspected", "active")


def _require_dispatch_to_loosen(log: Log, diversion: Diversion, before: gates.Said) -> None:
    if gates.loosens(before, diversion.said()) and not access.may(log.actor, "diversion.loosen", diversion):
        diversion.refresh_from_db()
        detail = "Admitting patients again takes the reopening checklist and dispatch's acknowledgement: ask for it."
        raise Conflict("needs_reopening", detail, row=diversion)


def see_diversion(*, actor: Actor, key: CommandKey, diversion_id: UUID) -> Recorded:
    """Dispatch has seen it as it is now. The first to say so stays on record; later ones change nothing.

    One failure at several sites is one alarm: seeing one of its episodes is seeing them all.
    """
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        _, diversion = episodes.take_episode(log, diversion_id, "diversion.see")
        for one in _of_one_failure(diversion):
            if one.seen_at is None:
                one.seen_at, one.seen_by = log.now, actor.name
                one.first_seen_at = one.first_seen_at or log.now
                fact = {"diversion": str(one.pk), "site": one.site_id}
                log.add(EventKind.DIVERSION_SEEN, one, fact=fact)
                bulletins.publish(log, one.site_id)
    return log.answer()


def _of_one_failure(diversion: Diversion) -> list[Diversion]:
    """The episode itself, already locked, and the others of its incident; locked by primary key among themselves."""
    if diversion.incident is None:
        return [diversion]
    others = Diversion.objects.filter(incident=diversion.incident, state__in=states.DIVERSION_RUNNING)
    # Without waiting: whoever holds one of them is changing it, and its own desk will see it then.
    return [diversion, *others.exclude(pk=diversion.pk).order_by("pk").select_for_update(no_key=True, skip_locked=True)]


def lift_diversion(
    *, actor: Actor, key: CommandKey, diversion_id: UUID, version: int | None = None, comment: str = ""
) -> Recorded:
    """End an episode. Nothing ever ends by itself: somebody says so, and dispatch where it restricted anything.

    Raises Conflict("needs_reopening") when a site would end one that restricts.
    """
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        site, diversion = episodes.take_episode(log, diversion_id, "diversion.amend", version)
        if gates.restricts(diversion.said()) and not access.may(actor, "diversion.lift", diversion):
            detail = "Reopening takes the checklist and dispatch's acknowledgement: ask for it."
            raise Conflict("needs_reopening", detail, row=diversion)
        episodes.end(diversion, "lifted", log.now)
        episodes.record(log, EventKind.DIVERSION_LIFTED, site, diversion, comment=comment or None)
    return log.answer()


def withdraw_diversion(*, actor: Actor, key: CommandKey, diversion_id: UUID, reason: str) -> Recorded:
    """Take a declaration back as an error: by its author within the undo time, later by a supervisor."""
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        site, diversion = episodes.take_episode(log, diversion_id, None)
        action = "diversion.undo" if _may_undo(actor, diversion, site, log) else "diversion.withdraw"
        log.role = access.require(actor, action, diversion)
        episodes.end(diversion, "withdrawn", log.now)
        episodes.record(log, EventKind.DIVERSION_WITHDRAWN, site, diversion, reason=reason)
    return log.answer()


def _may_undo(actor: Actor, diversion: Diversion, site: Site, log: Log) -> bool:
    author = (diversion.declared_by["kind"], diversion.declared_by["id"])
    limit = timedelta(seconds=policy_of(site.region.policy)["undo_s"])
    return author == (actor.kind, actor.id) and log.now - diversion.declared_at <= limit
