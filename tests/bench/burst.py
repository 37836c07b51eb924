"""A burst of events written by another process: who is told all of it, in order, and what those who never read cost.

    python -m tests.bench.burst --sockets 200 --stalled 20 --events 300 --runs 5

Fails unless every socket that reads was told every event once and in order, and whoever does not read was let go.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diversion.serve import OPTIONS
from tests.bench.cases import Product
from tests.bench.fanout import PATIENCE_S, allow_sockets, servers
from tests.bench.figures import cpu_ns, resident_mb, spread
from tests.bench.servers import ROOT, CrowdProcess, Failed, crowd

#: So long may the server take to be rid of those who do not read, once the burst is over (seconds): a burst that finds
#: room between the two machines is held against nobody, but who answers no ping for so long is.
RIDDANCE = OPTIONS["ws_ping_interval"] + OPTIONS["ws_ping_timeout"] + 5.0


@dataclass(frozen=True, slots=True)
class Burst:
    """Seconds from the first write to the last and to the last socket, CPU a frame (µs), growth (MB), and
    seconds from the last socket's last frame until none that never read was held.
    """

    written: float
    told: float
    cpu: float
    grown: float
    rid: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.burst")
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--stalled", type=int, default=20)
    parser.add_argument("--events", type=int, default=300)
    parser.add_argument("--runs", type=int, default=5)
    wishes = parser.parse_args()
    everybody = wishes.sockets + wishes.stalled
    allow_sockets(everybody)
    with contextlib.ExitStack() as stack:
        [product] = stack.enter_context(servers(everybody, [Product])).values()
        assert isinstance(product, Product)
        clients = stack.enter_context(crowd())
        runs = [_run(product, clients, wishes) for _ in range(wishes.runs)]
    _report(runs, wishes)
    return 0


def _run(product: Product, clients: CrowdProcess, wishes: argparse.Namespace) -> Burst:
    clients.open(product.feed, wishes.sockets + wishes.stalled, PATIENCE_S)
    clients.ask(do="stall", sockets=wishes.stalled)
    clients.ask(do="follow")
    before, used = resident_mb(product.pid), cpu_ns(product.pid)
    begun = time.monotonic_ns()
    numbers = _write(product, wishes.events)
    written = (time.monotonic_ns() - begun) / 1e9
    got = clients.ask(do="followed", last=numbers["last"], timeout=PATIENCE_S)
    if got["whole"] != wishes.sockets or got["first"] > numbers["first"]:
        raise Failed(f"{got['whole']} of {wishes.sockets} sockets were told everything in order: {got}")
    cpu = (cpu_ns(product.pid) - used) / 1e3 / wishes.events / wishes.sockets
    told, grown = (got["last_byte"] - begun) / 1e9, resident_mb(product.pid) - before
    held, rid = _held(product, wishes.sockets)
    if held:
        raise Failed(f"{held} sockets that never read are still held after {rid:.1f} s")
    clients.ask(do="close")
    time.sleep(1)
    print(f"told after {told:.2f} s, {grown:.1f} MB more, the stalled gone after {rid:.1f} s", file=sys.stderr)
    return Burst(written, told, cpu, grown, rid)


def _write(product: Product, events: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.burst_writer", str(events)]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(product.surroundings), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(done.stderr[-2000:])
    numbers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return numbers


def _held(product: Product, readers: int) -> tuple[int, float]:
    """How many sockets besides the readers' the server still has open once it has had time to be rid of them, and
    how long that took (seconds).
    """
    begun = time.monotonic()
    while (held := _open_sockets(product.pid, product.feed.port) - readers) > 0:
        if time.monotonic() - begun > RIDDANCE:
            break
        time.sleep(0.5)
    return max(0, held), time.monotonic() - begun


def _open_sockets(pid: int, port: int) -> int:
    """Established connections of a process on its port."""
    links = [str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir()]
    mine = {link[len("socket:[") : -1] for link in links if link.startswith("socket:")}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" and row[9] in mine for row in rows)


def _report(runs: Sequence[Burst], wishes: argparse.Namespace) -> None:
    load = os.getloadavg()[0]
    print(f"{wishes.events} events, {wishes.sockets} sockets and {wishes.stalled} that never read; {wishes.runs} runs")
    print(f"Python {platform.python_version()}; load {load:.1f}")
    heads = "written in, s|told to all after, s|server CPU, µs a frame|memory grown, MB|the stalled gone after, s"
    print(f"\n| {heads.replace('|', ' | ')} |")
    print("|---|---|---|---|---|")
    parts = [spread([getattr(one, name) for one in runs], 2) for name in ("written", "told", "cpu", "grown", "rid")]
    print(f"| {' | '.join(parts)} |")


if __name__ == "__main__":
    sys.exit(main())
