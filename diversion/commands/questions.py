"""A regional question: dispatch asks every site at once; each answer counts once given, and silence is told by name."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from diversion import access
from diversion.actors import Actor
from diversion.commands.asking import as_said, deadline, fallen_due, site_that_answers, sites_to_ask
from diversion.commands.escalation import tell_asked
from diversion.commands.rows import region, region_of, take
from diversion.errors import Conflict, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Question
from diversion.models.questions import ANSWERS


def ask_question(
    *,
    actor: Actor,
    key: CommandKey,
    region_id: str,
    text: str = "",
    sites: Sequence[str] | None = None,
    minutes: int | None = None,
) -> Recorded:
    """Ask sites for their state; all that receive patients, unless named. ``minutes`` until stragglers are told."""
    with change(region_id, actor=actor, key=key) as log:
        here = region(region_id)
        log.role = access.require(actor, "question.ask", here)
        question = Question(
            region=here,
            text=text.strip(),
            sites=sites_to_ask(here, sites, otherwise=here.sites.values_list("pk", flat=True)),
            asked_at=log.now,
            asked_by=log.author(),
            deadline_at=deadline(log, here, minutes, rule="question_minutes"),
        )
        _record(log, EventKind.QUESTION_ASKED, question)
        tell_asked(log, question)
    return log.answer()


def answer_question(
    *,
    actor: Actor,
    key: CommandKey,
    question_id: UUID,
    site_id: str,
    answer: str,
    comment: str = "",
    called_by: str | None = None,
) -> Recorded:
    """One site's answer; a later one replaces it. ``called_by`` names who said it when dispatch enters it."""
    if answer not in ANSWERS:
        raise Invalid("unknown_answer", f"answer must be one of {', '.join(ANSWERS)}.", field="answer")
    with change(_region(question_id), actor=actor, key=key) as log:
        question = _take(question_id)
        site = site_that_answers(question, site_id)
        log.role = access.require(actor, "question.answer", site)
        given = as_said(log, {"answer": answer}, comment=comment, called_by=called_by)
        question.answers = {**question.answers, site_id: given}
        _record(log, EventKind.QUESTION_ANSWERED, question, site=site_id, answer=answer)
    return log.answer()


def close_question(*, actor: Actor, key: CommandKey, question_id: UUID) -> Recorded:
    """Dispatch has what it needs. The answers stay in the log."""
    with change(_region(question_id), actor=actor, key=key) as log:
        question = _take(question_id)
        log.role = access.require(actor, "question.ask", question)
        question.closed_at = log.now
        _record(log, EventKind.QUESTION_CLOSED, question, missing=question.missing())
    return log.answer()


def tell_stragglers(*, actor: Actor, key: CommandKey, question_id: UUID) -> Recorded:
    """The deadline has passed: who has not answered is told, once."""
    with change(_region(question_id), actor=actor, key=key) as log:
        question = _take(question_id)
        log.role = access.require(actor, "question.fall_due", question)
        if question.overdue_at is None and question.missing():
            question.overdue_at = log.now
            _record(log, EventKind.QUESTION_OVERDUE, question, missing=question.missing())
    return log.answer()


def overdue_questions() -> list[UUID]:
    """Open questions past their deadline whose stragglers have not been told."""
    return fallen_due(Question.objects.open())


def _region(question_id: UUID) -> str:
    return region_of(Question, question_id, "question")


def _take(question_id: UUID) -> Question:
    question = take(Question.objects.all(), question_id, "question")
    if question.closed_at is not None:
        raise Conflict("wrong_state", "This question is closed.", row=question)
    return question


def _record(log: Log, kind: EventKind, question: Question, **fact: object) -> None:
    log.add(kind, question, fact={"question": str(question.pk), **fact})
