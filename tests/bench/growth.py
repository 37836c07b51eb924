"""What one event costs when there are more regions in a process, or more sites in a region.

    python -m tests.bench.growth --runs 5 [--chart FILE.svg]

One process of the product, twenty sockets in each region it is asked about. Events come from another process, in the
regions in turn and always as many a second, so that none waits for another; what the process uses for doing nothing
(reading each region's log once a second, ticking) is measured before and taken off. The command's cost is its own
process's. Ratios are formed within a run, against one region of thirty sites.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.cases import Product, python_run
from tests.bench.chart import Line, chart
from tests.bench.fanout import PATIENCE_S, allow_sockets, servers
from tests.bench.figures import Meter, ratios, spread
from tests.bench.servers import CrowdProcess, Feed, crowd

SOCKETS = 20
IDLE_S = 3.0
A_SECOND = 20.0
REGIONS = 10
SITES = (30, 100, 300)
#: The regions that are asked about, by name: how many of thirty sites, or one of how many sites.
CASES: Mapping[str, tuple[str, ...]] = {
    "1 × 30": ("r0",),
    "2 × 30": ("r0", "r1"),
    "5 × 30": tuple(f"r{nth}" for nth in range(5)),
    "10 × 30": tuple(f"r{nth}" for nth in range(REGIONS)),
    "1 × 100": (f"r{REGIONS}",),
    "1 × 300": (f"r{REGIONS + 1}",),
}
BASE = "1 × 30"


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time: of the feed's process for an event, of a command; idle share of a core."""

    event: float
    command: float
    idle: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--chart", type=Path, help="where to draw the curves, as SVG")
    wishes = parser.parse_args()
    allow_sockets(SOCKETS * REGIONS)
    with contextlib.ExitStack() as stack:
        [product] = stack.enter_context(servers(1, [Product])).values()
        assert isinstance(product, Product)
        sizes = map(str, [SITES[0]] * REGIONS + list(SITES[1:]))
        made = _asked(product, "make", *sizes)
        clients = stack.enter_context(crowd())
        runs = [_run(product, clients, made, wishes.events, nth) for nth in range(wishes.runs)]
    results = {name: [run[name] for run in runs] for name in CASES}
    _report(results, wishes)
    if wishes.chart:
        wishes.chart.write_text(_drawn(results))
    return 0


def _run(product: Product, clients: CrowdProcess, made: Mapping[str, Any], events: int, nth: int) -> dict[str, Cost]:
    names = list(CASES)
    turned = names[nth % len(names) :] + names[: nth % len(names)]
    return {name: _cost(product, clients, made, events, name) for name in turned}


def _cost(product: Product, clients: CrowdProcess, made: Mapping[str, Any], events: int, name: str) -> Cost:
    # A process keeps the feeds of regions it was once asked about: each case has one that was asked of these alone.
    product.restart()
    regions = CASES[name]
    known = [
        {"path": f"/feed/{pk}", "Authorization": f"Bearer {made[pk]['key']}"} for pk in regions for _ in range(SOCKETS)
    ]
    clients.open(Feed(product.feed.port, "", {}, '"type":"snapshot"', "", known), len(known), PATIENCE_S)
    _written(product, clients, len(regions), regions)
    meter = Meter(product.pid, IDLE_S)
    told = _written(product, clients, events, regions)
    cost = Cost(meter.used_ns() / 1e6 / events, told["cpu"], meter.idle)
    clients.ask(do="close")
    print(f"{name}: {cost.event:.2f} ms an event, {cost.command:.1f} a command, idle {cost.idle:.4f}", file=sys.stderr)
    return cost


def _written(product: Product, clients: CrowdProcess, events: int, regions: Sequence[str]) -> dict[str, Any]:
    told = _asked(product, "write", str(events), str(A_SECOND), *regions)
    clients.ask(do="settle", quiet=0.3, timeout=PATIENCE_S)
    return told


def _asked(product: Product, *what: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        python_run(["-m", "tests.bench.country", *what], product.surroundings).splitlines()[-1]
    )
    return found


def _report(results: Mapping[str, list[Cost]], wishes: argparse.Namespace) -> None:
    load = os.getloadavg()[0]
    print(f"{wishes.runs} runs of {wishes.events} events, {SOCKETS} sockets a region; load {load:.1f}")
    print(f"Python {platform.python_version()}")
    print("\n| regions × sites | feed CPU an event, ms | / base | command CPU, ms | / base | idle, share of a core |")
    print("|---|---|---|---|---|---|")
    base = results[BASE]
    for name, runs in results.items():
        cells = []
        for part in ("event", "command"):
            mine, first = ([getattr(one, part) for one in some] for some in (runs, base))
            cells += [spread(mine, 2), spread(ratios(mine, first), 2)]
        print(f"| {name} | {' | '.join(cells)} | {spread([one.idle for one in runs], 4)} |")


def _drawn(results: Mapping[str, list[Cost]]) -> str:
    """Both curves over the number of sites in all: more regions, and a larger region."""
    at = {name: int(name.split(" × ")[0]) * int(name.split(" × ")[1]) for name in results}

    def line(name: str, cases: Sequence[str], part: str, dashed: bool) -> Line:
        points = [(at[one], statistics.median(getattr(cost, part) for cost in results[one]) / 1000) for one in cases]
        return Line(name, points, dashed)

    more, larger = [one for one in CASES if one.endswith("× 30")], [BASE, "1 × 100", "1 × 300"]
    lines = [
        line("event, more regions", more, "event", False),
        line("event, larger region", larger, "event", True),
        line("command, more regions", more, "command", False),
        line("command, larger region", larger, "command", True),
    ]
    title = "Milliseconds of processor time an event and a command take, by the number of sites; logarithmic"
    return chart(lines, {size: str(size) for size in at.values()}, title=title, across="sites in all regions")


if __name__ == "__main__":
    sys.exit(main())
