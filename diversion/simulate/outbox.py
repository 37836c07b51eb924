"""What the dispatch system still has to send. Only the latest report of each vehicle and transport waits.

Positions are never kept: an old one is worth nothing. Everything else waits until the server took it, in the order
vehicles, transports, positions, because a transport needs its vehicle.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from .api import Api, Refused, Unreachable
from .places import Vehicle
from .reports import PositionReport, Reports, TransportReport
from .voice import Voice

_T = TypeVar("_T")
_LONGEST_PAUSE_S = 15.0
#: Each row is a command of its own on the server, positions are one; a batch has to be done within the timeout.
_BATCH = 40
_POSITIONS = 500
#: How long one step waits for the answers to what it sent.
_PATIENCE_S = 0.8
#: Answers that the feed itself will settle: the picture already knows better, nobody needs to be told.
_SETTLED_BY_FEED = ("destination_differs", "stale_position")
#: Only the latest report waits, so a short transport may end before it was ever told: then there is nothing to end.
_NEVER_TOLD = "unknown_transport"


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Lane:
    """One kind of message and its own back-off: what the server cannot take of one kind must not stop the others."""

    name: str
    failures: int = 0
    not_before: float = 0.0
    work: asyncio.Task[None] | None = None

    def open(self) -> bool:
        busy = self.work is not None and not self.work.done()
        return not busy and time.monotonic() >= self.not_before

    def failed(self) -> None:
        self.failures += 1
        self.not_before = time.monotonic() + min(_LONGEST_PAUSE_S, 0.5 * 2 ** (self.failures - 1))

    @property
    def batch(self) -> int:
        """After two failures row by row, so that one row that the server chokes on does not hold up the rest."""
        return _BATCH if self.failures < 2 else 1


class Outbox:
    def __init__(self, api: Api, region: str, token: str, voice: Voice) -> None:
        self._api = api
        self._path = f"/api/cad/regions/{region}"
        self._token = token
        self._voice = voice
        self._vehicles: dict[str, dict[str, Any]] = {}
        self._transports: dict[str, TransportReport] = {}
        self._lanes = {name: Lane(name) for name in ("vehicles", "transports", "positions")}
        self._known: dict[str, dict[str, Any]] = {}  # vehicles the server took, as they were last told

    def vehicle(self, row: dict[str, Any]) -> None:
        self._vehicles[row["ref"]] = row

    def knows(self, row: dict[str, Any]) -> None:
        """The feed shows that the server has this vehicle; it need not be told first."""
        self._known[row["ref"]] = row

    def transport(self, report: TransportReport) -> None:
        self._transports[report.ref or report.id or ""] = report

    def take(self, reports: Reports, fleet: Mapping[str, Vehicle]) -> None:
        for report in reports.vehicles:
            self.vehicle(fleet[report.ref].wire(report.status))
        for transport in reports.transports:
            self.transport(transport)

    async def send(self, positions: Sequence[PositionReport], destination: Callable[[TransportReport], str]) -> None:
        """`destination` tells where the server knows a transport to be bound: an order outranks our last report."""
        known = [row for row in positions if row.vehicle in self._known]
        self._start("vehicles", self._send_vehicles)
        self._start("transports", lambda lane: self._send_transports(lane, destination))
        self._start("positions", lambda _: self._send_positions(known))
        # A slow answer of one kind goes on by itself; the city does not stand still for it.
        running = [lane.work for lane in self._lanes.values() if lane.work]
        done, _ = await asyncio.wait(running, timeout=_PATIENCE_S)
        for work in done:
            work.result()  # what nobody expected is not swallowed

    def _start(self, name: str, send: Callable[[Lane], Awaitable[None]]) -> None:
        lane = self._lanes[name]
        if lane.open():
            lane.work = asyncio.create_task(self._try(lane, send))

    async def _try(self, lane: Lane, send: Callable[[Lane], Awaitable[None]]) -> None:
        try:
            await send(lane)
        except Unreachable as error:
            # A kept connection that the server closed in the same instant is no outage: the second failure is.
            if lane.failures:
                self._voice.warn(lane.name, f"the server does not take {lane.name} ({error}); trying again")
            lane.failed()
        else:
            lane.failures = 0
            self._voice.over(lane.name, f"The server takes {lane.name} again.")

    async def _send_vehicles(self, lane: Lane) -> None:
        async def send(refs: list[str]) -> None:
            rows = {ref: self._vehicles[ref] for ref in refs}
            await self._upsert("vehicles", list(rows.values()), method="PUT")
            _forget(self._vehicles, rows)
            self._known |= rows

        await _each_batch(list(self._vehicles), lane.batch, send)

    async def _send_transports(self, lane: Lane, destination: Callable[[TransportReport], str]) -> None:
        async def send(keys: list[str]) -> None:
            reports = {key: self._transports[key] for key in keys}
            rows = [_row(report, destination(report)) for report in reports.values()]
            waiting = await self._upsert("transports", rows)
            _forget(self._transports, {key: report for key, report in reports.items() if key not in waiting})

        async def update(keys: list[str]) -> None:
            report = self._transports[keys[0]]
            await self._update(report)
            _forget(self._transports, {keys[0]: report})

        ours = [key for key, report in self._transports.items() if report.ref and report.vehicle in self._known]
        others = [key for key, report in self._transports.items() if not report.ref]
        await _each_batch(ours, lane.batch, send)
        await _each_batch(others, 1, update)

    async def _send_positions(self, positions: Sequence[PositionReport]) -> None:
        at = stamp(time.time())

        async def send(rows: list[dict[str, Any]]) -> None:
            try:
                answer = await self._api.signal(f"{self._path}/positions", self._token, {"positions": rows})
            except Refused as error:
                self._voice.warn("positions-refused", f"positions: {error}")
            else:
                for unknown in self._complain("positions", answer):
                    self._make_known_again(unknown["ref"])

        await _each_batch([row.wire(at) for row in positions], _POSITIONS, send)

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

    async def _upsert(self, what: str, rows: list[dict[str, Any]], method: str = "POST") -> set[str]:
        """The references that must be sent once more, because the server has lost a vehicle it knew."""
        try:
            answer = await self._api.command(f"{self._path}/{what}", self._token, {what: rows}, method=method)
        except Refused as error:
            self._voice.warn(f"{what}-refused", f"{what}: {error}")
            return set()
        lost = {error["ref"] for error in self._complain(what, answer)}
        for row in rows:
            if row["ref"] in lost:
                self._make_known_again(row["vehicle"])
        return lost

    def _complain(self, what: str, answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Tell of what was refused; returns the errors that only mean an unknown vehicle."""
        unknown = []
        for row in answer.get("errors") or ():
            code = row.get("code")
            if code == "unknown_vehicle":
                unknown.append(row)
            elif code not in (*_SETTLED_BY_FEED, _NEVER_TOLD):
                self._voice.warn(f"{what}:{code}", f"{what} {row.get('ref')}: {code}: {row.get('detail')}")
        return unknown

    def _make_known_again(self, vehicle: str) -> None:
        row = self._known.pop(vehicle, None)
        if row is not None:
            self._vehicles.setdefault(vehicle, row)


def _row(report: TransportReport, destination: str) -> dict[str, Any]:
    row = report.wire(stamp(report.eta_at) if report.eta_at is not None else None)
    if row["eta_at"] is None:
        del row["eta_at"]
    return row | {"destination": destination}


async def _each_batch(rows: list[_T], size: int, send: Callable[[list[_T]], Awaitable[None]]) -> None:
    """All batches are tried when the server answers at all; the first failure is told afterwards."""
    failure: Unreachable | None = None
    for start in range(0, len(rows), size):
        try:
            await send(rows[start : start + size])
        except Unreachable as error:
            if not error.answered:
                raise
            failure = failure or error
    if failure is not None:
        raise failure


def _forget(waiting: dict[str, Any], sent: Mapping[str, Any]) -> None:
    """Only what has not been replaced while it was under way."""
    for key, value in sent.items():
        if waiting.get(key) is value:
            del waiting[key]
