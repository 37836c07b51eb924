"""Access: who may do what, decided here alone, denied by default, read from the database each time it is asked.

An action that is not listed is a programming error and raises; an actor without a matching grant is refused
with the role that would be needed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from diversion import moment
from diversion.actors import Actor
from diversion.errors import Denied, NotProven
from diversion.models import (
    ApiToken,
    Channel,
    CrewDuty,
    Diversion,
    MassCasualty,
    Membership,
    Notice,
    Question,
    Redirect,
    SitePresence,
    Transport,
    Vehicle,
)
from diversion.models.members import DESK_ROLES
from diversion.prepared import Prepared
from hospitals.models import Region, Site

Subject = (
    Region
    | Site
    | Diversion
    | Transport
    | Redirect
    | Notice
    | Vehicle
    | SitePresence
    | Question
    | Channel
    | MassCasualty
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may: roles held for the region, roles at the very site, the vehicle's crew, a token's scope, the clock."""

    region: frozenset[str] = frozenset()
    site: frozenset[str] = frozenset()
    crew: bool = False
    scope: str | None = None
    clock: bool = False

    def needs(self) -> str:
        names = sorted(self.region | self.site) + (["the vehicle's crew"] if self.crew else [])
        names += [f"a token with {self.scope}"] if self.scope else []
        return " or ".join(names) or "nobody"


DESK: Final = frozenset(DESK_ROLES)
READERS: Final = DESK | {"inspector", "administrator"}

RULES: Final[Mapping[str, Rule]] = {
    "registry.import": Rule(region=frozenset({"administrator"})),
    "member.change": Rule(region=frozenset({"administrator"})),
    "log.restore": Rule(clock=True),
    "operations.read": Rule(region=frozenset({"administrator"})),
    "diversion.declare": Rule(region=DESK, site=frozenset({"coordinator"}), scope="diversions:write"),
    "diversion.amend": Rule(region=DESK, site=frozenset({"coordinator"}), scope="diversions:write"),
    "diversion.attest": Rule(region=DESK, site=frozenset({"coordinator"}), scope="diversions:write"),
    # What dispatch declared after a telephone call is confirmed by the hospital itself, in person.
    "diversion.confirm": Rule(site=frozenset({"coordinator"})),
    # Admitting anybody who was not admitted before takes dispatch: a site asks, the desk acknowledges.
    "diversion.loosen": Rule(region=DESK),
    "diversion.lift": Rule(region=DESK),
    "reopening.ask": Rule(site=frozenset({"coordinator"}), scope="diversions:write"),
    "reopening.answer": Rule(region=DESK),
    "diversion.undo": Rule(region=DESK, site=frozenset({"coordinator"}), scope="diversions:write"),
    # Striking a declaration from the picture after its author's half minute is a supervisor's decision.
    "diversion.withdraw": Rule(region=frozenset({"supervisor"})),
    "diversion.see": Rule(region=DESK),
    "diversion.fall_due": Rule(clock=True),
    "question.ask": Rule(region=DESK),
    "question.answer": Rule(region=DESK, site=frozenset({"coordinator", "receiver"})),
    "question.fall_due": Rule(clock=True),
    "mass_casualty.change": Rule(region=DESK),
    "capacity.offer": Rule(region=DESK, site=frozenset({"coordinator", "receiver"}), scope="notices:write"),
    "capacity.fall_due": Rule(clock=True),
    "site.quarantine": Rule(region=frozenset({"supervisor", "administrator"}), site=frozenset({"coordinator"})),
    # Letting a compromised site's machines back in is not for the site to decide.
    "site.release": Rule(region=frozenset({"supervisor", "administrator"})),
    "policy.change": Rule(region=frozenset({"supervisor", "administrator"})),
    "exercise.change": Rule(region=frozenset({"supervisor", "administrator"})),
    "vehicle.change": Rule(scope="cad:write"),
    "position.report": Rule(scope="cad:write"),
    "transport.change": Rule(region=DESK, scope="cad:write"),
    "transport.read": Rule(region=READERS, scope="feed:read"),
    "redirect.order": Rule(region=DESK),
    "redirect.acknowledge": Rule(region=DESK, crew=True, scope="cad:write"),
    "redirect.object": Rule(crew=True),
    # Which vehicle somebody is on is for that person to say; the role says that it may be said.
    "crew.open": Rule(region=frozenset({"crew"})),
    "crew.board": Rule(region=frozenset({"crew"})),
    # A claim is a word between desks: it refuses nobody anything.
    "claim.hold": Rule(region=DESK),
    "notice.send": Rule(region=DESK, scope="cad:write"),
    "notice.answer": Rule(region=DESK, site=frozenset({"coordinator", "receiver"}), scope="notices:write"),
    "notice.escalate": Rule(clock=True),
    "screen.beat": Rule(site=frozenset({"coordinator", "receiver"}), scope="screens:beat"),
    "presence.record": Rule(site=frozenset({"coordinator", "receiver"}), scope="screens:beat", clock=True),
    "console.open": Rule(region=READERS),
    # An emergency department reads its own site's page; what it may not do there, each command refuses.
    "page.open": Rule(region=DESK, site=frozenset({"coordinator", "receiver"})),
    "screen.open": Rule(site=frozenset({"coordinator", "receiver"})),
    # An address carries a gateway's credentials, and decides who is woken: for administrators alone.
    "channel.change": Rule(region=frozenset({"administrator"})),
    # A device in one's own hand is another matter: it is told what its user may read anyhow.
    "channel.enrol": Rule(site=frozenset({"coordinator"})),
    "channel.enrol_region": Rule(region=DESK),
    "channel.retire": Rule(region=frozenset({"administrator"}), site=frozenset({"coordinator"})),
    "channel.test": Rule(
        region=frozenset({"supervisor", "administrator"}), site=frozenset({"coordinator"}), clock=True
    ),
    "channel.report": Rule(clock=True),
    "delivery.read": Rule(region=READERS),
}


