"""The embedded road network: journeys on the operator's own map, prepared aside and taken into use without a restart.

Invariant: whoever asks is answered at once from what is ready, or told that nothing is; building a network or its
trees never keeps a dispatcher waiting.
"""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from diversion.journeys.graph import RoadGraph, Wood
from diversion.journeys.port import Journey, JourneysUnavailable, PartialMatrix
from diversion.journeys.streets import Streets
from hospitals.geo import Located

SOURCE: Final = "roads"
#: Two good engines on one network differ by 1.4 minutes on average, so nobody may sound surer than two: what an
#: ambulance really takes is not known before `manage.py fit_journeys` has had a region's own journeys to compare.
MARGIN_S: Final = 120
#: What is left of a dispatcher's 300 ms when OSRM has just been waited for: a region's trees take some 200 ms once,
#: after a start or a new map, and meanwhile the next source answers.
WAIT_S: Final = 0.05
#: Sets of hospitals whose trees are kept: one for each region a process answers for, and those of an import.
KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Network:
    """What lies in the map's folder now: the file of streets, its age, and what was told of speeds."""

    streets: Path
    data_date: str
    speeds: Path | None
    #: Changes with whatever journeys rest on.
    stamp: str


def told_speeds(path: Path) -> dict[tuple[int, int], float]:
    """Speeds as OSRM's ``--segment-speed-file`` has them: from, to (OpenStreetMap points) and km/h, 0 for closed.

    Raises ValueError with the line that is no such thing.
    """
    told: dict[tuple[int, int], float] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.reader(file), start=1):
            try:
                a, b, kmh = int(row[0]), int(row[1]), float(row[2])
            except (IndexError, ValueError):
                raise ValueError(f"line {number}: expected FROM,TO,KMH, as 3370548,3370549,30") from None
            if not 0 <= kmh <= 200:
                raise ValueError(f"line {number}: {kmh} km/h is no speed of a vehicle; 0 closes the street")
            told[a, b] = kmh
    return told


class Roads:
    """A link of the chain. ``network`` says what lies in the folder now, None for no map; it is asked every time."""

    def __init__(self, network: Callable[[], Network | None], wait_s: float = WAIT_S) -> None:
        self._network, self._wait_s = network, wait_s
        self._lock = threading.Lock()
        # One thread: two processors are better spent on those who wait for something else.
        self._workshop = ThreadPoolExecutor(1, thread_name_prefix="roads")
        self._stamp = ""
        self._graph: Future[RoadGraph] | None = None
        self._woods: dict[tuple[tuple[float, float], ...], Future[Wood]] = {}

    def car_matrix(self, origins: Sequence[Located], destinations: Sequence[Located]) -> PartialMatrix:
        """Raises JourneysUnavailable while there is no map, or none that is ready."""
        network = self._network()
        if network is None:
            raise JourneysUnavailable("no map was built")
        graph, wood = self._ready(network, destinations)
        seconds, metres = graph.journeys(origins, wood)
        return _cells(seconds, metres, network.data_date)

    def _ready(self, network: Network, destinations: Sequence[Located]) -> tuple[RoadGraph, Wood]:
        building, growing = self._begun(network, destinations)
        try:
            wood = growing.result(self._wait_s)
        except NotYet as error:
            raise JourneysUnavailable("the road network is being prepared") from error
        except (OSError, ValueError, KeyError) as error:
            raise JourneysUnavailable(f"the road network cannot be read: {error}") from error
        return building.result(), wood

    def _begun(self, network: Network, destinations: Sequence[Located]) -> tuple[Future[RoadGraph], Future[Wood]]:
        """What is being prepared, or is ready; another map or other speeds begin everything anew."""
        places = tuple((one.lat, one.lon) for one in destinations)
        with self._lock:
            if self._graph is None or self._stamp != network.stamp:
                self._stamp, self._woods = network.stamp, {}
                self._graph = self._workshop.submit(_built, network)
            graph = self._graph
            if places not in self._woods:
                while len(self._woods) >= KEPT:
                    del self._woods[next(iter(self._woods))]
                self._woods[places] = self._workshop.submit(_grown, graph, list(destinations))
            return graph, self._woods[places]


def _built(network: Network) -> RoadGraph:
    told: Mapping[tuple[int, int], float] = told_speeds(network.speeds) if network.speeds else {}
    return RoadGraph(Streets.load(network.streets), told)


def _grown(building: Future[RoadGraph], destinations: Sequence[Located]) -> Wood:
    """In the same single thread as the building, which therefore has ended."""
    graph = building.result()
    return Wood.of([graph.tree(one) for one in destinations], graph.crossings)


def _cells(seconds: np.ndarray[Any, Any], metres: np.ndarray[Any, Any], data_date: str) -> PartialMatrix:
    """Plain values; None where the map has no answer."""
    known = np.isfinite(seconds)
    whole = np.where(known, seconds, 0).round().astype(int).tolist()
    long = np.where(known, metres, 0).round().astype(int).tolist()
    return tuple(
        tuple(
            Journey(took, max(0, took - MARGIN_S), took + MARGIN_S, far, SOURCE, data_date) if sure else None
            for took, far, sure in zip(*row, strict=True)
        )
        for row in zip(whole, long, known.tolist(), strict=True)
    )
