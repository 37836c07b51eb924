"""A key names one intent of one actor: asked again it gets the same answer, asked for something else it is refused."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction

from diversion.commands import diversions
from diversion.commands.saying import Declaration
from diversion.errors import Denied, KeyReused
from diversion.log import AlreadyDone, CommandKey
from diversion.models import CommandReceipt, Diversion, Event
from tests.threads import both
from tests.world import World


def declare(world: World, key: CommandKey, who: str = "clara", **said):
    said = {"cause": "it_outage", "gates": {"ambulances": "closed"}, **said}
    return diversions.declare_diversion(
        actor=world.people[who], key=key, site_id="saint-pierre", declaration=Declaration(**said)
    )


def test_the_same_key_gets_the_same_answer_and_does_nothing_more(world: World):
    key = CommandKey(uuid.uuid4(), "print")
    first = declare(world, key)
    with pytest.raises(AlreadyDone) as again:
        declare(world, key)
    assert again.value.recorded.repeated
    assert [one.pk for one in again.value.recorded.events] == [one.pk for one in first.events]
    assert again.value.recorded.recorded_at == first.recorded_at
    assert Diversion.objects.count() == 1


def test_a_command_that_had_nothing_to_tell_is_remembered_as_that(world: World):
    diversion = world.declare()
    diversions.see_diversion(actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk)
    key = CommandKey.new()
    assert diversions.see_diversion(actor=world.dina, key=key, diversion_id=diversion.pk).events == ()
    with pytest.raises(AlreadyDone) as again:
        diversions.see_diversion(actor=world.dina, key=key, diversion_id=diversion.pk)
    assert again.value.recorded.events == ()


def test_the_same_key_for_another_request_is_refused(world: World):
    key = uuid.uuid4()
    declare(world, CommandKey(key, "one"))
    with pytest.raises(KeyReused):
        declare(world, CommandKey(key, "another"))
    assert Diversion.objects.count() == 1


def test_two_actors_may_choose_the_same_key(world: World):
    key = CommandKey.new()
    declare(world, key)
    declare(world, key, who="dina")
    assert Diversion.objects.count() == 2


def test_a_refused_command_does_not_use_its_key_up(world: World):
    key = CommandKey.new()
    with pytest.raises(Denied):
        declare(world, key, who="ruth")
    world.users["ruth"].memberships.update(role="coordinator", site="saint-pierre")
    assert declare(world, key, who="ruth").events


def test_the_key_of_an_item_depends_on_the_batch_and_its_place(world: World):
    key = CommandKey(uuid.uuid4(), "print")
    assert key.nth(0) == key.nth(0)
    assert len({key.nth(0), key.nth(1), CommandKey.new().nth(0)}) == 3


def test_a_key_is_kept_once_per_actor(world: World):
    declare(world, CommandKey.new())
    copy = CommandReceipt.objects.latest("pk")
    copy.pk = None
    with pytest.raises(IntegrityError, match="command_once_per_actor"), transaction.atomic():
        copy.save()


def test_two_requests_with_the_same_key_at_the_same_time_are_one_command(real_world: World):
    key = CommandKey(uuid.uuid4(), "print")

    def ask() -> list[uuid.UUID]:
        try:
            return [one.pk for one in declare(real_world, key).events]
        except AlreadyDone as done:
            return [one.pk for one in done.recorded.events]

    answers = both(ask, ask)
    assert answers[0] == answers[1]
    assert Diversion.objects.count() == 1
    assert Event.objects.filter(kind="diversion.declared").count() == 1
