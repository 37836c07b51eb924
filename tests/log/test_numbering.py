"""Events of a region are numbered 1, 2, 3 … in the order of their commits, and what fails leaves no gap."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from diversion.errors import Denied, Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, change, read_after
from diversion.models import CommandReceipt, Event, Stream
from hospitals.models import Region
from tests.world import REGION, World


def numbers(region_id: str = REGION) -> list[int]:
    return list(Event.objects.filter(region_id=region_id).order_by("seq").values_list("seq", flat=True))


def head() -> Stream:
    return Stream.objects.get(pk=REGION)


def test_events_are_numbered_from_one_without_gap(world: World):
    world.transport("a1")
    world.declare()
    assert numbers() == list(range(1, head().head + 1))
    assert len(numbers()) >= 4


def test_the_head_names_the_last_event(world: World):
    world.declare()
    last = Event.objects.filter(region_id=REGION).latest("seq")
    assert (head().head, head().head_event) == (last.seq, last.pk)


def test_several_events_of_one_change_follow_each_other_under_one_key(world: World):
    before = head().head
    key = CommandKey.new()
    with change(REGION, actor=world.ada, key=key) as log:
        log.add(EventKind.MEMBER_CHANGED, fact={"n": 1})
        log.add(EventKind.MEMBER_CHANGED, fact={"n": 2})
    assert [event.seq for event in log.answer().events] == [before + 1, before + 2]
    assert {event.command_id for event in log.answer().events} == {key.id}


def test_a_refused_command_leaves_no_event_no_receipt_and_no_gap(world: World):
    world.declare()
    receipts, before = CommandReceipt.objects.count(), numbers()
    with pytest.raises(Denied):
        world.declare(actor=world.ruth)
    with pytest.raises(Invalid):
        world.declare(cause="bad weather")
    assert CommandReceipt.objects.count() == receipts
    assert numbers() == before
    world.declare()
    assert numbers() == [*before, before[-1] + 1]


def test_a_change_that_breaks_halfway_leaves_neither_row_nor_event_nor_gap(world: World):
    before = numbers()

    def break_halfway() -> None:
        site = world.site("saint-pierre")
        with change(REGION, actor=world.ada, key=CommandKey.new()) as log:
            site.notes = "half said"
            log.add(EventKind.SITE_CHANGED, site)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        break_halfway()
    assert world.site("saint-pierre").notes is None
    world.declare()
    assert numbers() == [*before, before[-1] + 1]


def test_a_change_inside_another_transaction_is_refused(real_world: World):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        real_world.declare()


def test_a_change_that_tells_nothing_records_nothing(world: World):
    before = head().head
    with change(REGION, actor=world.ada, key=CommandKey.new()) as log:
        pass
    assert log.answer().events == ()
    assert head().head == before


def test_the_answer_exists_only_once_the_change_is_left(world: World):
    with (
        pytest.raises(RuntimeError, match="after it has been committed"),
        change(REGION, actor=world.ada, key=CommandKey.new()) as log,
    ):
        log.answer()


def test_reading_after_a_number_gives_what_follows_in_order_up_to_the_limit(world: World):
    for _ in range(4):
        world.declare()
    end = head().head
    assert [event.seq for event in read_after(REGION, end - 3, limit=2)] == [end - 2, end - 1]


def test_each_region_has_numbers_of_its_own(world: World):
    other = Region.objects.create(id="elsewhere", name={}, boundary=[])
    Stream.objects.create(region=other)
    with change("elsewhere", actor=world.ada, key=CommandKey.new()) as log:
        log.add(EventKind.MEMBER_CHANGED)
    assert numbers("elsewhere") == [1]


def test_a_number_is_given_once_per_region(world: World):
    world.declare()
    copy = Event.objects.latest("seq")
    copy.pk = None
    with pytest.raises(IntegrityError, match="event_number_once_per_region"), transaction.atomic():
        Event.objects.bulk_create([copy])


def test_an_event_carries_the_resulting_row_with_its_version(world: World):
    diversion = world.declare()
    event = Event.objects.latest("seq")
    told = {(one["kind"], one["id"]): one for one in event.changes}
    assert told["diversion", str(diversion.pk)]["version"] == diversion.version
    assert told["site", "saint-pierre"]["state"]["gates"]["ambulances"]["value"] == "closed"


def test_said_and_recorded_are_kept_apart(world: World):
    heard = timezone.now() - timedelta(minutes=7)
    world.declare(said_at=heard)
    event = Event.objects.latest("seq")
    assert event.said_at == heard
    assert event.at > heard
