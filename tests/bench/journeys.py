"""Journey times on a real extract: the embedded roads, OSRM over HTTP and the line, for speed and for agreement.

    python -m tests.bench.journeys EXTRACT.osm.pbf --runs 5

Builds the road network and OSRM's own from the same extract (OSRM's executables from ``.osrm``, which ``./check``
unpacks), starts ``osrm-routed`` on loopback, and asks each for 500 random street points to every hospital of the
Brussels registry that lies on the extract. Prints tables. Half a minute and a second a run.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import numpy as np

from diversion.journeys.chain import Chain
from diversion.journeys.graph import RoadGraph, Wood
from diversion.journeys.line import Line
from diversion.journeys.osrm import PATIENCE_S, Osrm
from diversion.journeys.port import Mode
from diversion.maps.extract import read, streets_of
from hospitals.geo import Point
from tests.bench.figures import ratios, spread

ROOT: Final = Path(__file__).resolve().parents[2]
ENGINE: Final = ROOT / ".osrm" / "osrm"
ORIGINS: Final = 500
NOON: Final = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)

Times = np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    wanted = parser.parse_args()
    graph = RoadGraph(streets_of(read(wanted.extract, io.StringIO(), lambda _: None).ways))
    hospitals = [one for one in _registry() if graph.tree(one) is not None]
    drawn = np.random.default_rng(2026).integers(0, len(graph.lat), ORIGINS)
    origins = [Point(float(graph.lat[n]), float(graph.lon[n])) for n in drawn]
    print(f"{len(origins)} origins, {len(hospitals)} hospitals, {graph.crossings} crossings\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        _routed(wanted.extract, Path(folder), "ch") as ch,
        _routed(wanted.extract, Path(folder), "mld") as mld,
    ):
        _speed(graph, origins, hospitals, {"OSRM, contraction": ch[0], "OSRM, multi-level": mld[0]}, wanted.runs)
        _agreement(graph, origins, hospitals, ch[0])
        _patience(origins[:40], hospitals, *ch)


def _registry() -> list[Point]:
    sites = json.loads((ROOT / "hospitals/data/brussels.json").read_text())["sites"]
    return [Point(one["position"]["lat"], one["position"]["lon"]) for one in sites]


@contextmanager
def _routed(extract: Path, folder: Path, algorithm: str) -> Iterator[tuple[str, int]]:
    """An engine of our own: its address and its process."""
    home = folder / algorithm
    home.mkdir()
    copy = home / "map.osm.pbf"
    copy.write_bytes(extract.read_bytes())
    routes = home / "map.osrm"
    steps = [["osrm-extract", "-p", ENGINE / "share/profiles/car.lua", copy]]
    after = {"ch": ["osrm-contract"], "mld": ["osrm-partition", "osrm-customize"]}[algorithm]
    steps += [[name, routes] for name in after]
    for name, *arguments in steps:
        subprocess.run([ENGINE / "bin" / str(name), *arguments], check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--algorithm", algorithm, "-i", "127.0.0.1", "-p", str(port), "--max-table-size", "10000"]
    process = subprocess.Popen([ENGINE / "bin/osrm-routed", *options, routes], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert any("waiting for requests" in line for line in process.stdout)
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.kill()
        process.communicate()


def _speed(
    graph: RoadGraph, origins: Sequence[Point], hospitals: Sequence[Point], engines: dict[str, str], runs: int
) -> None:
    """One question for all, as arrays: our lookup against the engine's answer, decoded, over a kept connection."""
    wood = Wood.of([graph.tree(one) for one in hospitals], graph.crossings)
    cases: dict[str, Callable[[], object]] = {"roads": lambda: graph.journeys(origins, wood)}
    for name, url in engines.items():
        cases[name] = _asking(httpx.Client(timeout=60, trust_env=False), url, origins, hospitals)
    cases["all trees anew"] = lambda: [graph.tree(one) for one in hospitals]
    took: dict[str, list[float]] = {name: [] for name in cases}
    for case in cases.values():
        case()
    for _ in range(runs):
        for name, case in cases.items():
            begun = time.perf_counter()
            case()
            took[name].append((time.perf_counter() - begun) * 1000)
    print("| case | ms | times the roads' |\n|---|---|---|")
    for name, values in took.items():
        print(f"| {name} | {spread(values, 1)} | {spread(ratios(values, took['roads']), 0)} |")


def _asking(
    client: httpx.Client, url: str, origins: Sequence[Point], hospitals: Sequence[Point]
) -> Callable[[], Times]:
    places = ";".join(f"{one.lon:.6f},{one.lat:.6f}" for one in (*origins, *hospitals))
    sources = ";".join(str(n) for n in range(len(origins)))
    there = ";".join(str(len(origins) + n) for n in range(len(hospitals)))
    address = f"{url}/table/v1/driving/{places}?sources={sources}&destinations={there}&annotations=duration"
    return lambda: np.array(client.get(address).raise_for_status().json()["durations"], dtype=float)


def _agreement(graph: RoadGraph, origins: Sequence[Point], hospitals: Sequence[Point], url: str) -> None:
    """How far from OSRM's times, in seconds, and how often the quickest hospital is the same."""
    osrm = _asking(httpx.Client(timeout=60, trust_env=False), url, origins, hospitals)()
    roads, _ = graph.journeys(origins, Wood.of([graph.tree(one) for one in hospitals], graph.crossings))
    line = np.array([[cell.seconds for cell in row] for row in Line().car_matrix(origins, hospitals)], dtype=float)
    print("\n| against OSRM | mean error, s | nine in ten within, s | bias, s | same quickest |\n|---|---|---|---|---|")
    for name, times in (("roads", roads), ("line", line)):
        error = times - osrm
        same = np.mean(times.argmin(axis=1) == osrm.argmin(axis=1))
        off = np.abs(error)
        print(f"| {name} | {off.mean():.0f} | {np.quantile(off, 0.9):.0f} | {error.mean():+.0f} | {same:.0%} |")


def _patience(origins: Sequence[Point], hospitals: Sequence[Point], url: str, pid: int) -> None:
    """What a dispatcher waits for the times of 40 vehicles while the engine answers, stalls, and is left alone."""
    chain = Chain([Osrm(url)])
    print(f"\n| the engine | longest wait of 20, ms | source (patience {PATIENCE_S * 1000:.0f} ms) |\n|---|---|---|")
    for what, signalled in (("answers", None), ("stalls", signal.SIGSTOP), ("is back", signal.SIGCONT)):
        if signalled is not None:
            os.kill(pid, signalled)
        if signalled is signal.SIGCONT:
            time.sleep(5.5)  # until it is tried again
        waits, sources = [], set()
        for _ in range(20):
            begun = time.perf_counter()
            cells = chain.eta_matrix(origins, hospitals, NOON, Mode.PRIORITY)
            waits.append((time.perf_counter() - begun) * 1000)
            sources |= {cell.source for row in cells for cell in row}
        print(f"| {what} | {max(waits):.0f} (median {statistics.median(waits):.0f}) | {', '.join(sorted(sources))} |")


if __name__ == "__main__":
    main()
