"""Taking an episode for a change, and recording it: its site's gates and the affected transports change with it.

The site is locked before the episode, because its effective gates follow from all its running episodes together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from diversion import access, states
from diversion.commands import bulletins
from diversion.commands.intake import names, reassess_bound_for, running_at
from diversion.commands.rows import fresh, locked, region_of, there
from diversion.commands.saying import AMENDABLE, Declaration, gates_since, told_disputes, told_services
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import Log
from diversion.models import Diversion
from diversion.prepared import Prepared
from hospitals import gates
from hospitals.models import Site
from hospitals.policies import policy_of, review_minutes


def region_of_episode(diversion_id: UUID) -> str:
    return region_of(Diversion, diversion_id, "diversion")


def take_site(site_id: str) -> Site:
    return there(_SITE.one(site_id), site_id, "site")


def _places(**which: Any) -> QuerySet[Site]:
    """Sites, locked, with what is told of them: their region's policy and their hospital's network."""
    return locked(Site.objects.select_related("region", "hospital").filter(**which))


_SITE: Final = Prepared(lambda site: _places(pk=site), str)
_SITE_OF: Final = Prepared(lambda episode: _places(diversions=episode), UUID)
_EPISODE: Final = Prepared(lambda episode: locked(Diversion.objects.filter(pk=episode)), UUID)


def take_episode(
    log: Log, diversion_id: UUID, action: str | None, version: int | None = None
) -> tuple[Site, Diversion]:
    """Lock the site, then the episode, then ask whether this may be done, then whether the caller is up to date."""
    site = there(_SITE_OF.one(diversion_id), diversion_id, "diversion")
    diversion = there(_EPISODE.one(diversion_id), diversion_id, "diversion")
    if action is not None:
        log.role = access.require(log.actor, action, diversion)
    fresh(diversion, version)
    if diversion.state not in states.DIVERSION_RUNNING:
        raise Conflict("wrong_state", f"This diversion is {diversion.state}.", row=diversion, now=diversion.state)
    return site, diversion


def opened(log: Log, site: Site, said: Declaration, *, shared: Mapping[str, str] | None = None) -> Diversion:
    """The episode a declaration begins."""
    told = {gate: said.gates.get(gate) for gate in gates.GATES}
    moment = said.said_at or log.now
    return Diversion(
        region_id=site.region_id,
        site=site,
        cause=said.cause,
        state=said.state,
        **told,
        gates_since=gates_since({}, {}, told, moment),
        closed_capabilities=sorted(set(said.closed_capabilities)),
        accepts=sorted(set(said.accepts)),
        services=told_services({}, said.services, moment),
        disputes=told_disputes(said.disputes),
        comment=said.comment,
        cause_embargoed=said.cause_embargoed,
        emergency_plan=said.emergency_plan,
        contact=said.contact,
        shared=shared,
        authoriser=said.authoriser,
        called_by=said.called_by,
        call_back=said.call_back,
        read_back=said.read_back,
        said_at=moment,
        declared_at=log.now,
        news_at=log.now,
        declared_by=log.author(),
        expected_end=said.expected_end,
        review_at=due_again(site, said.cause, log.now),
        attested_at=log.now,
        attested_by=log.actor.name,
    )


def apply(diversion: Diversion, changes: Mapping[str, Any], now: datetime) -> None:
    """Tell an episode differently; what is not mentioned stays."""
    moment = changes.get("said_at") or now
    if changes.get("gates"):
        _apply_gates(diversion, changes["gates"], moment)
    if "services" in changes:
        diversion.services = told_services(diversion.services, changes["services"], moment)
    for name in ("closed_capabilities", "accepts"):
        if name in changes:
            setattr(diversion, name, sorted(set(changes[name])))
    if "disputes" in changes:
        diversion.disputes = told_disputes(changes["disputes"])
    for name in AMENDABLE:
        if name in changes:
            setattr(diversion, name, changes[name])


def _apply_gates(diversion: Diversion, said: Mapping[str, str | None], moment: datetime) -> None:
    was = diversion.gates_said()
    told = {**was, **said}
    diversion.gates_since = gates_since(was, diversion.gates_since, told, moment)
    for gate, value in told.items():
        setattr(diversion, gate, value)


def move(diversion: Diversion, to: str) -> None:
    """Another running state; ending has commands of its own."""
    if to != diversion.state:
        states.require(states.DIVERSION, now=diversion.state, to=to, what="This diversion", row=diversion)
        if to not in states.DIVERSION_RUNNING:
            raise Invalid("wrong_state", "An episode ends by lifting or withdrawing it.", field="state")
        diversion.state = to


def end(diversion: Diversion, to: str, now: datetime) -> None:
    states.require(states.DIVERSION, now=diversion.state, to=to, what="This diversion", row=diversion)
    diversion.state, diversion.ended_at = to, now
    diversion.reopening = None


def is_news(diversion: Diversion, now: datetime) -> None:
    """Dispatch has something to see again: whoever saw the picture before has not seen this one."""
    diversion.news_at = now
    diversion.seen_at = diversion.seen_by = diversion.unseen_at = None


def due_again(site: Site, cause: str, now: datetime) -> datetime:
    """When a declaration of this cause is to be attested next."""
    return now + timedelta(minutes=review_minutes(policy_of(site.region.policy), cause))


def attested(log: Log, site: Site, diversion: Diversion) -> None:
    """Somebody says that this is so: the next attestation is due an interval from now."""
    diversion.attested_at, diversion.attested_by = log.now, log.actor.name
    diversion.review_at = due_again(site, diversion.cause, log.now)
    diversion.unconfirmed_since = None


def record(
    log: Log, kind: EventKind, site: Site, diversion: Diversion, *, said_at: datetime | None = None, **fact: Any
) -> None:
    """Write the episode first, so that the site's gates and the affected transports are judged with it."""
    log.write(diversion)
    running = running_at(site.pk)
    affected = reassess_bound_for(site, gates.effective(one.said() for one in running), log.now)
    # As the site is told in this event: read once.
    site.running_diversions = running  # type: ignore[attr-defined]  # as situation prefetches it
    told = {
        "diversion": str(diversion.pk),
        "site": site.pk,
        "cause": diversion.cause,
        "state": diversion.state,
        "gates": diversion.gates_said(),
        "affected": names(one for one in affected if one.affected_since is not None),
        **{name: value for name, value in fact.items() if value is not None},
    }
    log.add(kind, diversion, site, *affected, fact=told, said_at=said_at)
    bulletins.publish(log, site.pk, withdrawn=diversion if kind == EventKind.DIVERSION_WITHDRAWN else None)
