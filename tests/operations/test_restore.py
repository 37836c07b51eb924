"""Going back to a moment: nobody keeps what never happened here, nothing lost passes as done, dispatch is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from diversion import clock, moment
from diversion.actors import CLOCK, SYSTEM
from diversion.commands import members, restoring
from diversion.embedded import EmbeddedError
from diversion.embedded.backups import backup, restore
from diversion.embedded.services import Services
from diversion.errors import Denied
from diversion.feed import reading
from diversion.log import CommandKey
from diversion.models import ClockBeat, Diversion, Event, Stream
from diversion.wire.audiences import Audience
from tests.faults.conftest import reader, server  # noqa: F401  # fixtures
from tests.faults.reader import Reader
from tests.operations.conftest import forget_connections
from tests.replicas.replica import snapshot
from tests.server import Server, eventually
from tests.world import REGION, World


@dataclass
class Hospital:
    """Saint-Jean's own system, which repeats under the same key what it has no answer to."""

    url: str
    token: str

    def declare(self, key: str, cause: str = "telecom") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        body = {"cause": cause, "gates": {"walk_ins": "vital_only"}}
        told: list[httpx.Response] = []

        def answered() -> bool:
            # A pool whose connections died with the database may refuse the first.
            told.append(httpx.post(f"{self.url}/api/sites/saint-jean/diversions", json=body, headers=headers))
            return told[-1].status_code == 200

        eventually(answered, 30, lambda: told[-1].text)
        return told[-1].json()


@pytest.fixture
def hospital(server: Server, real_world: World) -> Hospital:  # noqa: F811
    who = {"region_id": REGION, "name": "Hospital system", "scopes": ["diversions:write"], "site_id": "saint-jean"}
    _, token = members.issue_token(actor=SYSTEM, key=CommandKey.new(), **who)
    return Hospital(server.url, token)


def head() -> int:
    return Stream.objects.get(pk=REGION).head


def fresh_picture() -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["kind"], row["id"]): row for row in snapshot(Audience(REGION))["entities"]}


def told() -> Event | None:
    return Event.objects.filter(region_id=REGION, kind="log.restored").order_by("-seq").first()


def back_to(services: Services, until: datetime) -> None:
    restore(services, until)
    forget_connections()


def test_after_a_restore_nobody_holds_the_lost_future_for_true(
    archive: Services,
    server: Server,  # noqa: F811
    reader: Reader,  # noqa: F811
    hospital: Hospital,
    real_world: World,
):
    clock.tick()
    kept = hospital.declare(str(uuid4()))
    # No beat between: what was recorded in the last second before the moment is kept, and must not be told as lost.
    until = timezone.now()
    key = str(uuid4())
    lost = hospital.declare(key, "power")
    assert lost["repeated"] is False
    for _ in range(3):
        real_world.declare()
    reader.until_seq(head())
    future = reader.cursor
    assert future is not None

    back_to(archive, until)

    assert head() == kept["seq"]
    reader.until("snapshot")
    assert reader.cursor == kept["cursor"], "whoever saw the future is put back, without dialling again"
    assert reader.picture() == fresh_picture()

    again = hospital.declare(key, "power")
    assert again["repeated"] is False, "what was lost is carried out, not answered as done"
    assert again["seq"] == lost["seq"]
    assert again["cursor"] != lost["cursor"]
    assert Diversion.objects.filter(cause="power").count() == 1
    assert hospital.declare(key, "power")["repeated"] is True

    for _ in range(4):
        real_world.declare()
    places = {future: "snapshot", lost["cursor"]: "snapshot", kept["cursor"]: "events"}
    assert {place: begun_with(reader, place) for place in places} == places, "the same number is not the same event"

    clock.tick()
    event = told()
    assert event is not None
    assert abs(datetime.fromisoformat(event.fact["until"]) - until) < timedelta(seconds=2)
    assert event.fact["after"] == kept["seq"]
    reader.until_seq(event.seq)
    server.wait_to_say("log_has_another_past", 1)
    clock.tick()
    assert Event.objects.filter(kind="log.restored").count() == 1, "told once"
    assert f"; #{kept['seq'] + 1} to #{future.partition(':')[0]} are lost" in what_was_lost(future)


def begun_with(reader: Reader, cursor: str) -> str:  # noqa: F811
    """With what a reader that dials with this cursor is answered; in the end it has the whole picture either way."""
    late = Reader(reader._url, reader._token)
    late.rows, late.cursor = dict(reader.rows), cursor
    late.connect()
    late.until_seq(head())
    late.close()
    return late.types[1]


def what_was_lost(cursor: str) -> str:
    said = StringIO()
    call_command("restored", "--region", REGION, "--seen", cursor, stdout=said)
    return said.getvalue()


