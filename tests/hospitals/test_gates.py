"""The effective gate always equals the strictest of what the running diversions say: as a rule and by example."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hospitals import gates
from hospitals.gates import Gate, Said, admits, effective, loosens, restricts

CODES = ("ct", "maternity", "stroke")
SAYINGS = st.fixed_dictionaries({gate: st.sampled_from((None, *values)) for gate, values in gates.VALUES.items()})
ONE = st.builds(
    Said,
    st.uuids().map(str),
    st.sampled_from(("suspected", "active", "recovering")),
    SAYINGS,
    st.sets(st.sampled_from(CODES)).map(tuple),
    accepts=st.frozensets(st.sampled_from(CODES)),
    disputed=st.frozensets(st.sampled_from(gates.GATES)),
    suspended=st.booleans(),
)


def strictest(gate: str, running: list[Said]) -> int:
    return max((gates.strictness(gate, one.gates[gate]) for one in running if not one.suspended), default=0)


@given(st.lists(ONE, max_size=6))
def test_the_effective_gate_is_the_strictest_that_counts(running: list[Said]):
    found = effective(running)
    for gate in gates.GATES:
        assert gates.strictness(gate, found.value(gate)) == strictest(gate, running)


@given(st.lists(ONE, max_size=6))
def test_every_restricted_gate_names_exactly_those_that_cause_it(running: list[Said]):
    found = effective(running)
    for gate in gates.GATES:
        worst = strictest(gate, running)
        causing = {
            one.diversion_id
            for one in running
            if worst > 0 and not one.suspended and gates.strictness(gate, one.gates[gate]) == worst
        }
        assert set(found.gates[gate].because) == causing


@given(st.lists(ONE, max_size=5), ONE)
def test_one_more_declaration_admits_nobody_who_was_not_admitted_before(running: list[Said], more: Said):
    before, after = effective(running), effective([*running, more])
    for gate in (gates.AMBULANCES, gates.SMUR_DESTINATION):
        for urgency in ("vital", "urgent"):
            for need in CODES:
                admitted = admits(after.gates[gate], urgency, [need])
                assert not admitted or admits(before.gates[gate], urgency, [need])


@given(st.lists(ONE, max_size=5))
def test_the_order_in_which_they_were_declared_changes_no_value(running: list[Said]):
    found, turned = effective(running), effective(reversed(running))
    assert {gate: found.value(gate) for gate in gates.GATES} == {gate: turned.value(gate) for gate in gates.GATES}
    assert found.condition == turned.condition


@given(ONE, ONE)
def test_whatever_does_not_loosen_admits_nobody_new(before: Said, after: Said):
    if loosens(before, after) or before.suspended or after.suspended:
        return
    was, now = effective([before]), effective([after])
    for gate in (gates.AMBULANCES, gates.SMUR_DESTINATION):
        for need in CODES:
            assert not admits(now.gates[gate], "urgent", [need]) or admits(was.gates[gate], "urgent", [need])


@given(ONE)
def test_ending_what_restricts_nothing_changes_nobodys_way(one: Said):
    if restricts(one):
        return
    assert {gate.value for gate in effective([one]).gates.values()} == {"open", "available"}


def test_a_gate_for_the_life_threatening_takes_the_vital_and_what_it_accepts():
    gate = Gate("life_threatening", accepts=("maternity",))
    assert admits(gate, "vital")
    assert admits(gate, "routine", ["maternity", "ct"])
    assert not admits(gate, "urgent", ["ct"])
    assert not admits(gate, "urgent")


def test_a_suspended_declaration_runs_on_and_restricts_nothing():
    one = Said("a", "active", {"ambulances": "closed"}, ("ct",), suspended=True)
    found = effective([one])
    assert (found.value("ambulances"), found.closed_capabilities, found.condition) == ("open", {}, "limited")


def test_settling_a_contradiction_by_closing_is_no_loosening():
    disputed = Said("a", "active", {"walk_ins": None}, disputed=frozenset({"walk_ins"}))
    assert not loosens(disputed, Said("a", "active", {"walk_ins": "closed"}))
    assert loosens(disputed, Said("a", "active", {"walk_ins": "open"}))
    assert restricts(disputed)
