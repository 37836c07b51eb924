"""A reader as every client is one: a row changes only to a higher version, and one that has left stays away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from diversion.feed import reading
from diversion.wire.audiences import Audience
from diversion.wire.cursor import Cursor
from diversion.wire.frames import encode

#: As many lines as a snapshot brings.
LOG = reading.LOG_LENGTH


@dataclass
class Replica:
    cursor: str
    rows: dict[tuple[str, str], Any] = field(default_factory=dict)
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    log: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, snapshot: dict[str, Any]) -> Replica:
        replica = cls(snapshot["cursor"])
        for change in snapshot["entities"]:
            replica._apply(change)
        replica.log = [event["seq"] for event in snapshot["log"]]
        return replica

    def take(self, frame: dict[str, Any]) -> None:
        assert frame["type"] == "events"
        for event in frame["events"]:
            self.log.append(event["seq"])
            for change in event["changes"]:
                self._apply(change)
        self.cursor = frame["cursor"]

    def _apply(self, change: dict[str, Any]) -> None:
        key = (change["kind"], change["id"])
        if change["version"] <= self.versions.get(key, -1):
            return
        self.versions[key] = change["version"]
        if change["state"] is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = change["state"]

    def live_versions(self) -> dict[tuple[str, str], int]:
        return {key: self.versions[key] for key in self.rows}


def on_the_wire(frame: dict[str, Any]) -> dict[str, Any]:
    """The frame as a client reads it."""
    read: dict[str, Any] = orjson.loads(encode(frame))
    return read


def snapshot(audience: Audience) -> dict[str, Any]:
    return on_the_wire(reading.snapshot(audience))


def since(audience: Audience, cursor: str) -> dict[str, Any] | None:
    parsed = Cursor.parse(cursor)
    assert parsed is not None
    frame = reading.since(audience, parsed)
    return on_the_wire(frame) if frame is not None else None


def assert_converges(stale: dict[str, Any], audience: Audience, fresh: dict[str, Any]) -> None:
    """A stale snapshot and the events since are exactly the fresh one, and taking them twice changes nothing."""
    replica, target = Replica.of(stale), Replica.of(fresh)
    news = since(audience, replica.cursor)
    assert news is not None
    replica.take(news)
    assert replica.rows == target.rows
    assert replica.live_versions() == target.live_versions()
    assert replica.log[-LOG:] == target.log[-LOG:]
    assert replica.cursor == fresh["cursor"]
    assert len(replica.log) == len(set(replica.log))
    replica.take(news)
    assert replica.rows == target.rows
