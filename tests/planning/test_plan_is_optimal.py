"""The plan against every possible plan: no assignment is better, and no rule of the region is broken for nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from diversion.planning.flow import Choice, assign, violations
from diversion.planning.options import Option, Patient, Place
from diversion.planning.plan import Plan, Policy, plan
from tests.planning.builders import CLOSED, closed_place, patient, place, ways

Tuple4 = tuple[int, int, int, int]


def worth(assignment: Sequence[Choice], loads: Sequence[int], limit: int | None) -> Tuple4:
    """The ordered tuple of an assignment, computed by adding the patients one by one."""
    load = list(loads)
    over = weight = 0
    for choice in assignment:
        over += violations(load[choice.site], limit) + choice.beyond
        weight += load[choice.site]
        load[choice.site] += 1
    return over, sum(one.delay for one in assignment), weight, sum(one.lag for one in assignment)


def rows(sites: int) -> st.SearchStrategy[list[list[Choice]]]:
    def row(numbers: list[int]) -> st.SearchStrategy[list[Choice]]:
        return st.tuples(
            *(
                st.builds(
                    Choice,
                    site=st.just(number),
                    beyond=st.booleans(),
                    delay=st.sampled_from([0, 0, 1, 121, 400, 7200]),
                    lag=st.sampled_from([0, 1, 60, 119]),
                )
                for number in numbers
            )
        ).map(list)

    numbers = st.lists(st.integers(0, sites - 1), min_size=1, max_size=sites, unique=True)
    return st.lists(numbers.flatmap(row), min_size=1, max_size=5)


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[list[Choice]], list[int], int | None]:
    sites = draw(st.integers(1, 4))
    loads = draw(st.lists(st.integers(0, 6), min_size=sites, max_size=sites))
    return draw(rows(sites)), loads, draw(st.none() | st.integers(0, 5))


@settings(max_examples=200, deadline=None)
@given(instances())
def test_no_assignment_is_better(instance: tuple[list[list[Choice]], list[int], int | None]) -> None:
    patients, loads, limit = instance
    best = min(worth(every, loads, limit) for every in product(*patients))
    assert worth(assign(patients, loads, limit), loads, limit) == best


@dataclass(frozen=True)
class Incident:
    """A region at the moment of a declaration."""

    patients: list[Patient]
    sites: list[Place]
    seconds: list[list[int]]
    policy: Policy

    def plan(self) -> Plan:
        return plan(self.patients, self.sites, tuple(ways(*row) for row in self.seconds), self.policy)


def others() -> st.SearchStrategy[list[Place]]:
    gates = st.sampled_from(["open", "open", "life_threatening", "closed"])
    return st.lists(
        st.builds(place, st.sampled_from("abcdef"), ambulances=gates, smur=gates, inbound=st.integers(0, 5)),
        max_size=5,
        unique_by=lambda one: one.site_id,
    )


def patients(individual: bool) -> st.SearchStrategy[list[Patient]]:
    """Up to six; without ``individual`` none has a reason of their own to be decided on individually."""
    some = st.booleans() if individual else st.just(False)
    one = st.builds(
        patient,
        st.integers(1, 99),
        urgency=st.sampled_from(["vital", "urgent", "routine"] if individual else ["urgent", "routine"]),
        by_smur=st.booleans(),
        near_arrival_s=st.none() | st.integers(0, 900) if individual else st.just(900),
        position_lost=some,
        physician_on_board=some,
    )
    return st.lists(one, min_size=1, max_size=6, unique_by=lambda who: who.transport_id)


@st.composite
def incidents(draw: st.DrawFn, individual: bool = False) -> Incident:
    who = draw(patients(individual))
    sites = [closed_place(inbound=len(who)), *draw(others())]
    minutes = st.lists(st.integers(0, 2400), min_size=len(sites), max_size=len(sites))
    policy = Policy(detour_limit_s=draw(st.none() | st.integers(0, 900)), inbound_limit=draw(st.integers(0, 4)))
    return Incident(who, sites, [draw(minutes) for _ in who], policy)


@settings(max_examples=100, deadline=None)
@given(incidents())
def test_no_site_is_over_its_limit_while_another_within_the_detour_limit_has_room(incident: Incident) -> None:
    found = incident.plan()
    loads = {total.site_id: total.inbound + total.added for total in found.totals}
    limit = incident.policy.inbound_limit or 0
    for proposal in found.proposals:
        if proposal.choice == "redirect" and loads[proposal.to_id or ""] > limit:
            room = [one for one in proposal.options if one.admits and loads[one.site_id] < limit]
            assert not [one for one in room if within(one, incident.policy)]


def within(option: Option, policy: Policy) -> bool:
    return policy.detour_limit_s is None or (option.detour_s or 0) <= policy.detour_limit_s


@settings(max_examples=100, deadline=None)
@given(incidents(individual=True))
def test_a_proposed_site_admits_the_patient_and_every_patient_has_one_row(incident: Incident) -> None:
    found = incident.plan()
    assert Counter(one.transport_id for one in found.proposals) == Counter(
        one.transport_id for one in incident.patients
    )
    for proposal in found.proposals:
        if proposal.choice == "redirect":
            (chosen,) = (one for one in proposal.options if one.site_id == proposal.to_id)
            assert chosen.admits
            assert proposal.individual_reason is None
        else:
            assert proposal.individual_reason is not None


@settings(max_examples=100, deadline=None)
@given(incidents(individual=True), st.data())
def test_the_order_of_patients_and_sites_does_not_matter(incident: Incident, data: st.DataObject) -> None:
    columns = data.draw(st.permutations(range(len(incident.sites))))
    lines = data.draw(st.permutations(range(len(incident.patients))))
    shuffled = Incident(
        [incident.patients[line] for line in lines],
        [incident.sites[column] for column in columns],
        [[incident.seconds[line][column] for column in columns] for line in lines],
        incident.policy,
    )
    assert shuffled.plan() == incident.plan()


@settings(max_examples=100, deadline=None)
@given(incidents())
def test_a_patient_alone_gets_their_first_option_unless_it_is_full_or_too_far(incident: Incident) -> None:
    alone = Incident(incident.patients[:1], incident.sites, incident.seconds[:1], incident.policy)
    (proposal,) = alone.plan().proposals
    if proposal.choice == "individual":
        assert proposal.individual_reason == "no_open_alternative"
        return
    first = proposal.options[0]
    (chosen,) = (one for one in proposal.options if one.site_id == proposal.to_id)
    if first.inbound < (incident.policy.inbound_limit or 0) and within(first, incident.policy):
        assert (chosen.seconds, chosen.inbound) == (first.seconds, first.inbound)


@settings(max_examples=100, deadline=None)
@given(incidents())
def test_totals_add_up(incident: Incident) -> None:
    found = incident.plan()
    added = Counter(one.to_id for one in found.proposals if one.choice == "redirect")
    assert {total.site_id: total.added for total in found.totals if total.added} == dict(added)
    assert added[CLOSED] == 0