def test_of_all_copies_the_last_two_are_kept_and_between_them_every_moment(archive: Services, real_world: World):
    first = timezone.now()
    for _ in range(2):
        real_world.declare()
        backup(archive)
    real_world.declare()
    until, kept = timezone.now(), head()
    real_world.declare()
    backup(archive)

    copies = [one for one in archive.postgres.archive.iterdir() if one.name != "wal"]
    assert len(copies) == 2
    oldest = min(one.name for one in (archive.postgres.archive / "wal").iterdir() if not one.suffix)
    assert oldest in (min(copies) / "backup_label").read_text(), "what no copy needs is gone"
    with pytest.raises(EmbeddedError, match="No backup"):
        restore(archive, first)
    back_to(archive, until)
    assert head() == kept

    real_world.declare()
    until = timezone.now()
    real_world.declare()
    back_to(archive, until)
    assert head() == kept + 1, (
        "what was written after the first restore goes on from the older copy, not from the newer"
    )


def test_a_copy_that_was_cut_short_is_none(archive: Services, real_world: World):
    [made] = [one for one in archive.postgres.archive.iterdir() if one.name != "wal"]
    made.rename(archive.postgres.archive / "unfinished")
    with pytest.raises(EmbeddedError, match="No backup"):
        restore(archive, None)
    backup(archive)
    assert not (archive.postgres.archive / "unfinished").exists()


def test_a_moment_before_every_backup_is_refused_and_changes_nothing(archive: Services, real_world: World):
    with pytest.raises(EmbeddedError, match="No backup"):
        restore(archive, timezone.now() - timedelta(days=1))
    assert head() > 0


def test_a_moment_that_was_not_kept_leaves_everything_as_it_was(archive: Services, real_world: World):
    real_world.declare()
    before = head()
    with pytest.raises(EmbeddedError):
        restore(archive, timezone.now() + timedelta(days=1))
    forget_connections()
    assert head() == before


# ------------------------------------------------------------------ telling, without a restore


def another_past() -> None:
    Stream.objects.filter(pk=REGION).update(lineage="7.1")


def has_passed(at: datetime) -> bool:
    """Whether it is later than processes may differ by, as it is after every restore."""
    return (moment.now() - at).total_seconds() > 2 * moment.NEGLIGIBLE


def test_a_database_that_is_what_it_was_has_nothing_to_tell(real_world: World):
    assert restoring.restored_streams() == []
    assert Stream.objects.get(pk=REGION).lineage == restoring.lineage()
    assert restoring.restored_streams() == []


def test_to_when_it_goes_back_is_the_clocks_last_beat_whatever_was_written_since(real_world: World):
    clock.tick()
    beat = ClockBeat.objects.get(name="clock").at
    number = head()
    another_past()
    eventually(lambda: has_passed(beat), 5, lambda: "time stands still")
    real_world.declare()
    clock.tick()
    event = told()
    assert event is not None
    assert event.fact["after"] == number
    assert abs(datetime.fromisoformat(event.fact["until"]) - beat) < timedelta(seconds=1)


def test_every_audience_is_told(real_world: World):
    clock.tick()
    before = reading.head(REGION).cursor
    another_past()
    clock.tick()
    frame = reading.since(Audience(REGION, frozenset({"saint-jean"})), before)
    assert frame is not None
    assert [event["kind"] for event in frame["events"]] == ["log.restored"]
    assert set(frame["events"][0]["fact"]) == {"region", "until", "after"}


def test_a_cursor_that_is_still_ours_tells_of_no_loss(real_world: World):
    assert "nothing is known to be lost" in what_was_lost(str(reading.head(REGION).cursor))
    assert told() is None


def test_an_anchor_tells_what_is_lost_as_well_as_a_cursor_does(real_world: World):
    real_world.declare()
    last = Event.objects.filter(region_id=REGION).latest("seq")
    assert "nothing is known to be lost" in what_was_lost(f"{last.seq}:{last.hash}")
    assert f"#{last.seq} are lost" in what_was_lost(f"{last.seq}:{'0' * 64}")
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        what_was_lost("12:abc")


@pytest.mark.parametrize("who", ["dina", "sofie", "ada", "ines", "cad"])
def test_nobody_may_say_that_the_past_is_another(real_world: World, who: str):
    another_past()
    with pytest.raises(Denied):
        restoring.tell_restored(actor=getattr(real_world, who), key=CommandKey.new(), region_id=REGION)


def test_two_clocks_tell_it_once(real_world: World):
    another_past()
    for _ in range(2):
        restoring.tell_restored(actor=CLOCK, key=CommandKey.new(), region_id=REGION)
    assert Event.objects.filter(kind="log.restored").count() == 1
    with connection.cursor() as cursor:
        cursor.execute(restoring.LINEAGE)
        assert Stream.objects.get(pk=REGION).lineage == cursor.fetchone()[0]
