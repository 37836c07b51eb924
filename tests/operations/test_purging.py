"""What is old enough goes, by the clock, in batches; what is not stays, and the log always does."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from diversion import clock
from diversion.commands.purging import RULES, forget, purge_if_due
from diversion.models import (
    Claim,
    ClockBeat,
    CommandReceipt,
    Delivery,
    Event,
    LastPosition,
    LoginSession,
    ScreenBeat,
    Stream,
)
from diversion.wire.entities import ENTITIES
from tests.log.test_least_privilege import least, recorded  # noqa: F401  # fixtures
from tests.reaching.channels import add
from tests.world import REGION, World


def ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def old(world: World) -> World:
    """Of everything one that is old enough, and one that is not."""
    for age in (31, 29):
        CommandReceipt.objects.filter(pk=receipt(world)).update(at=ago(age))
    for age, state in ((401, "sent"), (399, "sent"), (401, "failed")):
        deliver(world, age, state)
    for age in (0.1, -0.1):
        LoginSession.objects.create(session_key=f"k{age}", session_data="", expire_date=ago(age))
    for age in (8, 6):
        ScreenBeat.objects.create(site_id="saint-jean", screen=f"s{age}", at=ago(age), visible=True, sound_armed=True)
    for age in (91, 89):
        LastPosition.objects.create(
            vehicle=world.vehicle(f"V{age}"), lat=50.8, lon=4.3, at=ago(age), received_at=ago(age)
        )
    for age in (2, 0):
        said = {"desk": uuid4(), "name": "Dina", "transports": []}
        Claim.objects.create(pk=f"user:{age}", region_id=REGION, until=ago(age), **said)
    return world


def receipt(world: World) -> int:
    world.declare()
    return CommandReceipt.objects.latest("pk").pk


def deliver(world: World, age: float, state: str) -> None:
    channel = add(world, "json://127.0.0.1:1/", name=f"Channel {age} {state}")
    sent_at = ago(age) if state == "sent" else None
    Delivery.objects.filter(channel=channel).update(created_at=ago(age), state=state, sent_at=sent_at)


@pytest.mark.parametrize("name", ["receipts", "deliveries", "sessions", "beats", "claims", "positions"])
def test_of_each_what_is_old_enough_goes_and_the_other_stays(old: World, name: str):
    table = RULES[name].table
    before = count(table)
    assert forget(name) == 1
    assert forget(name) == 0
    assert count(table) == before - 1


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_jobs_that_are_done_go_after_a_month(old: World):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        for status, age in (("failed", 31), ("failed", 1), ("todo", 31)):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('q', 't', %s) RETURNING id",
                [status],
            )
            [job] = cursor.fetchone()
            cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [job])
            said = [job, "failed" if status == "failed" else "deferred", ago(age)]
            cursor.execute("INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, %s, %s)", said)
    assert forget("jobs") == 1
    assert count("procrastinate_jobs") == 2


def test_a_message_that_still_waits_is_never_too_old(old: World):
    forget("deliveries")
    assert Delivery.objects.filter(state="failed", created_at__lt=ago(400)).exists()


def test_the_log_and_the_picture_are_not_touched(old: World):
    def kept() -> dict[str, int]:
        tables = {entity.model._meta.db_table for entity in ENTITIES} | {"diversion_event", "diversion_stream"}
        return {table: count(table) for table in sorted(tables)}

    before = kept()
    call_command("purge", stdout=StringIO())
    assert kept() == before


def test_no_rule_names_the_log_or_a_row_of_the_picture():
    kept = {entity.model._meta.db_table for entity in ENTITIES} | {"diversion_event", "diversion_stream"}
    assert {rule.table for rule in RULES.values()} & kept == set()


def test_the_clock_does_it_in_batches_and_then_rests_for_a_day(old: World):
    CommandReceipt.objects.update(at=ago(40))
    many = CommandReceipt.objects.count()
    assert many > 2
    turns = 0
    while gone := purge_if_due(at_most=2):
        assert gone <= 2 * len(RULES)
        assert CommandReceipt.objects.count() >= many - 2 * (turns + 1)
        turns += 1
    assert turns >= many / 2
    assert not CommandReceipt.objects.exists()
    assert ClockBeat.objects.filter(name="purge").exists()
    CommandReceipt.objects.filter(pk=receipt(old)).update(at=ago(40))
    assert purge_if_due() == 0, "tomorrow"
    ClockBeat.objects.filter(name="purge").update(at=ago(1.1))
    assert purge_if_due() == 1


def test_it_is_one_of_the_clocks_duties_and_the_last():
    assert clock.DUTIES[-1] is purge_if_due


def test_a_dry_run_deletes_nothing(old: World):
    said = StringIO()
    call_command("purge", "--dry-run", stdout=said)
    assert "receipts     older than   30 days: 1 may go" in said.getvalue()
    assert CommandReceipt.objects.filter(at__lt=ago(30)).count() == 1


def test_the_role_that_cannot_touch_the_record_may_forget_and_may_tell_a_restore(least: None):  # noqa: F811
    Stream.objects.filter(pk=REGION).update(lineage="7.1")
    CommandReceipt.objects.update(at=ago(40))
    clock.tick()
    assert not CommandReceipt.objects.filter(at__lt=ago(30)).exists()
    assert Event.objects.filter(kind="log.restored").count() == 1