def require(actor: Actor, action: str, subject: Subject) -> str | None:
    """The role under which the actor may do this; raises Denied when there is none, KeyError for no such action."""
    rule = RULES[action]
    region_id, site_id = _place(subject)
    if actor.kind == "system" or (actor.kind == "clock" and rule.clock):
        return None
    if actor.kind == "user":
        return _as_member(actor, rule, subject, action)
    if actor.kind == "token" and _token_grants(actor, rule, region_id, site_id):
        return "integration"
    raise Denied(action, needs=rule.needs())


def require_proof(actor: Actor) -> None:
    """Before the gravest acts: a person must have proved lately that it is they. Raises NotProven.

    To be asked last, once nothing else refuses: nobody is to prove themselves for nothing. Machines are held by their
    scopes; a key that is stolen could prove nothing but itself.
    """
    if actor.kind == "user" and not actor.proven:
        raise NotProven


def may(actor: Actor, action: str, subject: Subject) -> bool:
    """Whether ``require`` would let this pass."""
    try:
        require(actor, action, subject)
    except Denied:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody holds at the moment of asking: an active person's roles, or a machine's key that is still good."""

    memberships: tuple[Membership, ...] = ()
    token: ApiToken | None = None


def standings(actors: Collection[Actor]) -> dict[Actor, Standing]:
    """What each of many holds now, in two questions however many they are."""
    held: dict[int, list[Membership]] = {}
    for one in _of_active().filter(user_id__in=_ids(actors, "user")):
        held.setdefault(one.user_id, []).append(one)
    keys = ApiToken.objects.in_force(moment.now()).in_bulk(_ids(actors, "token"))
    return {actor: _standing(actor, held, keys) for actor in actors}


def _of_active() -> QuerySet[Membership]:
    return Membership.objects.filter(user__is_active=True).order_by("region_id", "role", "site_id")


_MEMBERSHIPS: Final = Prepared(lambda user: _of_active().filter(user_id=user), int)
_TOKEN: Final = Prepared(lambda now, token: ApiToken.objects.in_force(now).filter(pk=token), datetime, int)


def standing(actor: Actor) -> Standing:
    """What one holds now."""
    if actor.kind == "user":
        return Standing(tuple(_MEMBERSHIPS(actor.id)))
    return Standing(token=_TOKEN.one(moment.now(), actor.id)) if actor.kind == "token" else Standing()


def _standing(actor: Actor, held: Mapping[int, list[Membership]], keys: Mapping[int, ApiToken]) -> Standing:
    if actor.kind == "user":
        return Standing(tuple(held.get(actor.id, ())))
    return Standing(token=keys.get(actor.id)) if actor.kind == "token" else Standing()


def _ids(actors: Collection[Actor], kind: str) -> list[int]:
    return [actor.id for actor in actors if actor.kind == kind]


def memberships(actor: Actor) -> list[Membership]:
    """What an active person holds now; empty for anybody else."""
    return list(standing(actor).memberships)


def live_token(actor: Actor) -> ApiToken | None:
    """The token behind an actor, if it is still good."""
    return standing(actor).token


def _as_member(actor: Actor, rule: Rule, subject: Subject, action: str) -> str:
    region_id, site_id = _place(subject)
    for held in memberships(actor):
        if rule.crew and held.role == "crew" and held.region_id == region_id and _is_aboard(actor, subject):
            return held.role
        at_site = held.role in rule.site and held.site_id is not None and held.site_id == site_id
        if at_site or (held.role in rule.region and held.region_id == region_id):
            return held.role
    raise Denied(action, needs=rule.needs())


def _token_grants(actor: Actor, rule: Rule, region_id: str, site_id: str | None) -> bool:
    token = live_token(actor)
    if token is None or rule.scope is None or rule.scope not in token.scopes or token.region_id != region_id:
        return False
    return token.site_id is None or token.site_id == site_id


def duty_of(actor: Actor, region_id: str) -> CrewDuty | None:
    """Which vehicle of a region a person is on just now, by what they said themselves; None for anybody else."""
    if actor.kind != "user":
        return None
    on = CrewDuty.objects.on(moment.now()).filter(user_id=actor.id, region_id=region_id)
    return on.select_related("vehicle").first()


def _is_aboard(actor: Actor, subject: Subject) -> bool:
    """Whether a person is on the very vehicle that a subject is about."""
    vehicle_id = _vehicle(subject)
    duty = duty_of(actor, _place(subject)[0]) if vehicle_id is not None else None
    return duty is not None and duty.vehicle_id == vehicle_id


def _vehicle(subject: Subject) -> UUID | None:
    if isinstance(subject, Redirect):
        return subject.transport.vehicle_id
    return subject.vehicle_id if isinstance(subject, Transport) else None


def _place(subject: Subject) -> tuple[str, str | None]:
    """The region and, where there is one, the site that a subject belongs to."""
    if isinstance(subject, Region):
        return subject.pk, None
    if isinstance(subject, Site):
        return subject.region_id, subject.pk
    return subject.region_id, getattr(subject, "site_id", None)
