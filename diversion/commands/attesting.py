"""Attesting: somebody says again that it is so. What nobody has attested in time is told as unconfirmed, never as open.

A dispatcher's declaration after a telephone call stays "not confirmed by the hospital" until the hospital says so.
"""

from __future__ import annotations

from uuid import UUID

from diversion import moment
from diversion.actors import Actor
from diversion.commands import episodes
from diversion.commands.escalation import tell_unconfirmed
from diversion.errors import Conflict
from diversion.kinds import EventKind
from diversion.log import CommandKey, Recorded, change
from diversion.models import Diversion


def attest_diversion(
    *, actor: Actor, key: CommandKey, diversion_id: UUID, version: int | None = None, called_by: str | None = None
) -> Recorded:
    """Still so. ``called_by`` names who said it when dispatch attests after a call."""
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        site, diversion = episodes.take_episode(log, diversion_id, "diversion.attest", version)
        episodes.attested(log, site, diversion)
        # A site that says "still down" no longer asks to reopen.
        diversion.reopening = None
        episodes.record(log, EventKind.DIVERSION_ATTESTED, site, diversion, called_by=called_by)
    return log.answer()


def confirm_diversion(*, actor: Actor, key: CommandKey, diversion_id: UUID, version: int | None = None) -> Recorded:
    """The hospital confirms what dispatch declared for it after a call. Raises Conflict("nothing_to_confirm")."""
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        site, diversion = episodes.take_episode(log, diversion_id, "diversion.confirm", version)
        if not diversion.declared_for_the_site() or diversion.confirmed_at is not None:
            raise Conflict("nothing_to_confirm", "The hospital said this itself, or has confirmed it.", row=diversion)
        diversion.confirmed_at, diversion.confirmed_by = log.now, actor.name
        episodes.attested(log, site, diversion)
        episodes.record(log, EventKind.DIVERSION_CONFIRMED, site, diversion)
    return log.answer()


def mark_unconfirmed(*, actor: Actor, key: CommandKey, diversion_id: UUID) -> Recorded:
    """Nobody has attested it in time: told once, and its gates stay as they are."""
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        site, diversion = episodes.take_episode(log, diversion_id, "diversion.fall_due")
        if diversion.unconfirmed_since is None and diversion.review_at <= log.now:
            diversion.unconfirmed_since = diversion.review_at
            episodes.record(log, EventKind.DIVERSION_UNCONFIRMED, site, diversion)
            tell_unconfirmed(log, site, diversion)
    return log.answer()


def overdue_attestations() -> list[UUID]:
    """Running episodes whose attestation is overdue and has not been told so."""
    late = Diversion.objects.running().filter(review_at__lte=moment.now(), unconfirmed_since__isnull=True)
    late = late.filter(region__closed_at__isnull=True)
    return list(late.values_list("pk", flat=True))
