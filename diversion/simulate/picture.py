"""The simulator's copy of the live picture: the feed's reducer and nothing else.

A change is applied only when its version is newer than the one known; what left the live set keeps its version as a
tombstone, so that a late duplicate cannot bring it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

State = Mapping[str, Any]


class Picture:
    def __init__(self) -> None:
        self.cursor: str | None = None
        self.complete = False
        self._rows: dict[str, dict[str, State]] = {}
        self._versions: dict[tuple[str, str], int] = {}
        self.positions: dict[str, tuple[float, float]] = {}

    def apply(self, frame: Mapping[str, Any]) -> None:
        kind = frame.get("type")
        if kind == "snapshot":
            self._start_over(frame)
        elif kind == "events":
            for event in frame["events"]:
                for change in event["changes"]:
                    self._change(change)
        if kind in ("snapshot", "events", "tick"):
            self.cursor = frame.get("cursor") or self.cursor

    def all(self, kind: str) -> Iterator[State]:
        return iter(tuple(self._rows.get(kind, {}).values()))

    def get(self, kind: str, identity: str) -> State | None:
        return self._rows.get(kind, {}).get(identity)

    def _start_over(self, frame: Mapping[str, Any]) -> None:
        self._rows.clear()
        self._versions.clear()
        for change in frame["entities"]:
            self._change(change)
        # Only what stood before the simulation matters here: where an earlier run left its vehicles.
        self.positions = {row[0]: (row[2], row[1]) for row in frame["positions"]}
        self.complete = True

    def _change(self, change: Mapping[str, Any]) -> None:
        key = (change["kind"], change["id"])
        if change["version"] <= self._versions.get(key, -1):
            return
        self._versions[key] = change["version"]
        rows = self._rows.setdefault(change["kind"], {})
        if change["state"] is None:
            rows.pop(change["id"], None)
        else:
            rows[change["id"]] = change["state"]
