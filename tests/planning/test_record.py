"""What is kept with a decision answers it again, by itself: through JSON and back, and from the database."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from diversion.journeys.port import Journey
from diversion.models import Basis, Redirect
from diversion.planning.plan import Policy
from diversion.planning.record import Question, answer, as_record, difference, from_record, options_as_record
from diversion.wire.entities import represent
from hospitals.gates import Gate
from tests.planning.builders import CLOSED, closed_place, patient, place, ways
from tests.world import World

GATES = st.sampled_from(["open", "life_threatening", "closed"])
NEEDS = st.lists(st.sampled_from(["stroke", "ct", "trauma"]), unique=True, max_size=2)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Anything that can be asked of up to six sites."""
    known = st.dictionaries(st.sampled_from(["stroke", "ct", "trauma"]), st.none() | st.booleans())
    kinds = st.sampled_from(["general", "belt", "paediatric_only", "specialty_only"])
    one = st.builds(
        place, st.sampled_from("abcdef"), destination=kinds, ambulances=GATES, smur=GATES, closed=NEEDS, accepts=NEEDS,
        capabilities=known, inbound=st.integers(0, 9),
    )  # fmt: skip
    places = [closed_place(3), *draw(st.lists(one, max_size=6, unique_by=lambda it: it.site_id))]
    seconds = st.integers(0, 5000)
    journey = st.builds(
        Journey, seconds, seconds, seconds, seconds, st.sampled_from(["line", "roads"]), st.none() | st.just("2013-01")
    )
    who = st.builds(
        patient, urgency=st.sampled_from(["vital", "urgent"]), needs=NEEDS, by_smur=st.booleans(),
        age_band=st.sampled_from(["child", "adult"]), heading_to=st.sampled_from([CLOSED, "a"]),
        near_arrival_s=st.none() | seconds, position_lost=st.booleans(), physician_on_board=st.booleans(),
    )  # fmt: skip
    policy = st.builds(Policy, st.integers(1, 300), seconds, st.none() | seconds, st.none() | st.integers(0, 9))
    return Question(draw(who), tuple(places), tuple(draw(journey) for _ in places), draw(policy))


@settings(max_examples=60, deadline=None)
@given(questions())
def test_a_recorded_question_is_the_same_question_and_has_the_same_answer(question: Question):
    again = from_record(json.loads(json.dumps(as_record(question))))
    assert again == question
    recorded = json.loads(json.dumps(options_as_record(answer(question))))
    assert difference(recorded, answer(again)) is None


def test_nothing_but_what_is_recorded_decides_the_order_of_a_tie():
    policy = Policy(tie_s=60)
    places = (closed_place(), place("near", inbound=2), place("calm"))
    asked = Question(patient(), places, ways(300, 500, 570), policy)
    assert [one.site_id for one in answer(from_record(as_record(asked)))] == ["near", "calm"]


def test_an_answer_that_became_another_says_in_what():
    asked = Question(patient(), (place("a"), place("b")), ways(300, 600), Policy())
    recorded = options_as_record(answer(asked))
    recorded[1]["seconds"] = 601
    assert difference(recorded, answer(asked)) == "option 2 (b): seconds was 601, is 600"
    assert difference(recorded[:1], answer(asked)) == "1 options were recorded, 2 found"


def test_what_later_versions_say_besides_is_no_difference():
    asked = Question(patient(), (place("a"),), ways(300), Policy())
    (recorded,) = options_as_record(answer(asked))
    del recorded["refusal"]
    assert difference([recorded], answer(asked)) is None


def test_a_record_of_a_form_that_is_not_known_is_refused_and_not_guessed_at():
    with pytest.raises(ValueError, match="form 7"):
        from_record({"form": 7})


def test_the_gate_is_recorded_with_all_it_says():
    gate = Gate("closed", ("d1",), "2026-11-22T10:00:00Z", ("stroke",), ("d2",))
    asked = Question(patient(), (place("a"),), ways(300), Policy())
    record = as_record(asked)
    record["places"][0]["gate_ambulances"] = json.loads(json.dumps(as_record_gate(gate)))
    assert from_record(record).places[0].gate_ambulances == gate


def as_record_gate(gate: Gate) -> dict[str, object]:
    return {
        "value": gate.value,
        "because": gate.because,
        "since": gate.since,
        "accepts": gate.accepts,
        "disputed": gate.disputed,
    }


# ------------------------------------------------------------------ decisions


def replay(*arguments: str) -> str:
    said = StringIO()
    call_command("replay_decisions", *arguments, stdout=said)
    return said.getvalue()


def test_every_decision_is_replayed_from_what_was_recorded_with_it_though_the_world_went_on(world: World):
    first, second = world.transport("a1", needs=["stroke"]), world.transport("a2", kind="smur")
    world.declare()
    world.order(first, "saint-luc")
    world.order(second, "saint-jean")
    world.declare("saint-luc", actor=world.lucas)
    world.transport("a3", to="saint-jean")
    assert replay() == "2 decisions replayed, 0 differ, 0 without a recorded question\n"


def test_one_decision_is_shown_with_its_options_and_why_a_site_was_excluded(world: World):
    world.declare("saint-luc", actor=world.lucas)
    redirect = world.order(world.transport("a1"), "saint-jean")
    said = replay("--redirect", str(redirect.pk))
    assert "saint-luc: " in said
    assert "does not admit (gate_closed)" in said


def test_a_decision_whose_options_were_altered_is_found(world: World):
    redirect = world.order(world.transport("a1"), "saint-jean")
    redirect.options[0]["seconds"] += 1
    Redirect.objects.filter(pk=redirect.pk).update(options=redirect.options)
    with pytest.raises(CommandError, match="1 decisions have other options"):
        replay("testopolis")


def test_a_decision_recorded_before_questions_were_kept_is_counted_as_such(world: World):
    kept = world.order(world.transport("a1"), "saint-jean")
    values = {name: getattr(kept, name) for name in ("region_id", "transport_id", "from_site_id", "to_site_id")}
    Redirect.objects.create(
        **values, choice="redirect", state="superseded", ordered_at=kept.ordered_at, ordered_by=kept.ordered_by
    )
    assert replay() == "1 decisions replayed, 0 differ, 1 without a recorded question\n"


def test_what_a_decision_rested_on_can_neither_be_changed_nor_removed(world: World):
    world.order(world.transport("a1"), "saint-jean")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Basis.objects.update(question={})
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Basis.objects.all().delete()
    with (
        pytest.raises(ProgrammingError, match="Cannot truncate"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE diversion_basis")


def test_what_a_decision_rested_on_names_nobody(world: World):
    redirect = world.order(world.transport("a1"), "saint-jean")
    assert set(redirect.basis.question["patient"]) == {
        "transport_id", "urgency", "needs", "by_smur", "age_band", "heading_to", "near_arrival_s", "position_lost",
        "physician_on_board",
    }  # fmt: skip


def test_a_decision_recorded_before_refusals_were_said_is_told_as_it_was(world: World):
    redirect = world.order(world.transport("a1"), "saint-jean")
    assert "refusal" in represent(redirect)["state"]["options"][0]
    redirect.options = [{name: value for name, value in one.items() if name != "refusal"} for one in redirect.options]
    assert represent(redirect)["state"]["options"] == redirect.options
