"""A regional question: every site is asked at once, each answer counts, and who stays silent is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from diversion import clock
from diversion.commands import questions
from diversion.errors import Conflict, Denied, Invalid, NotFound
from diversion.log import CommandKey
from diversion.models import Event, Question
from tests.world import REGION, SITES, World


def ask(world: World, who: str = "dina", **more) -> Question:
    recorded = questions.ask_question(actor=getattr(world, who), key=CommandKey.new(), region_id=REGION, **more)
    return Question.objects.get(pk=recorded.events[0].fact["question"])


def answer(world: World, question: Question, site: str = "saint-pierre", who: str = "clara", **more) -> Question:
    said = {"answer": "normal", **more}
    questions.answer_question(
        actor=getattr(world, who), key=CommandKey.new(), question_id=question.pk, site_id=site, **said
    )
    question.refresh_from_db()
    return question


def close(world: World, question: Question, who: str = "dina") -> Question:
    questions.close_question(actor=getattr(world, who), key=CommandKey.new(), question_id=question.pk)
    question.refresh_from_db()
    return question


def test_every_site_is_asked_unless_some_are_named(world: World):
    assert ask(world).sites == sorted(SITES)
    assert ask(world, sites=["saint-luc"]).sites == ["saint-luc"]


def test_each_answer_is_on_record_with_who_gave_it(world: World):
    question = answer(world, ask(world), answer="strained", comment="two theatres")
    given = question.answers["saint-pierre"]
    assert (given["answer"], given["comment"], given["by"]) == ("strained", "two theatres", "Clara")


def test_a_later_answer_replaces_the_earlier(world: World):
    question = answer(world, ask(world))
    assert answer(world, question, answer="trouble").answers["saint-pierre"]["answer"] == "trouble"


def test_the_department_itself_may_answer(world: World):
    assert "saint-jean" in answer(world, ask(world), site="saint-jean", who="ruth").answers


def test_dispatch_enters_an_answer_that_came_by_telephone(world: World):
    question = answer(world, ask(world), who="dina", called_by="the head nurse")
    assert question.answers["saint-pierre"]["by"] == "the head nurse (Dina)"


def test_who_has_not_answered_in_time_is_named_once(world: World, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    question = answer(world, ask(world, minutes=5))
    time_machine.move_to(now + timedelta(minutes=5), tick=False)
    clock.tick()
    clock.tick()
    event = Event.objects.get(kind="question.overdue")
    assert event.fact["missing"] == ["huderf", "saint-jean", "saint-luc"]
    question.refresh_from_db()
    assert question.overdue_at == now + timedelta(minutes=5)


def test_when_all_have_answered_nobody_is_named(world: World, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    answer(world, ask(world, sites=["saint-pierre"], minutes=5))
    time_machine.move_to(now + timedelta(minutes=9), tick=False)
    clock.tick()
    assert not Event.objects.filter(kind="question.overdue").exists()


def test_an_answer_that_comes_late_still_counts(world: World, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    question = ask(world, minutes=5)
    time_machine.move_to(now + timedelta(minutes=9), tick=False)
    clock.tick()
    assert answer(world, question).missing() == ["huderf", "saint-jean", "saint-luc"]


def test_a_closed_question_takes_no_answers_and_leaves_the_picture(world: World):
    question = close(world, ask(world))
    assert Event.objects.latest("seq").changes[0]["state"] is None
    with pytest.raises(Conflict, match="is closed"):
        answer(world, question)


@pytest.mark.parametrize("who", ["clara", "ruth", "ines", "ada", "sam", "cad"])
def test_only_dispatch_asks_and_closes(world: World, who: str):
    with pytest.raises(Denied):
        ask(world, who=who)
    with pytest.raises(Denied):
        close(world, ask(world), who=who)


@pytest.mark.parametrize("who", ["lucas", "ruth", "ines", "ada", "sam", "cad"])
def test_nobody_answers_for_another_hospital(world: World, who: str):
    with pytest.raises(Denied):
        answer(world, ask(world), who=who)


def test_what_cannot_be_meant_is_refused(world: World):
    with pytest.raises(Invalid, match="saint-elsewhere"):
        ask(world, sites=["saint-elsewhere"])
    with pytest.raises(Invalid, match="was not asked"):
        answer(world, ask(world, sites=["saint-luc"]))
    with pytest.raises(Invalid, match="answer must be"):
        answer(world, ask(world), answer="fine")
    with pytest.raises(NotFound):
        answer(world, Question())


def test_nobody_but_the_clock_names_stragglers(world: World):
    question = ask(world)
    with pytest.raises(Denied):
        questions.tell_stragglers(actor=world.dina, key=CommandKey.new(), question_id=question.pk)
