"""A wall clock that is set by hours moves nothing: what is due is due, and what is said has its time."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest

from tests.faults.ground import ESCALATE_AFTER, OPERATIONS_TOKEN, START, WEB
from tests.faults.reader import Reader
from tests.faults.schedules import HOURS, Play
from tests.server import eventually

#: What a true time may differ from the test's own (seconds): the way there, on a busy machine.
TRUE = 3.0


@pytest.fixture
def dispatch(playing: Play) -> Iterator[httpx.Client]:
    """A dispatch system with one vehicle; afterwards every clock is right."""
    headers = {"Authorization": f"Bearer {playing.made.keys['cad']}"}
    base = f"{playing.url}/api/cad/regions/{playing.made.keys['region']}"
    with httpx.Client(base_url=base, headers=headers, timeout=START, trust_env=False) as client:
        vehicle = {"ref": "A1", "call_sign": "A1", "kind": "ambulance"}
        assert client.put("/vehicles", json={"vehicles": [vehicle]}).json()["errors"] == []
        yield client
    playing.made.heal()


def tell(playing: Play, dispatch: httpx.Client, ref: str, state: str) -> None:
    """How a transport stands; under way, a department has to take notice of it."""
    told = {"ref": ref, "vehicle": "A1", "destination": playing.made.keys["site"], "urgency": "urgent", "state": state}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answer = dispatch.post("/transports", json={"transports": [told]}, headers=headers)
    assert answer.json()["errors"] == [], answer.text


def events(playing: Play, after: int) -> list[tuple[str, datetime]]:
    with psycopg.connect(playing.made.environment["DATABASE_URL"]) as connection:
        return connection.execute(
            "SELECT kind, at FROM diversion_event WHERE seq > %s ORDER BY seq", [after]
        ).fetchall()


@pytest.mark.parametrize(("clock", "web"), [(HOURS, -HOURS), (-HOURS, HOURS)], ids=["clock ahead", "clock behind"])
def test_whatever_the_wall_clocks_say_a_notice_is_escalated_when_it_is_due_and_not_before(
    playing: Play, dispatch: httpx.Client, clock: float, web: float
) -> None:
    made, before = playing.made, playing.log().head
    made.set_wall_clock("clock", clock)
    for name in WEB:
        made.set_wall_clock(name, web)
    eventually(lambda: all(_differs(playing) for _ in range(4)), START, lambda: "nobody says that the clocks differ")

    tell(playing, dispatch, f"jump {clock}", "under_way")

    def told() -> Mapping[str, datetime]:
        return dict(events(playing, before))

    eventually(lambda: "notice.escalated" in told(), START, lambda: f"never escalated: {told()}")
    since = told()
    waited = (since["notice.escalated"] - since["transport.opened"]).total_seconds()
    assert ESCALATE_AFTER <= waited < ESCALATE_AFTER + 2 * TRUE
    now = datetime.now(UTC)
    assert all(abs((now - at).total_seconds()) < ESCALATE_AFTER + 4 * TRUE for _, at in events(playing, before))
    assert "site.silent" not in since
    tell(playing, dispatch, f"jump {clock}", "cancelled")


def test_who_follows_stays_live_by_the_ticks_and_their_time_is_true(playing: Play, dispatch: httpx.Client) -> None:
    for name in (*WEB, "clock"):
        playing.made.set_wall_clock(name, -HOURS)
    keys = playing.made.keys
    reader = Reader(f"ws://{playing.url.removeprefix('http://')}/feed/{keys['region']}", keys["feed"])
    reader.connect()
    try:
        eventually(lambda: _differs(playing), START, lambda: "nobody says that the clocks differ")
        seen = [reader.until("tick") for _ in range(2)]
    finally:
        reader.hang_up()
    assert abs(_ago(seen[-1]["at"])) < TRUE
    # The sign of life of the clock itself: screens hold it against the tick's time.
    assert abs(_ago(seen[-1]["clock_at"])) < 10


def _ago(instant: Any) -> float:
    return time.time() - datetime.fromisoformat(instant).timestamp()


def _differs(playing: Play) -> bool:
    """Whether the web process that answers says that its clock is not the database's."""
    headers = {"Authorization": f"Bearer {OPERATIONS_TOKEN}"}
    told = httpx.get(f"{playing.url}/health/ready", headers=headers, timeout=START, trust_env=False).json()
    return "clocks_differ" in {one["code"] for one in told["findings"]}
