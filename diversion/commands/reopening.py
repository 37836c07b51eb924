"""Reopening: a site asks with its checklist, dispatch acknowledges, and only then is anybody admitted again.

What works again is told at once (services); what admits patients waits (gates, capabilities), and so does the word
"recovering": until dispatch has acknowledged, nobody may read that the site is reopening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from diversion.actors import Actor
from diversion.commands import episodes
from diversion.commands.saying import check
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Recorded, change
from diversion.models import Diversion
from diversion.models.diversions import EXTENTS
from diversion.wire.positions import instant
from hospitals import services


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a site asks for: how far, its answers to the checklist, and for a part what it would admit again.

    ``checklist`` is {service: answer}, complete; ``gates``, ``closed_capabilities`` and ``accepts`` as in an
    amendment (None: as they are); ``services`` are told at once.
    """

    extent: str
    checklist: Mapping[str, str]
    gates: Mapping[str, str | None] = field(default_factory=dict)
    closed_capabilities: list[str] | None = None
    accepts: list[str] | None = None
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    comment: str = ""

    def changes(self) -> dict[str, Any]:
        """What an acknowledged partial reopening changes."""
        some = {"closed_capabilities": self.closed_capabilities, "accepts": self.accepts}
        return {"gates": dict(self.gates), **{name: value for name, value in some.items() if value is not None}}


def ask_reopening(
    *, actor: Actor, key: CommandKey, diversion_id: UUID, version: int | None = None, wish: Wish
) -> Recorded:
    """Ask dispatch to let the site reopen, in part or fully. Asking anew replaces what was asked before."""
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        site, diversion = episodes.take_episode(log, diversion_id, "reopening.ask", version)
        _check_checklist(wish)
        check(site, {**wish.changes(), "services": wish.services})
        episodes.apply(diversion, {"services": wish.services}, log.now)
        diversion.reopening = {
            "extent": wish.extent,
            "checklist": dict(wish.checklist),
            "changes": wish.changes() if wish.extent == "partial" else {},
            "comment": wish.comment,
            "asked_at": instant(log.now),
            "asked_by": actor.name,
        }
        # Whoever asks to reopen has just looked at the state of the site.
        episodes.attested(log, site, diversion)
        episodes.record(log, EventKind.REOPENING_ASKED, site, diversion, comment=wish.comment or None)
    return log.answer()


def acknowledge_reopening(*, actor: Actor, key: CommandKey, diversion_id: UUID, version: int | None = None) -> Recorded:
    """Dispatch lets it be so: the gates open as asked, or the episode ends."""
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        site, diversion = episodes.take_episode(log, diversion_id, "reopening.answer", version)
        asked = _asked(diversion)
        kind = EventKind.DIVERSION_AMENDED
        if asked["extent"] == "full":
            episodes.end(diversion, "lifted", log.now)
            kind = EventKind.DIVERSION_LIFTED
        else:
            episodes.move(diversion, "recovering")
            # What was remarked before is about gates that hold no longer.
            episodes.apply(diversion, {**asked["changes"], "comment": asked["comment"]}, log.now)
            episodes.attested(log, site, diversion)
            diversion.attested_by = asked["asked_by"]
        diversion.reopening = None
        episodes.record(log, kind, site, diversion, reopening=asked)
    return log.answer()


def decline_reopening(
    *, actor: Actor, key: CommandKey, diversion_id: UUID, version: int | None = None, reason: str
) -> Recorded:
    """Dispatch says no, or not yet, and why; the site stays as it is and may ask again."""
    if not reason.strip():
        raise Invalid("reason_required", "The hospital is to read why.", field="reason")
    with change(episodes.region_of_episode(diversion_id), actor=actor, key=key) as log:
        site, diversion = episodes.take_episode(log, diversion_id, "reopening.answer", version)
        asked = _asked(diversion)
        diversion.reopening = None
        episodes.record(log, EventKind.REOPENING_DECLINED, site, diversion, reason=reason.strip(), reopening=asked)
    return log.answer()


def _asked(diversion: Diversion) -> dict[str, Any]:
    if diversion.reopening is None:
        raise Conflict("not_asked", "This site does not ask to reopen.", row=diversion)
    asked: dict[str, Any] = diversion.reopening
    return asked


def _check_checklist(wish: Wish) -> None:
    if wish.extent not in EXTENTS:
        raise Invalid("unknown_extent", f"extent must be one of {', '.join(EXTENTS)}.", field="extent")
    for item in services.CHECKLIST:
        if wish.checklist.get(item) not in services.ANSWERS:
            detail = f"checklist.{item} must be one of {', '.join(services.ANSWERS)}."
            raise Invalid("checklist_incomplete", detail, field=f"checklist.{item}")
    unknown = sorted(set(wish.checklist) - set(services.CHECKLIST))
    if unknown:
        raise Invalid("checklist_incomplete", f"checklist has no {unknown[0]!r}.", field=f"checklist.{unknown[0]}")
    waiting = [item for item in services.CHECKLIST if wish.checklist[item] == "not_yet"]
    if wish.extent == "full" and waiting:
        detail = f"{waiting[0]} does not work yet: ask for a partial reopening."
        raise Invalid("not_ready", detail, field=f"checklist.{waiting[0]}")
