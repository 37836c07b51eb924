"""Retelling: after an upgrade that changed how rows read, the log tells them once more, and agrees with them again."""

from __future__ import annotations

import pytest
from django.db import connection

from diversion.actors import SYSTEM
from diversion.commands.retelling import retell_picture
from diversion.errors import Denied
from diversion.log import CommandKey
from diversion.models import Event
from diversion.verification import verify
from hospitals.models import Site
from tests.world import REGION, World


def retell() -> int:
    recorded = retell_picture(actor=SYSTEM, key=CommandKey.new(), region_id=REGION)
    return sum(len(event.changes) for event in recorded.events)


def test_rows_that_read_otherwise_are_told_and_then_the_log_agrees(real_world: World):
    real_world.declare()
    retell()  # the builder of these tests writes rows no event has told
    with connection.cursor() as cursor:
        cursor.execute("UPDATE hospitals_site SET beds = 7 WHERE id = 'saint-luc'")
    assert [one.where for one in verify(REGION)] == ["('site', 'saint-luc')"]
    assert retell() == 1
    assert verify(REGION) == []


def test_what_reads_as_it_was_told_is_not_told_again(world: World):
    retell()
    head = Event.objects.latest("seq").seq
    assert retell() == 0
    assert Event.objects.latest("seq").seq == head


def test_many_rows_are_told_in_several_events(world: World):
    Site.objects.bulk_create(
        Site(
            id=f"s{n}", region=world.region, hospital_id="h-saint-luc", name={"fr": "s", "nl": "s"},
            short={"fr": "s", "nl": "s"}, zone="test", lat=50.8, lon=4.3, destination="general",
            address={"street": None, "postal_code": "1000", "commune": {"fr": "B", "nl": "B"}},
            position_precision="site_point", position_confidence="high", confidence="high",
        )
        for n in range(150)
    )  # fmt: skip
    recorded = retell_picture(actor=SYSTEM, key=CommandKey.new(), region_id=REGION)
    assert len(recorded.events) == 2


def test_it_is_an_administrators_act(world: World):
    with pytest.raises(Denied):
        retell_picture(actor=world.dina, key=CommandKey.new(), region_id=REGION)
