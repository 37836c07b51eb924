"""The ways of deciding that are compared. Each decides on the picture it is shown, with the product's own functions.

No way ever names a site that does not admit the patient while another does; where none does, nobody is sent anywhere.
What a plan leaves to a person is decided by a person in every way, one patient at a time; vital patients always go to
the nearest site that admits them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from diversion.journeys.port import Journey
from diversion.planning.options import Option, Patient, Place, options
from diversion.planning.plan import Plan, Policy, plan
from diversion.planning.why import is_beyond
from diversion.study.calls import nearest
from hospitals.gates import VITAL


@dataclass(frozen=True, slots=True)
class Picture:
    """What somebody sees at one moment: every place, and those to be decided with the journeys they have from there."""

    places: tuple[Place, ...]
    patients: tuple[Patient, ...]
    ways: tuple[tuple[Journey, ...], ...]
    policy: Policy

    def options(self, number: int = 0) -> tuple[Option, ...]:
        return options(self.patients[number], self.places, self.ways[number], tie_s=self.policy.tie_s)

    def plan(self) -> Plan:
        return plan(self.patients, self.places, self.ways, self.policy)


#: One patient's site; None where none admits them.
Alone = Callable[[Picture], str | None]
#: The sites of all whom a plan may move; everybody else is for a person.
Together = Callable[[Picture], Mapping[UUID, str]]


@dataclass(frozen=True, slots=True)
class Way:
    """``together`` is None where everybody is decided one by one."""

    name: str
    alone: Alone
    together: Together | None


def admits(place: Place, patient: Patient, journey: Journey) -> bool:
    """Whether this place takes this patient as it is; the journey there plays no part in it."""
    return any(one.admits for one in options(replace(patient, heading_to=""), [place], [journey]))


def to_nearest(picture: Picture) -> str | None:
    """The shortest journey among the sites that admit; what they have coming is not looked at."""
    found = nearest(picture.options())
    return found and found.site_id


def with_room(picture: Picture) -> str | None:
    """The first of the options as they are listed that is neither full nor too far; the first of all where each is.

    For one patient alone this is what the plan proposes.
    """
    found = [one for one in picture.options() if one.admits]
    if not found or picture.patients[0].urgency == VITAL:
        return to_nearest(picture)
    closest, policy = min(one.seconds for one in found), picture.policy
    good = (one for one in found if has_room(one, policy) and not is_beyond(one, closest, policy.detour_limit_s))
    return next(good, found[0]).site_id


def has_room(one: Option, policy: Policy) -> bool:
    return policy.inbound_limit is None or one.inbound < policy.inbound_limit


def each_to_nearest(picture: Picture) -> Mapping[UUID, str]:
    """The nearest site that admits, for all whom a plan would move."""
    numbers = {patient.transport_id: number for number, patient in enumerate(picture.patients)}
    found = {transport: nearest(picture.options(numbers[transport])) for transport in as_planned(picture)}
    return {transport: one.site_id for transport, one in found.items() if one is not None}


def as_planned(picture: Picture) -> Mapping[UUID, str]:
    """What the plan proposes; whom it leaves to a person is not in it."""
    proposals = picture.plan().proposals
    return {one.transport_id: one.to_id for one in proposals if one.choice == "redirect" and one.to_id is not None}


NEAREST: Final = Way("nearest open", to_nearest, each_to_nearest)
GREEDY: Final = Way("each dispatcher greedy", with_room, None)
PLAN: Final = Way("plan", with_room, as_planned)
WAYS: Final = (NEAREST, GREEDY, PLAN)
