"""The plan against every possible plan: no assignment is better, and no rule of the region is broken for nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from diversion.planning.options import Option, Patient, Place
from diversion.planning.plan import Plan, Policy, plan
from tests.planning.builders import CLOSED, closed_place, patient, place, ways


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


@settings(max_examples=100, deadline=None)
@given(incidents())
def test_why_a_site_was_assigned_is_true_of_the_plan(incident: Incident) -> None:
    found, limit = incident.plan(), incident.policy.inbound_limit or 0
    loads = {total.site_id: total.inbound + total.added for total in found.totals}
    for one in found.proposals:
        admitting = [option for option in one.options if option.admits]
        if one.choice == "redirect":
            nearest = min(admitting, key=lambda option: option.seconds)
            (chosen,) = (option for option in admitting if option.site_id == one.to_id)
            full = {option.site_id for option in admitting if loads[option.site_id] >= limit}
            assert {
                "only_open": len(admitting) == 1,
                "nearest": chosen.seconds == nearest.seconds,
                "tie_less_loaded": chosen.seconds - nearest.seconds < 120
                and loads[chosen.site_id] - 1 <= loads[nearest.site_id],
                "nearest_full": nearest.site_id in full and within(chosen, incident.policy),
                "beyond_detour": nearest.site_id in full and not within(chosen, incident.policy),
                "room_too_far": not any(within(o, incident.policy) for o in admitting if o.site_id not in full),
                "all_full": len(full) == len(admitting),
            }[one.why or ""]
