"""Declaring that a site cannot take patients, and telling how it goes on until it can. Effect is immediate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from diversion import access, states
from diversion.actors import Actor
from diversion.commands.escalation import tell_declared
from diversion.commands.intake import gates_now, names, reassess_bound_for
from diversion.commands.rows import fresh, region_of, take
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Diversion
from hospitals import causes, gates, services
from hospitals.models import Site
from hospitals.policies import policy_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What somebody says about a site. A gate that is absent or None is one they say nothing about."""

    cause: str
    state: str = "active"
    gates: Mapping[str, str | None] = field(default_factory=dict)
    closed_capabilities: Sequence[str] = ()
    services: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    authoriser: str | None = None
    called_by: str | None = None
    said_at: datetime | None = None
    expected_end: datetime | None = None


def declare_diversion(*, actor: Actor, key: CommandKey, site_id: str, declaration: Declaration) -> Recorded:
    """Declare an episode at a site. It takes effect at once; dispatch marks it seen later."""
    with change(region_of(Site.objects.all(), site_id, "site"), actor=actor, key=key) as log:
        site = take(Site.objects.select_related("region"), site_id, "site")
        log.role = access.require(actor, "diversion.declare", site)
        _check(site, declaration.cause, declaration.gates, declaration.closed_capabilities, declaration.services)
        if declaration.state not in states.DIVERSION_DECLARED:
            raise Invalid("wrong_state", "A declaration begins as suspected or active.", field="state")
        diversion = _open(log, site, declaration)
        _record(log, EventKind.DIVERSION_DECLARED, site, diversion, said_at=declaration.said_at)
        tell_declared(log, site, diversion)
    return log.answer()


def amend_diversion(
    *, actor: Actor, key: CommandKey, diversion_id: UUID, version: int | None = None, changes: Mapping[str, Any]
) -> Recorded:
    """Tell a running episode differently: cause, state, gates, capabilities, services, comment, expected end."""
    with change(_region(diversion_id), actor=actor, key=key) as log:
        site, diversion = _take(log, diversion_id, "diversion.amend", version)
        said = {**diversion.gates_said(), **(changes.get("gates") or {})}
        _check(
            site,
            changes.get("cause", diversion.cause),
            said,
            changes.get("closed_capabilities", diversion.closed_capabilities),
            changes.get("services", {}),
        )
        _move(diversion, changes.get("state", diversion.state))
        _apply(diversion, said, changes)
        diversion.review_at = _review_at(site, log.now)
        _record(log, EventKind.DIVERSION_AMENDED, site, diversion, comment=changes.get("comment"))
    return log.answer()


def see_diversion(*, actor: Actor, key: CommandKey, diversion_id: UUID) -> Recorded:
    """Dispatch has seen it. The first to say so stays on record; later ones change nothing."""
    with change(_region(diversion_id), actor=actor, key=key) as log:
        _, diversion = _take(log, diversion_id, "diversion.see", None)
        if diversion.seen_at is None:
            diversion.seen_at, diversion.seen_by = log.now, actor.name
            fact = {"diversion": str(diversion.pk), "site": diversion.site_id}
            log.add(EventKind.DIVERSION_SEEN, diversion, fact=fact)
    return log.answer()


def lift_diversion(
    *, actor: Actor, key: CommandKey, diversion_id: UUID, version: int | None = None, comment: str = ""
) -> Recorded:
    """End an episode. Nothing ever ends by itself: somebody says so."""
    with change(_region(diversion_id), actor=actor, key=key) as log:
        site, diversion = _take(log, diversion_id, "diversion.lift", version)
        _end(diversion, "lifted", log.now)
        _record(log, EventKind.DIVERSION_LIFTED, site, diversion, comment=comment or None)
    return log.answer()


def withdraw_diversion(*, actor: Actor, key: CommandKey, diversion_id: UUID, reason: str) -> Recorded:
    """Take a declaration back as an error: by its author within the undo time, later by a supervisor."""
    with change(_region(diversion_id), actor=actor, key=key) as log:
        site, diversion = _take(log, diversion_id, None, None)
        action = "diversion.undo" if _may_undo(actor, diversion, site, log.now) else "diversion.withdraw"
        log.role = access.require(actor, action, diversion)
        _end(diversion, "withdrawn", log.now)
        _record(log, EventKind.DIVERSION_WITHDRAWN, site, diversion, reason=reason)
    return log.answer()


def _region(diversion_id: UUID) -> str:
    return region_of(Diversion.objects.all(), diversion_id, "diversion")


