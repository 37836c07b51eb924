"""What has been recorded stays: the database itself refuses to change, remove or empty the log."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from diversion.models import Event
from tests.world import World


def test_an_event_cannot_be_changed(world: World):
    world.declare()
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Event.objects.update(fact={"nothing": "happened"})


def test_an_event_cannot_be_saved_over(world: World):
    world.declare()
    event = Event.objects.latest("seq")
    event.seq += 1
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        event.save()


def test_an_event_cannot_be_removed(world: World):
    world.declare()
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Event.objects.all().delete()


def test_the_log_cannot_be_emptied(real_world: World):
    real_world.declare()
    with pytest.raises(ProgrammingError, match="Cannot truncate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE diversion_event CASCADE")
    assert Event.objects.exists()


def test_what_the_public_was_told_cannot_be_emptied_either(real_world: World):
    with pytest.raises(ProgrammingError, match="Cannot truncate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE diversion_bulletin")
