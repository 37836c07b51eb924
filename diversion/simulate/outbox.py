"""What the dispatch system still has to send. Only the latest report of each vehicle and transport waits.

Positions are never kept: an old one is worth nothing. Everything else waits until the server took it, in the order
vehicles, transports, positions, because a transport needs its vehicle.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from .api import Api, Refused, Unreachable
from .places import Vehicle
from .reports import PositionReport, Reports, TransportReport
from .voice import Voice

_T = TypeVar("_T")
_LONGEST_PAUSE_S = 15.0
#: The server's limit for one batch is not known here; a few hundred rows keep a request small.
_BATCH = 200
#: Answers that the feed itself will settle: the picture already knows better, nobody needs to be told.
_SETTLED_BY_FEED = ("destination_differs", "stale_position")


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Outbox:
    def __init__(self, api: Api, region: str, token: str, voice: Voice) -> None:
        self._api = api
        self._path = f"/api/cad/regions/{region}"
        self._token = token
        self._voice = voice
        self._vehicles: dict[str, dict[str, Any]] = {}
        self._transports: dict[str, TransportReport] = {}
        self._pause = 0.0
        self._not_before = 0.0

    def vehicle(self, row: dict[str, Any]) -> None:
        self._vehicles[row["ref"]] = row

    def take(self, reports: Reports, fleet: Mapping[str, Vehicle]) -> None:
        for report in reports.vehicles:
            self.vehicle(fleet[report.ref].wire(report.status))
        for transport in reports.transports:
            self.transport(transport)

    def transport(self, report: TransportReport) -> None:
        self._transports[report.ref or report.id or ""] = report

    async def send(self, positions: Sequence[PositionReport], destination: Callable[[TransportReport], str]) -> None:
        """`destination` tells where the server knows a transport to be bound: an order outranks our last report."""
        if time.monotonic() < self._not_before:
            return
        try:
            await self._send_vehicles()
            await self._send_transports(destination)
            await self._send_positions(positions)
        except Unreachable as error:
            self._pause = min(_LONGEST_PAUSE_S, self._pause * 2 or 1.0)
            self._not_before = time.monotonic() + self._pause
            self._voice.warn("server", f"the server cannot be reached ({error}); trying again")
        else:
            self._pause = 0.0
            self._voice.over("server", "The server answers again.")

    async def _send_vehicles(self) -> None:
        for refs in _batches(list(self._vehicles)):
            rows = [self._vehicles[ref] for ref in refs]
            await self._upsert("vehicles", rows, method="PUT")
            _forget(self._vehicles, dict(zip(refs, rows, strict=True)))

    async def _send_transports(self, destination: Callable[[TransportReport], str]) -> None:
        ours = {key: report for key, report in self._transports.items() if report.ref}
        for keys in _batches(list(ours)):
            await self._upsert("transports", [_row(ours[key], destination(ours[key])) for key in keys])
            _forget(self._transports, {key: ours[key] for key in keys})
        for key, report in [row for row in self._transports.items() if row[1].ref is None]:
            await self._update(report)
            _forget(self._transports, {key: report})

    async def _update(self, report: TransportReport) -> None:
        """A transport that a dispatcher opened has no reference of ours: it is changed by its identity."""
        ended = report.state in ("arrived", "cancelled")
        path = f"/api/transports/{report.id}/{'finish' if ended else 'update'}"
        body: dict[str, Any] = {"outcome": report.state} if ended else {"state": report.state}
        if not ended and report.eta_at is not None:
            body["eta_at"] = stamp(report.eta_at)
        try:
            await self._api.command(path, self._token, body)
        except Refused as error:
            self._voice.warn(f"update:{report.id}", f"transport of {report.vehicle}: {error}")

    async def _send_positions(self, positions: Sequence[PositionReport]) -> None:
        at = stamp(time.time())
        for batch in _batches([row.wire(at) for row in positions]):
            try:
                answer = await self._api.signal(f"{self._path}/positions", self._token, {"positions": batch})
            except Refused as error:
                self._voice.warn("positions", f"positions: {error}")
            else:
                self._complain("positions", answer)

    async def _upsert(self, what: str, rows: list[dict[str, Any]], method: str = "POST") -> None:
        try:
            answer = await self._api.command(f"{self._path}/{what}", self._token, {what: rows}, method=method)
        except Refused as error:
            self._voice.warn(what, f"{what}: {error}")
        else:
            self._complain(what, answer)

    def _complain(self, what: str, answer: Mapping[str, Any]) -> None:
        for row in answer.get("errors") or ():
            code = row.get("code")
            if code not in _SETTLED_BY_FEED:
                self._voice.warn(f"{what}:{code}", f"{what} {row.get('ref')}: {code}: {row.get('detail')}")


def _row(report: TransportReport, destination: str) -> dict[str, Any]:
    row = report.wire(stamp(report.eta_at) if report.eta_at is not None else None)
    if row["eta_at"] is None:
        del row["eta_at"]
    return row | {"destination": destination}


def _batches(rows: list[_T]) -> list[list[_T]]:
    return [rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH)]


def _forget(waiting: dict[str, Any], sent: Mapping[str, Any]) -> None:
    """Only what has not been replaced while it was under way."""
    for key, value in sent.items():
        if waiting.get(key) is value:
            del waiting[key]
