"""What else is told: a declaration nobody has confirmed, and a regional question to the sites that are asked."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from diversion import clock
from diversion.commands import questions
from diversion.log import CommandKey
from diversion.models import Delivery
from tests.commands.test_questions import answer, ask, close
from tests.reaching.channels import add
from tests.world import World


def told(hears: str) -> set[str]:
    return set(Delivery.objects.filter(hears=hears).values_list("channel__name", flat=True))


def test_an_overdue_confirmation_is_told_to_the_site_and_the_region(world: World, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    for name, site in (("region", None), ("own", "saint-pierre"), ("other", "saint-luc")):
        add(world, "json://127.0.0.1", name, hears=["unconfirmed"], site=site)
    world.declare()
    time_machine.move_to(now + timedelta(minutes=61), tick=False)
    clock.mark_unattested()
    assert told("unconfirmed") == {"region", "own"}


def test_a_question_is_told_to_every_site_that_is_asked(world: World):
    for name, site in (("own", "saint-pierre"), ("other", "saint-luc")):
        add(world, "json://127.0.0.1", name, hears=["question"], site=site)
    ask(world, sites=["saint-pierre"])
    assert told("question") == {"own"}


def test_what_has_been_answered_or_closed_is_not_asked_late(world: World):
    from diversion.commands.reaching import claim

    for name, site in (("own", "saint-pierre"), ("other", "saint-luc")):
        add(world, "json://127.0.0.1", name, hears=["question"], site=site)
    question = answer(world, ask(world))
    first, second = (Delivery.objects.get(hears="question", channel__name=name) for name in ("own", "other"))
    assert claim(first.pk) is None
    assert claim(second.pk) is not None
    close(world, question)
    ask(world)
    third = Delivery.objects.filter(hears="question", channel__name="other").latest("created_at")
    questions.close_question(actor=world.dina, key=CommandKey.new(), question_id=third.subject_id)
    assert claim(third.pk) is None
