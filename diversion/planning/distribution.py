"""Many casualties at one place shared out among hospitals: whom each takes, the nearest first, none beyond its word.

What a site offered is its room, by urgency; one that has not answered is taken to have a little. Only when all of
that is used up is anybody assigned beyond it, evenly, and where a site has said that it can take none, last. The same
exact flow as the plan's: each urgency at each site is a place of its own there, so that none is paid for by another.
A proposal for the next vehicles, not a schedule: it is asked again after each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from diversion.journeys.port import Journey
from diversion.planning.flow import Choice, Problem, solve
from diversion.planning.options import Option, Patient, Place, options
from diversion.planning.plan import WEIGHTS, Policy, Solver, choices
from diversion.planning.prices import Numbers

#: Nobody in particular: all of one urgency are alike until a crew has one on board.
ANYBODY: Final = UUID(int=0)
Cell = tuple[str, str]


class Room(NamedTuple):
    """What one site can take of one urgency: as offered (None: no answer), as assumed until then, and as sent."""

    offered: int | None
    assumed: int
    sent: int

    @property
    def left(self) -> int:
        """Below zero where more were sent than that."""
        return (self.assumed if self.offered is None else self.offered) - self.sent


@dataclass(frozen=True, slots=True)
class Group:
    """The casualties of one urgency: what each needs, how many wait at the place, the journey to each site."""

    urgency: str
    needs: tuple[str, ...]
    waiting: int
    journeys: tuple[Journey, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """All that a distribution depends on; ``rooms`` by (site, urgency), for every site and urgency."""

    groups: tuple[Group, ...]
    places: tuple[Place, ...]
    rooms: Mapping[Cell, Room]
    policy: Policy


class Share(NamedTuple):
    """One site for one urgency: the journey and what speaks against it, its room, how many more are proposed.

    ``children_only`` is never proposed: which of the casualties are children, nobody has said.
    """

    option: Option
    room: Room
    proposed: int
    children_only: bool

    @property
    def beyond(self) -> int:
        """How many of the proposed are beyond what the site has room for."""
        return max(0, self.proposed - max(0, self.room.left))


class Shared(NamedTuple):
    """One urgency: its sites in the order in which options are shown, and how many no site admits."""

    urgency: str
    waiting: int
    shares: tuple[Share, ...]
    nowhere: int


def distribution(question: Question, *, solver: Solver = solve) -> tuple[Shared, ...]:
    """The proposal, by urgency in the order given. The same question has the same answer."""
    found = [(group, _open_to(group, question, "unknown")) for group in question.groups]
    given = Counter(_assigned(found, question, solver))
    return tuple(_shared(group, seen, given, question) for group, seen in found)


def _open_to(group: Group, question: Question, age_band: str) -> tuple[Option, ...]:
    somebody = Patient(
        ANYBODY, group.urgency, group.needs, by_smur=False, age_band=age_band, heading_to="", position_lost=True
    )
    return options(somebody, question.places, group.journeys, tie_s=question.policy.tie_s)


def _assigned(found: Sequence[tuple[Group, Sequence[Option]]], question: Question, solver: Solver) -> Iterator[Cell]:
    """The site and urgency of each casualty who can be assigned at all."""
    cells = sorted({(one.site_id, group.urgency) for group, seen in found for one in seen if one.admits})
    number = {cell: index for index, cell in enumerate(cells)}
    left = [question.rooms[cell].left for cell in cells]
    most = max([0, *left])
    wanted = [
        mine
        for group, seen in found
        if _admitted(seen)
        for mine in [_choices(group, seen, number, question)] * group.waiting
    ]
    # The flow has one limit for all: what a site has not got of the greatest room counts as taken there.
    problem = Problem.of(wanted, [most - room for room in left], most)
    chosen: Numbers = solver(problem)
    yield from (cells[problem.site[one]] for one in chosen)


def _choices(group: Group, seen: Sequence[Option], number: Mapping[Cell, int], question: Question) -> list[Choice]:
    """Alike for all of a group. Where a site has said that it can take none, that weighs as a long detour does.

    Where it has said nothing, as a journey longer by a tie: of two as near, the one that has promised comes first.
    """
    index = {one.site_id: number[one.site_id, group.urgency] for one in seen if one.admits}
    none = {index[site] for site in index if question.rooms[site, group.urgency].offered == 0}
    mine = choices(seen, group.urgency, index, question.policy)
    unsaid = {index[site] for site in index if question.rooms[site, group.urgency].offered is None}
    doubt = WEIGHTS[group.urgency] * question.policy.tie_s
    return [
        one._replace(beyond=one.beyond or one.site in none, delay=one.delay + doubt * (one.site in unsaid))
        for one in mine
    ]


def _shared(group: Group, seen: Sequence[Option], given: Mapping[Cell, int], question: Question) -> Shared:
    known = {one.site_id for one in seen}
    for_children = [one for one in _open_to(group, question, "child") if one.site_id not in known]
    shares = [
        Share(one, question.rooms[one.site_id, group.urgency], given.get((one.site_id, group.urgency), 0), child)
        for one, child in [*((one, False) for one in seen), *((one, True) for one in for_children)]
    ]
    return Shared(group.urgency, group.waiting, tuple(shares), 0 if _admitted(seen) else group.waiting)


def _admitted(seen: Sequence[Option]) -> bool:
    return any(one.admits for one in seen)
