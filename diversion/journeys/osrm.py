"""OSRM over HTTP: the table of car times between vehicles and hospitals, from an engine the operator runs.

Invariant: an engine that is slow, stalled, wrong or gone costs a dispatcher at most PATIENCE_S once, and then nothing
until it is tried again; the next source answers, and the answer says so.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import date
from time import monotonic
from typing import Final

import httpx
import msgspec
from circuitbreaker import CircuitBreaker

from diversion.journeys.port import Journey, JourneysUnavailable, PartialMatrix
from hospitals.geo import Located

SOURCE: Final = "osrm"
#: As for the embedded network: engines were compared with one another, none with ambulances.
MARGIN_S: Final = 120
#: What is left for the other sources of the 300 ms that a dispatcher may wait for a journey time.
PATIENCE_S: Final = 0.2
#: After a failure: long enough that a stalled engine is asked by few, short enough that one that is back is soon used.
REST_S: Final = 5.0
#: Places in one question; osrm-routed refuses more unless it was started with a larger --max-table-size.
TABLE: Final = 100
#: Positions further from a street than this are not on the engine's map (as for the embedded network).
SNAP_M: Final = 500.0

log = logging.getLogger(__name__)


class Snapped(msgspec.Struct):
    """A place as the engine took it: metres from where it was said to be."""

    distance: float


class Table(msgspec.Struct):
    """What the engine answers: seconds and metres, null where no way leads."""

    sources: list[Snapped]
    destinations: list[Snapped]
    durations: list[list[float | None]]
    distances: list[list[float | None]]
    data_version: str | None = None


class Osrm:
    """A link of the chain: ``url`` is the engine's address, as http://127.0.0.1:5000. Threads may share it."""

    def __init__(self, url: str, patience_s: float = PATIENCE_S, rest_s: float = REST_S) -> None:
        self._url, self._patience_s = url.rstrip("/"), patience_s
        # One failure is enough: whoever asks next would wait as long for the same.
        self._breaker = CircuitBreaker(
            failure_threshold=1, recovery_timeout=rest_s, expected_exception=JourneysUnavailable
        )
        # Its own limits end a call that nobody waits for any more; trust_env would send it to a proxy.
        self._client = httpx.Client(timeout=patience_s, trust_env=False)
        self._callers = ThreadPoolExecutor(4, thread_name_prefix="osrm")

    def car_matrix(self, origins: Sequence[Located], destinations: Sequence[Located]) -> PartialMatrix:
        """Raises JourneysUnavailable when the engine does not answer in time, or not with a table."""
        if self._breaker.opened:
            raise JourneysUnavailable("OSRM is left alone after a failure")
        with self._breaker:
            return self._asked(origins, destinations)

    def _asked(self, origins: Sequence[Located], destinations: Sequence[Located]) -> PartialMatrix:
        """In parcels the engine takes, side by side, all within one patience."""
        until = monotonic() + self._patience_s
        size = max(1, TABLE - len(destinations))
        parcels = [origins[start : start + size] for start in range(0, len(origins), size)]
        calls = [self._callers.submit(self._table, parcel, destinations) for parcel in parcels]
        try:
            return tuple(row for call in calls for row in call.result(max(0.0, until - monotonic())))
        except (NotYet, httpx.HTTPError, msgspec.MsgspecError, ValueError) as error:
            log.warning("OSRM gives no journey times: %s", type(error).__name__)
            raise JourneysUnavailable(f"OSRM: {error}") from error
        finally:
            for call in calls:
                call.cancel()

    def _table(self, origins: Sequence[Located], destinations: Sequence[Located]) -> PartialMatrix:
        places = ";".join(f"{one.lon:.6f},{one.lat:.6f}" for one in (*origins, *destinations))
        answer = self._client.get(
            f"{self._url}/table/v1/driving/{places}",
            params={
                "sources": ";".join(str(number) for number in range(len(origins))),
                "destinations": ";".join(str(len(origins) + number) for number in range(len(destinations))),
                "annotations": "duration,distance",
            },
        )
        answer.raise_for_status()
        return _cells(answer.content)


def _cells(content: bytes) -> PartialMatrix:
    """Raises msgspec.MsgspecError or ValueError for what is no table."""
    said = msgspec.json.decode(content, type=Table)
    day = _day(said.data_version)
    return tuple(
        tuple(
            None if took is None or metres is None or max(here.distance, there.distance) > SNAP_M
            else _journey(took, metres, day)
            for took, metres, there in zip(durations, distances, said.destinations, strict=True)
        )
        for durations, distances, here in zip(said.durations, said.distances, said.sources, strict=True)
    )  # fmt: skip


def _journey(took: float, metres: float, day: str | None) -> Journey:
    seconds = round(took)
    return Journey(seconds, max(0, seconds - MARGIN_S), seconds + MARGIN_S, round(metres), SOURCE, day)


def _day(told: str | None) -> str | None:
    """The date that whoever prepared the engine gave it (``osrm-extract --data_version 2026-11-01``)."""
    try:
        return date.fromisoformat(told or "").isoformat()
    except ValueError:
        return None
