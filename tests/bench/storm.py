"""Everybody comes back at once: our server, killed and started again, beside a bare server that only accepts.

    python -m tests.bench.storm --sockets 5000 --runs 5

*Back* is a reader with the cursor it had, as after a restart; *new* is one without, who needs the whole picture. Live
is who has its first frame of events or its snapshot; the bare server's sockets are live when they are open.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.cases import Broadcast, Case, Product
from tests.bench.fanout import PATIENCE_S, allow_sockets, servers
from tests.bench.figures import cpu_ns, ratios, spread
from tests.bench.servers import CrowdProcess, Feed, crowd

#: Long enough for a process to have done everything its start brings; its readers came to a server that serves.
WARM_S = 1.0


@dataclass(frozen=True, slots=True)
class Storm:
    """How long until 99 in 100 were live (s), processor time a socket (ms), and how many different first frames."""

    p99: float
    cpu: float
    documents: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.storm", description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=5)
    wishes = parser.parse_args()
    allow_sockets(wishes.sockets)
    with contextlib.ExitStack() as stack:
        cases = stack.enter_context(servers(wishes.sockets, [Product, Broadcast]))
        clients = stack.enter_context(crowd())
        runs = [_run(cases, clients, wishes.sockets) for _ in range(wishes.runs)]
    _report({name: [run[name] for run in runs] for name in runs[0]}, wishes)
    return 0


def _run(cases: Mapping[str, Case], clients: CrowdProcess, sockets: int) -> dict[str, Storm]:
    product, bare = cases["product"], cases["broadcast"]
    assert isinstance(product, Product)
    after = f"?after={product.cursor()}"
    _restarted(product, clients)
    found = {"back": _storm(product, product.feed, clients, sockets, after, '"type":"events"')}
    found["bare"] = _storm(bare, bare.feed, clients, sockets)
    _restarted(product, clients)
    found["new"] = _storm(product, product.feed, clients, sockets)
    for name, storm in found.items():
        print(f"{name}: 99 % live after {storm.p99:.2f} s, {storm.cpu:.2f} ms a socket", file=sys.stderr)
    return found


def _restarted(product: Product, clients: CrowdProcess) -> None:
    product.restart()
    clients.open(product.feed, 1, PATIENCE_S)
    clients.ask(do="close")
    time.sleep(WARM_S)


def _storm(
    case: Case, feed: Feed, clients: CrowdProcess, sockets: int, query: str = "", ready: str | None = None
) -> Storm:
    used = cpu_ns(case.pid)
    opened = clients.open(feed, sockets, PATIENCE_S, query, ready)
    cpu = (cpu_ns(case.pid) - used) / 1e6 / sockets
    clients.ask(do="close")
    time.sleep(WARM_S)
    return Storm(opened["p99"], cpu, opened["documents"])


def _report(results: Mapping[str, list[Storm]], wishes: argparse.Namespace) -> None:
    load = os.getloadavg()[0]
    print(f"{wishes.sockets} sockets, {wishes.runs} runs; Python {platform.python_version()}; load {load:.1f}")
    print("\n| readers | 99 % live after, s | ms of CPU a socket | first frames | / bare, wall | / bare, CPU |")
    print("|---|---|---|---|---|---|")
    bare = results["bare"]
    for name, runs in results.items():
        wall = spread([one.p99 for one in runs], 2)
        cpu = spread([one.cpu for one in runs], 2)
        walls = spread(ratios([one.p99 for one in runs], [one.p99 for one in bare]), 2)
        cpus = spread(ratios([one.cpu for one in runs], [one.cpu for one in bare]), 2)
        print(f"| {name} | {wall} | {cpu} | {max(one.documents for one in runs)} | {walls} | {cpus} |")


if __name__ == "__main__":
    sys.exit(main())
