"""Positions from a fleet, once a second: what they cost, and whether an event waits for them.

    python -m tests.bench.positions --runs 5 --seconds 8

The product as it runs, one process for everything, with a hundred dispatchers' sockets on it. Each second the whole
fleet's positions come in batches of at most 750; meanwhile declarations are made, and each is timed from its ring to
the last socket. The yardstick is the same with nobody driving, in the same run.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from tests.bench.cases import Product
from tests.bench.fanout import PATIENCE_S, allow_sockets, servers
from tests.bench.figures import cpu_ns, ratios, spread
from tests.bench.servers import CrowdProcess, Failed, crowd

FLEETS = (0, 150, 1_500, 15_000)
SOCKETS = 100
BATCH = 750  # at most a thousand are taken in one
EVENTS = 5


@dataclass(frozen=True, slots=True)
class Drive:
    """Share of a core of the process that takes positions and serves sockets; ms from an event's ring to the last."""

    core: float
    last: float
    late: int


class Fleet:
    """Sends every vehicle's position once a second, and says how many seconds were missed."""

    def __init__(self, product: Product, vehicles: int) -> None:
        self._send = product.positions
        self._batches = [range(first, min(first + BATCH, vehicles)) for first in range(0, vehicles, BATCH)]
        self._stop = threading.Event()
        self.late = 0
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._drive, daemon=True)

    def __enter__(self) -> Fleet:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _drive(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            try:
                for batch in self._batches:
                    self._send(batch)
            except (httpx.HTTPError, Failed) as error:
                self._failure = error
                return
            due += 1.0
            self.late += time.monotonic() > due
            self._stop.wait(max(0.0, due - time.monotonic()))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.positions", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8.0)
    wishes = parser.parse_args()
    allow_sockets(SOCKETS)
    with contextlib.ExitStack() as stack:
        [product] = stack.enter_context(servers(SOCKETS, [Product])).values()
        assert isinstance(product, Product)
        product.make_known(max(FLEETS))
        clients = stack.enter_context(crowd())
        runs = [_run(product, clients, wishes.seconds) for _ in range(wishes.runs)]
    _report(runs, wishes)
    return 0


def _run(product: Product, clients: CrowdProcess, seconds: float) -> dict[int, Drive]:
    found = {}
    for vehicles in FLEETS:
        clients.open(product.feed, SOCKETS, PATIENCE_S)
        with Fleet(product, vehicles) as fleet:
            begun, used = time.monotonic_ns(), cpu_ns(product.pid)
            time.sleep(seconds)
            core = (cpu_ns(product.pid) - used) / (time.monotonic_ns() - begun)
            last = statistics.median(_event(product, clients) for _ in range(EVENTS))
        clients.ask(do="close")
        found[vehicles] = Drive(core, last, fleet.late)
        print(f"{vehicles} vehicles: {core:.3f} of a core, an event {last:.1f} ms, {fleet.late} late", file=sys.stderr)
    return found


def _event(product: Product, clients: CrowdProcess) -> float:
    mark = f"mark-{uuid.uuid4().hex}"
    clients.ask(do="await", mark=mark, timeout=PATIENCE_S)
    published = product.publish(mark, "")
    last = (clients.hear()["last"] - published.at) / 1e6
    product.tidy()
    return float(last)


def _report(runs: Sequence[Mapping[int, Drive]], wishes: argparse.Namespace) -> None:
    load = os.getloadavg()[0]
    print(f"{wishes.runs} runs of {wishes.seconds:.0f} s; Python {platform.python_version()}; load {load:.1f}")
    print("\n| positions a second | of one core | event to the last of 100, ms | / without positions | seconds late |")
    print("|---:|---:|---:|---:|---:|")
    for vehicles in FLEETS:
        drives = [run[vehicles] for run in runs]
        events = [one.last for one in drives]
        over = spread(ratios(events, [run[0].last for run in runs]), 2)
        core = spread([one.core for one in drives], 3)
        print(f"| {vehicles:,} | {core} | {spread(events, 1)} | {over} | {max(one.late for one in drives)} |")


if __name__ == "__main__":
    sys.exit(main())