def _take(log: Log, diversion_id: UUID, action: str | None, version: int | None) -> tuple[Site, Diversion]:
    """Lock the site, then the episode, then ask whether this may be done, then whether the caller is up to date."""
    site_id = Diversion.objects.values_list("site_id", flat=True).get(pk=diversion_id)
    site = take(Site.objects.select_related("region"), site_id, "site")
    diversion = take(Diversion.objects.all(), diversion_id, "diversion")
    if action is not None:
        log.role = access.require(log.actor, action, diversion)
    fresh(diversion, version)
    if diversion.state not in states.DIVERSION_RUNNING:
        raise Conflict("wrong_state", f"This diversion is {diversion.state}.", row=diversion, now=diversion.state)
    return site, diversion


def _check(
    site: Site,
    cause: str,
    said: Mapping[str, str | None],
    closed_capabilities: Sequence[str],
    affected: Mapping[str, str],
) -> None:
    if cause not in causes.CAUSES:
        raise Invalid("unknown_cause", f"cause must be one of {', '.join(causes.CAUSES)}.", field="cause")
    for gate, value in said.items():
        if gate not in gates.VALUES or (value is not None and value not in gates.VALUES[gate]):
            allowed = ", ".join(gates.VALUES.get(gate, ())) or "one of " + ", ".join(gates.GATES)
            raise Invalid("unknown_gate", f"gates.{gate} must be {allowed} or null.", field=f"gates.{gate}")
    known = {entry["code"] for entry in site.region.capabilities}
    for code in closed_capabilities:
        if code not in known:
            raise Invalid("unknown_capability", f"{code!r} is no capability here.", field="closed_capabilities")
    for code, level in affected.items():
        if code not in services.SERVICES or level not in services.LEVELS:
            raise Invalid("unknown_service", f"services.{code}: {level!r} is not known.", field=f"services.{code}")


def _open(log: Log, site: Site, declaration: Declaration) -> Diversion:
    return Diversion(
        region_id=site.region_id,
        site=site,
        cause=declaration.cause,
        state=declaration.state,
        **{gate: declaration.gates.get(gate) for gate in gates.GATES},
        closed_capabilities=sorted(set(declaration.closed_capabilities)),
        services=dict(declaration.services),
        comment=declaration.comment,
        authoriser=declaration.authoriser,
        called_by=declaration.called_by,
        said_at=declaration.said_at or log.now,
        declared_at=log.now,
        declared_by=log.author(),
        expected_end=declaration.expected_end,
        review_at=_review_at(site, log.now),
    )


def _apply(diversion: Diversion, said: Mapping[str, str | None], changes: Mapping[str, Any]) -> None:
    for gate in gates.GATES:
        setattr(diversion, gate, said.get(gate))
    if "services" in changes:
        # Services are told one by one: those not mentioned keep the level they were last given.
        diversion.services = {**diversion.services, **changes["services"]}
    if "closed_capabilities" in changes:
        diversion.closed_capabilities = sorted(set(changes["closed_capabilities"]))
    for name in ("cause", "comment", "expected_end"):
        if name in changes:
            setattr(diversion, name, changes[name])


def _move(diversion: Diversion, to: str) -> None:
    if to != diversion.state:
        states.require(states.DIVERSION, now=diversion.state, to=to, what="This diversion", row=diversion)
        if to not in states.DIVERSION_RUNNING:
            raise Invalid("wrong_state", "An episode ends by lifting or withdrawing it.", field="state")
        diversion.state = to


def _end(diversion: Diversion, to: str, now: datetime) -> None:
    states.require(states.DIVERSION, now=diversion.state, to=to, what="This diversion", row=diversion)
    diversion.state, diversion.ended_at = to, now


def _may_undo(actor: Actor, diversion: Diversion, site: Site, now: datetime) -> bool:
    author = (diversion.declared_by["kind"], diversion.declared_by["id"])
    limit = timedelta(seconds=policy_of(site.region.policy)["undo_s"])
    return author == (actor.kind, actor.id) and now - diversion.declared_at <= limit


def _review_at(site: Site, now: datetime) -> datetime:
    return now + timedelta(minutes=policy_of(site.region.policy)["review_minutes"])


def _record(
    log: Log, kind: EventKind, site: Site, diversion: Diversion, *, said_at: datetime | None = None, **fact: Any
) -> None:
    """Write the episode first, so that the site's gates and the affected transports are judged with it."""
    log.write(diversion)
    affected = reassess_bound_for(site, gates_now(site.pk), log.now)
    told = {
        "diversion": str(diversion.pk),
        "site": site.pk,
        "cause": diversion.cause,
        "state": diversion.state,
        "gates": diversion.gates_said(),
        "affected": names(one for one in affected if one.affected_since is not None),
        **{name: value for name, value in fact.items() if value is not None},
    }
    if diversion.comment and kind is EventKind.DIVERSION_DECLARED:
        told["comment"] = diversion.comment
    log.add(kind, diversion, site, *affected, fact=told, said_at=said_at)
