"""A row is written whole, and only where it belongs: what is gone is not made again by altering it."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError

from diversion import writing
from diversion.models import Diversion, Transport
from tests.world import World


def test_what_is_written_is_what_django_reads(world: World):
    world.transport("a1")
    episode = world.declare()
    for row in (Diversion.objects.get(pk=episode.pk), Transport.objects.get()):
        before = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
        writing.write(row)
        again = type(row).objects.get(pk=row.pk)
        assert {one.attname: getattr(again, one.attname) for one in row._meta.concrete_fields} == before


def test_nothing_said_stays_nothing_said(world: World):
    row = Diversion.objects.get(pk=world.declare().pk)
    row.shared = row.expected_end = None
    writing.write(row)
    assert Diversion.objects.filter(pk=row.pk, shared__isnull=True, expected_end__isnull=True).exists()


def test_a_row_that_is_gone_is_not_made_again(world: World):
    row = once_there(world)
    with pytest.raises(DatabaseError, match="not there"):
        writing.write(row)
    assert not Transport.objects.filter(pk=row.pk).exists()


def once_there(world: World) -> Transport:
    """A transport as it was read once, under a key that nobody has now."""
    world.transport("a1")
    row = Transport.objects.get()
    row.pk = uuid.UUID("6f1c9bf0-7f3e-4c55-9d0b-0e6a3e3b3a55")
    return row
