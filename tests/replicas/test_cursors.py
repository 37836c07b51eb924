"""A cursor is honoured only by the log it came from; anything else gets a fresh snapshot, never a wrong history."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest

from diversion.feed import reading
from diversion.kinds import ROUTINE, EventKind
from diversion.log import CommandKey, change
from diversion.models import Stream
from diversion.wire.audiences import Audience
from diversion.wire.cursor import Cursor
from tests.replicas.replica import on_the_wire, snapshot
from tests.world import REGION, World

DISPATCH = Audience(REGION)
SAINT_LUC = Audience(REGION, frozenset({"saint-luc"}))


def head() -> Cursor:
    return reading.head(REGION).cursor


def test_from_its_cursor_a_reader_gets_the_events_after_it_and_no_other(world: World):
    before = head()
    world.declare()
    world.declare("saint-luc", actor=world.lucas)
    frame = reading.since(DISPATCH, before)
    assert frame is not None
    assert [event["seq"] for event in frame["events"]] == [before.seq + 1, before.seq + 2]
    assert frame["cursor"] == str(head())


def test_at_the_end_of_the_log_there_is_nothing_to_tell(world: World):
    frame = reading.since(DISPATCH, head())
    assert frame is not None
    assert (frame["events"], frame["cursor"]) == ([], str(head()))


def test_the_same_number_with_another_event_is_another_history(world: World):
    world.declare()
    assert reading.since(DISPATCH, Cursor(head().seq, uuid.uuid4())) is None


def test_a_cursor_from_the_future_is_another_history(world: World):
    assert reading.since(DISPATCH, Cursor(head().seq + 1, uuid.uuid4())) is None


def test_a_number_without_its_event_is_not_believed(world: World):
    assert reading.since(DISPATCH, Cursor(1, None)) is None


def test_from_before_the_beginning_everything_is_told(world: World):
    frame = reading.since(DISPATCH, Cursor(0, None))
    assert frame is not None
    assert [event["seq"] for event in frame["events"]] == list(range(1, head().seq + 1))


def test_whoever_is_too_far_behind_gets_a_snapshot_instead(world: World):
    behind = head()
    with change(REGION, actor=world.ada, key=CommandKey.new()) as log:
        for _ in range(reading.RESUME_LIMIT):
            log.add(EventKind.MEMBER_CHANGED)
    assert reading.since(DISPATCH, behind) is not None
    with change(REGION, actor=world.ada, key=CommandKey.new()) as log:
        log.add(EventKind.MEMBER_CHANGED)
    assert reading.since(DISPATCH, behind) is None


def test_what_an_audience_does_not_see_still_moves_its_cursor(world: World):
    before = head()
    world.vehicle("a1")
    frame = reading.since(SAINT_LUC, before)
    assert frame is not None
    assert (frame["events"], frame["cursor"]) == ([], str(head()))


@pytest.mark.parametrize("text", ["", "abc", "1", "1:", "1:x", "-1:-", ":", "1:2:3", "9" * 5000 + ":-"])
def test_what_is_no_cursor_is_treated_as_none(text: str):
    assert Cursor.parse(text) is None


def test_a_cursor_reads_as_it_was_written(world: World):
    assert Cursor.parse(str(head())) == head()
    assert Cursor.parse("0:-") == Cursor(0, None)


# ------------------------------------------------------------------ what a snapshot holds


def test_a_snapshot_names_the_head_it_was_taken_at(real_world: World):
    real_world.declare()
    stream = Stream.objects.get(pk=REGION)
    assert snapshot(DISPATCH)["cursor"] == f"{stream.head}:{stream.head_event}"


def test_a_snapshot_brings_the_last_fifty_lines_of_the_log_without_their_changes(real_world: World):
    with change(REGION, actor=real_world.ada, key=CommandKey.new()) as log:
        for number in range(60):
            log.add(EventKind.MEMBER_CHANGED, fact={"n": number})
    lines = snapshot(DISPATCH)["log"]
    assert [line["fact"]["n"] for line in lines] == list(range(10, 60))
    assert all(line["changes"] == [] for line in lines)


@pytest.mark.parametrize("audience", [DISPATCH, Audience(REGION, frozenset({"saint-pierre"}))])
def test_a_busy_day_pushes_no_decision_out_of_the_log_of_a_snapshot(real_world: World, audience: Audience):
    real_world.declare()
    with change(REGION, actor=real_world.cad, key=CommandKey.new()) as log:
        for number in range(300):
            log.add(EventKind.VEHICLE_CHANGED, fact={"n": number})
            log.add(EventKind.PRESENCE_CHANGED, fact={"site": "saint-pierre", "state": "live", "former": "live"})
    lines = snapshot(audience)["log"]
    assert EventKind.DIVERSION_DECLARED in {line["kind"] for line in lines}
    assert [line["seq"] for line in lines] == sorted({line["seq"] for line in lines})


def test_the_screens_call_the_same_events_routine():
    source = (Path(__file__).parents[2] / "frontend/src/state/replica.ts").read_text(encoding="utf-8")
    found = re.search(r"^const ROUTINE = /(.+)/;$", source, re.MULTILINE)
    assert found is not None
    assert {kind for kind in EventKind.values if re.search(found[1], kind)} == set(ROUTINE)


def test_what_a_site_sees_names_no_vehicle_transport_redirect_or_position(real_world: World):
    transport = real_world.transport("a1", "saint-luc")
    real_world.order(transport, "saint-jean")
    kinds = {one["kind"] for one in snapshot(SAINT_LUC)["entities"]}
    assert kinds == {"region", "site", "notice", "presence"}
    assert snapshot(SAINT_LUC)["positions"] == []


def test_a_site_sees_its_own_notices_and_its_own_presence_alone(real_world: World):
    real_world.transport("a1", "saint-luc")
    real_world.transport("a2", "saint-jean")
    entities = snapshot(SAINT_LUC)["entities"]
    assert [one["state"]["site_id"] for one in entities if one["kind"] == "notice"] == ["saint-luc"]
    assert [one["id"] for one in entities if one["kind"] == "presence"] == ["saint-luc"]


def test_of_an_event_a_site_reads_only_what_concerns_it(real_world: World):
    before = head()
    transport = real_world.transport("a1", "saint-luc")
    real_world.crew_answers(real_world.order(transport, "saint-jean", reason="agreed with their team by phone"))
    frame = reading.since(SAINT_LUC, before)
    assert frame is not None
    text = str(on_the_wire(frame))
    assert "agreed with their team" not in text
    assert str(transport.vehicle_id) not in text


def test_an_authors_account_number_does_not_travel(real_world: World):
    real_world.declare()
    frame = on_the_wire(reading.since(DISPATCH, Cursor(0, None)) or {})
    assert all(set(event["actor"]) == {"kind", "name", "role"} for event in frame["events"])
    entities = snapshot(DISPATCH)["entities"]
    declared = next(one["state"]["declared_by"] for one in entities if one["kind"] == "diversion")
    assert set(declared) == {"kind", "name", "role"}


def test_every_time_on_the_wire_is_utc_to_the_millisecond(real_world: World):
    import re

    real_world.transport("a1")
    real_world.declare()
    text = str(snapshot(DISPATCH)) + str(on_the_wire(reading.since(DISPATCH, Cursor(0, None)) or {}))
    times = re.findall(r"\d{4}-\d\d-\d\dT[^']*", text)
    assert len(times) > 10
    assert [one for one in times if not re.fullmatch(r"[\d-]{10}T\d\d:\d\d:\d\d\.\d{3}Z", one)] == []
