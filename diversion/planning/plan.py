"""A proposal for all affected patients together: the least delay for all, no site over its limit if avoidable.

A plan moves nobody. It proposes a site for each patient it may propose one for, and leaves the others, with the
reason, to be decided one by one. It counts on them all the same: where the same plan would have them, and the vital
ones at the nearest site, because that is where they will most likely be sent while it is carried out. The same question
has the same answer, in whatever order its parts come.

The edges: nobody affected is an empty plan; one patient gets their first option that is neither full nor too far;
whom nothing admits is not in the total and has the nearest site named, if it is another; where every site is full
nobody is left out, the excess is shared; a thousand are planned as exactly as two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args
from uuid import UUID

from diversion.journeys.port import Journey, Matrix
from diversion.planning.flow import Choice, Problem, solve
from diversion.planning.options import TIE_S, Option, Patient, Place, options, tie_groups
from diversion.planning.prices import Numbers
from diversion.planning.why import Why, is_beyond, why
from hospitals.gates import VITAL

Reason = Literal["near_arrival", "critical", "physician_on_board", "position_lost", "no_open_alternative"]
REASONS: Final[tuple[str, ...]] = get_args(Reason)
Verdict = Literal["redirect", "individual"]
VERDICTS: Final[tuple[str, ...]] = get_args(Verdict)

#: What a second of delay weighs in the plan's total. A ratio of ours for sharing delay out, not a clinical figure;
#: vital patients are not in the total, they are always decided individually.
WEIGHTS: Final[Mapping[str, int]] = {VITAL: 4, "urgent": 2, "routine": 1}


@dataclass(frozen=True, slots=True)
class Policy:
    """The region's numbers; None means that the region sets no such limit."""

    tie_s: int = TIE_S
    near_arrival_s: int = 240
    detour_limit_s: int | None = None
    inbound_limit: int | None = None

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> Policy:
        """From a region's complete policy (hospitals.policies)."""
        return cls(
            tie_s=numbers["tie_s"],
            near_arrival_s=numbers["near_arrival_s"],
            detour_limit_s=numbers["detour_limit_s"],
            inbound_limit=numbers["inbound_limit"],
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row of the plan. ``to_id`` of an individual row is only ever the nearest site, when none admits.

    It is None then too when the site they are heading for is itself the nearest. ``why`` that site was assigned is
    said of redirects alone; an individual row has its reason instead.
    """

    transport_id: UUID
    choice: Verdict
    to_id: str | None
    options: tuple[Option, ...]
    individual_reason: Reason | None
    why: Why | None


@dataclass(frozen=True, slots=True)
class Total:
    """What a site has announced now, how many the plan would add, and how many others it counts on being sent there.

    ``individually`` is no proposal: of those whom a person decides on, so many are expected here.
    """

    site_id: str
    inbound: int
    added: int
    individually: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Proposals by urgency, then transport; totals by site."""

    proposals: tuple[Proposal, ...]
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A patient with what was found out about them before anybody is assigned."""

    patient: Patient
    options: tuple[Option, ...]
    reason: Reason | None


#: Answers a flow: diversion.planning.flow.solve, or the same elsewhere.
Solver = Callable[[Problem], Numbers]


def plan(
    patients: Sequence[Patient], sites: Sequence[Place], matrix: Matrix, policy: Policy, *, solver: Solver = solve
) -> Plan:
    """The plan for patients whose destination no longer admits them; ``matrix`` has their rows, the sites' columns.

    Raises diversion.planning.flow.Unsolved for more patients than exact integers hold (tens of thousands are fine).
    """
    rows = [_row(one, sites, way, policy) for one, way in zip(patients, matrix, strict=True)]
    rows.sort(key=lambda row: (-WEIGHTS[row.patient.urgency], row.patient.transport_id))
    going = [row for row in rows if row.reason != "no_open_alternative"]
    places = sorted(sites, key=lambda place: place.site_id)
    loads = _loads(going, places)
    assigned = _assigned(going, loads, policy, solver)
    added, individually = (
        Counter(assigned[row.patient.transport_id] for row in going if (row.reason is None) is proposed)
        for proposed in (True, False)
    )
    final = Counter(loads) + added + individually
    return Plan(
        proposals=tuple(_proposal(row, assigned.get(row.patient.transport_id), final, policy) for row in rows),
        totals=tuple(Total(one.site_id, one.inbound, added[one.site_id], individually[one.site_id]) for one in places),
    )


def _row(patient: Patient, sites: Sequence[Place], journeys: Sequence[Journey], policy: Policy) -> _Row:
    found = options(patient, sites, journeys, tie_s=policy.tie_s)
    left = _time_left(patient, sites, journeys)
    return _Row(patient, found, _individual_reason(patient, found, left, policy))


def _time_left(patient: Patient, sites: Sequence[Place], journeys: Sequence[Journey]) -> int | None:
    """Seconds to where they are heading: as last known, else estimated, unless nobody knows where they are."""
    if patient.near_arrival_s is not None or patient.position_lost:
        return patient.near_arrival_s
    pairs = zip(sites, journeys, strict=True)
    return next((way.seconds for place, way in pairs if place.site_id == patient.heading_to), None)


def _individual_reason(patient: Patient, found: Sequence[Option], left: int | None, policy: Policy) -> Reason | None:
    """Why a person decides on this one; the gravest reason first, because only one is shown."""
    if not any(one.admits for one in found):
        return "no_open_alternative"
    if patient.urgency == VITAL:
        return "critical"
    if left is not None and left < policy.near_arrival_s:
        return "near_arrival"
    if patient.physician_on_board:
        return "physician_on_board"
    return "position_lost" if patient.position_lost else None


def _loads(going: Sequence[_Row], places: Sequence[Place]) -> dict[str, int]:
    """What each site has once all who can go elsewhere have left: they take up no room where they are heading."""
    leaving = Counter(row.patient.heading_to for row in going)
    return {place.site_id: max(0, place.inbound - leaving[place.site_id]) for place in places}


def _assigned(going: Sequence[_Row], loads: Mapping[str, int], policy: Policy, solver: Solver) -> dict[UUID, str]:
    """The site of each who can go elsewhere: one flow for all of them."""
    names = list(loads)
    index = {site_id: number for number, site_id in enumerate(names)}
    wanted = (choices(_considered(row), row.patient.urgency, index, policy) for row in going)
    problem = Problem.of(wanted, list(loads.values()), policy.inbound_limit)
    chosen = solver(problem)
    return {row.patient.transport_id: names[problem.site[one]] for row, one in zip(going, chosen, strict=True)}


def _considered(row: _Row) -> Sequence[Option]:
    """The options to count on: a vital patient is taken where the journey is shortest, whatever else comes there."""
    if row.patient.urgency != VITAL:
        return row.options
    return [min((one for one in row.options if one.admits), key=lambda one: (one.seconds, one.site_id))]


def choices(found: Sequence[Option], urgency: str, index: Mapping[str, int], policy: Policy) -> list[Choice]:
    """The admitted options as the flow sees them, nearest first: members of a tie delay alike.

    ``index`` has the number of each site in the flow.
    """
    groups = tie_groups((one for one in found if one.admits), policy.tie_s)
    nearest = groups[0][0].seconds
    weight = WEIGHTS[urgency]
    return [
        Choice(
            site=index[one.site_id],
            beyond=is_beyond(one, nearest, policy.detour_limit_s),
            delay=weight * (group[0].seconds - nearest),
            lag=one.seconds - group[0].seconds,
        )
        for group in groups
        for one in group
    ]


def _proposal(row: _Row, to_id: str | None, final: Mapping[str, int], policy: Policy) -> Proposal:
    transport_id = row.patient.transport_id
    if to_id is None or row.reason is not None:
        return Proposal(transport_id, "individual", _nearest(row), row.options, row.reason, None)
    reason = why(row.options, to_id, final, inbound_limit=policy.inbound_limit, detour_limit_s=policy.detour_limit_s)
    return Proposal(transport_id, "redirect", to_id, row.options, None, reason)


def _nearest(row: _Row) -> str | None:
    """When no site admits the patient, the nearest one regardless, unless they are heading for it already."""
    if row.reason != "no_open_alternative" or not row.options:
        return None
    first = row.options[0]
    return None if first.detour_s is not None and first.detour_s >= 0 else first.site_id
