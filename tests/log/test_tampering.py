"""Whoever owns the database can lift the guard over the log. What they then change, `verify_log` finds and names."""

from __future__ import annotations

import io
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from diversion import chain, clock
from diversion.actors import SYSTEM
from diversion.commands.diversions import see_diversion
from diversion.commands.retelling import retell_picture
from diversion.log import CommandKey
from diversion.models import ClockBeat, Diversion, Event, Stream
from diversion.verification import Anchor, verify
from tests.emptying import unguarded
from tests.world import REGION, World


@pytest.fixture
def recorded(real_world: World) -> int:
    """A short history; the number of its last event."""
    retell_picture(actor=SYSTEM, key=CommandKey.new(), region_id=REGION)  # the world of the tests was never told
    real_world.transport("a1")
    real_world.declare()
    real_world.declare("saint-luc", actor=real_world.lucas)
    return Stream.objects.get(pk=REGION).head


def as_superuser(*statements: str, table: str = "diversion_event") -> None:
    """SQL by somebody whom no trigger stops."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for one in statements:
            cursor.execute(one)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found() -> dict[str, str]:
    return {one.where: one.detail for one in verify(REGION)}


def test_an_untouched_log_is_whole_and_every_event_of_it_is_chained(recorded: int):
    assert found() == {}
    assert not Event.objects.filter(hash="").exists()
    assert Event.objects.get(region=REGION, seq=recorded).hash == Stream.objects.get(pk=REGION).hash


def test_a_changed_fact_is_found_and_its_number_named(recorded: int):
    as_superuser("""UPDATE diversion_event SET fact = fact || '{"cause": "capacity"}' WHERE seq = 3""")
    assert list(found()) == ["#3"]
    assert "the chain breaks here: this event is not as it was recorded" in found()["#3"]


@pytest.mark.parametrize(
    "assignment", ["at = at - interval '1 microsecond'", "actor = '{}'", "kind = 'x'", "said_at = now()"]
)
def test_who_when_and_what_kind_are_bound_as_the_fact_is(recorded: int, assignment: str):
    as_superuser(f"UPDATE diversion_event SET {assignment} WHERE seq = 3")
    assert "the chain breaks here" in found()["#3"]


def test_a_removed_event_is_found_though_the_rest_was_renumbered(recorded: int):
    as_superuser(
        "DELETE FROM diversion_event WHERE seq = 4",
        "UPDATE diversion_event SET seq = -seq WHERE seq > 4",
        "UPDATE diversion_event SET seq = -seq - 1 WHERE seq < 0",
    )
    Stream.objects.filter(pk=REGION).update(head=F("head") - 1)
    assert "the chain breaks here" in found()["#4"]


def test_a_swapped_order_is_found(recorded: int):
    as_superuser(
        "UPDATE diversion_event SET seq = -5 WHERE seq = 4",
        "UPDATE diversion_event SET seq = 4 WHERE seq = 5",
        "UPDATE diversion_event SET seq = 5 WHERE seq = -5",
    )
    assert "the chain breaks here, and at 2 more" in found()["#4"]


@pytest.fixture
def kept_beside(recorded: int, real_world: World) -> None:
    """A decision with its question, and a declaration that the public has been told of."""
    real_world.order(real_world.transport("b2"), "saint-jean")
    declared = Diversion.objects.filter(site="saint-pierre").get()
    see_diversion(actor=real_world.dina, key=CommandKey.new(), diversion_id=declared.pk)
    assert found() == {}


@pytest.mark.parametrize(
    ("table", "statement", "detail"),
    [
        ("diversion_bulletin", "UPDATE diversion_bulletin SET content = '{}'", "is not what it was"),
        ("diversion_bulletin", "DELETE FROM diversion_bulletin", "is not kept any more"),
        ("diversion_basis", "UPDATE diversion_basis SET question = '{}'", "is not what it was"),
        ("diversion_basis", "DELETE FROM diversion_basis", "is not kept any more"),
    ],
)
def test_what_is_kept_beside_the_log_is_bound_by_it(kept_beside: None, table: str, statement: str, detail: str):
    as_superuser(statement, table=table)
    [(where, told)] = found().items()
    assert detail in told
    assert where.startswith("bulletin 1" if table == "diversion_bulletin" else "question of")


def test_an_added_event_is_found(recorded: int):
    added = Event.objects.get(seq=recorded)
    added.pk, added.seq, added._state.adding = None, recorded + 1, True
    Event.objects.bulk_create([added])
    Stream.objects.filter(pk=REGION).update(head=F("head") + 1)
    assert "the chain breaks here" in found()[f"#{recorded + 1}"]


def test_a_hash_that_was_wiped_is_found(recorded: int):
    as_superuser("UPDATE diversion_event SET hash = '' WHERE seq = 4")
    assert "the chain breaks here" in found()["#4"]


def cut_off_the_tail(head: int) -> None:
    """As well as it can be done: the head and its hash are set back too, and so are the rows."""
    last = Event.objects.get(region=REGION, seq=head)
    as_superuser(f"DELETE FROM diversion_event WHERE seq > {head}")
    Stream.objects.filter(pk=REGION).update(head=head, head_event=last.pk, hash=last.hash)


def test_a_tail_cut_off_is_found_against_an_anchor_from_elsewhere(recorded: int):
    anchor = Anchor(recorded, Stream.objects.get(pk=REGION).hash)
    assert verify(REGION, [anchor]) == []
    cut_off_the_tail(recorded - 1)
    about = {one.where: one.detail for one in verify(REGION, [anchor])}
    assert about[f"#{recorded}"] == f"existed when the anchor was made; the log now ends at #{recorded - 1}"


def test_a_log_chained_anew_throughout_is_found_against_an_anchor_from_elsewhere(recorded: int):
    anchor = Anchor(recorded, Stream.objects.get(pk=REGION).hash)
    as_superuser("""UPDATE diversion_event SET actor = actor || '{"name": "Nobody"}' WHERE seq = 3""")
    walked = chain.NOTHING
    for event in Event.objects.order_by("seq"):
        walked = chain.link(walked, event.seq, chain.digest(chain.said_by(event)))
        as_superuser(f"UPDATE diversion_event SET hash = '{walked}' WHERE seq = {event.seq}")
    Stream.objects.update(hash=walked)
    assert verify(REGION) == []
    about = [(one.where, one.detail) for one in verify(REGION, [anchor])]
    assert about == [(f"#{recorded}", "is not what it was when the anchor was made: the log was written anew")]


def test_the_command_takes_an_anchor_as_the_clock_wrote_it(recorded: int):
    stream = Stream.objects.get(pk=REGION)
    told = f"{stream.head}:{stream.hash}"
    call_command("verify_log", REGION, "--anchor", told, stdout=io.StringIO())
    cut_off_the_tail(recorded - 1)
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_log", REGION, "--anchor", told, stdout=said)
    assert f"#{recorded}: existed when the anchor was made" in said.getvalue()


def test_once_an_hour_the_clock_says_every_head_where_the_log_lines_go(recorded: int, caplog):
    clock.anchor_logs()
    stream = Stream.objects.get(pk=REGION)
    lines = [one.getMessage() for one in caplog.records if "log_anchored" in one.getMessage()]
    assert len(lines) == 1
    assert stream.hash in lines[0]
    assert f"{stream.head}" in lines[0]
    assert clock.anchor_logs() == 0
    ClockBeat.objects.filter(name="anchors").update(at=F("at") - clock.ANCHORED_EVERY)
    assert clock.anchor_logs() == 1


@pytest.fixture
def older(recorded: int, real_world: World) -> int:
    """A log that was begun before there was a chain, upgraded, and continued; the last number without a hash."""
    with unguarded():
        Event.objects.update(hash="")
    Stream.objects.update(hash=chain.NOTHING)
    import_module("diversion.migrations.0016_hash_chain").link_what_is_recorded(apps, None)
    real_world.declare("saint-jean", actor=real_world.dina)
    return recorded


def test_an_older_log_is_linked_without_being_rewritten(older: int):
    assert found() == {}
    assert Event.objects.filter(hash="").count() == older
    assert Event.objects.exclude(hash="").count() > 0


def test_what_was_changed_before_the_first_hash_is_found_at_the_first_hash(older: int):
    as_superuser("""UPDATE diversion_event SET fact = fact || '{"cause": "capacity"}' WHERE seq = 3""")
    assert f"one of those up to #{older} that carry no hash" in found()[f"#{older + 1}"]
