"""One declaration to many open sockets: our server beside a bare broadcast and stock Channels, same machine, same run.

    python -m tests.bench.fanout --sockets 1000 --runs 5

Every run measures the three cases one after the other, in an order that turns from run to run. Ratios are formed
within a run, then the median is taken: absolute figures are a machine's, ratios are the software's.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import resource
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from diversion.embedded.services import start
from tests.bench.cases import Broadcast, Case, Product, Stock, environment
from tests.bench.figures import Meter, Result, Sample, of_run, ratios, resident_mb, spread
from tests.bench.probe import Probe
from tests.bench.servers import CrowdProcess, Surroundings, crowd

PATIENCE_S = 60.0
QUIET_S = 0.3
IDLE_S = 0.5
CASES: Sequence[Callable[[Surroundings], Case]] = (Product, Broadcast, Stock)


def main() -> int:
    wishes = _wishes()
    allow_sockets(wishes.sockets)
    with contextlib.ExitStack() as stack:
        cases = stack.enter_context(servers(wishes.sockets))
        clients = stack.enter_context(crowd())
        results = _measure(cases, clients, wishes)
    _report(results, wishes)
    return 0


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fanout", description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--events", type=int, default=5, help="events of each case in each run")
    return parser.parse_args()


def allow_sockets(wanted: int) -> None:
    """Each side of a connection is an open file; the soft limit is often 1024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted + 200:
        sys.exit(f"This account may open {hard} files; {wanted} sockets need {wanted + 200}.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextlib.contextmanager
def servers(sockets: int, kinds: Sequence[Callable[[Surroundings], Case]] = CASES) -> Iterator[dict[str, Case]]:
    """PostgreSQL, Valkey and the servers compared, in a folder of their own that is gone afterwards."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diversion-bench-")))
        services = start(folder / "state", durable=True)
        stack.callback(services.erase)
        around = Surroundings(environment(services.environment), folder, stack, sockets)
        cases = [make(around) for make in kinds]
        yield {case.name: case for case in cases}


def _measure(cases: Mapping[str, Case], clients: CrowdProcess, wishes: argparse.Namespace) -> dict[str, list[Result]]:
    results: dict[str, list[Result]] = {name: [] for name in cases}
    frame = _sample_frame(cases["product"], clients)
    names, opened = list(cases), set[str]()
    for run in range(wishes.runs):
        for name in names[run % len(names) :] + names[: run % len(names)]:
            result = _one_run(cases[name], clients, frame, wishes, opened)
            results[name].append(result)
            told = f"last {result.last:.1f} ms, server CPU {result.cpu:.1f} ms, connected in {result.connect_s:.1f} s"
            print(f"run {run + 1} {name}: {told}", file=sys.stderr)
    print(f"frame of {len(frame)} characters; load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    return results


def _sample_frame(product: Case, clients: CrowdProcess) -> str:
    """The frame our server really sends, for the yardsticks to send as well; its mark is put in anew each time."""
    mark = _mark()
    _open(product, clients, 1)
    clients.ask(do="await", mark=mark, timeout=PATIENCE_S)
    product.publish(mark, "")
    frame: str = clients.hear()["frame"]
    product.tidy()
    clients.ask(do="close")
    return frame.replace(mark, "{mark}")


def _one_run(case: Case, clients: CrowdProcess, frame: str, wishes: argparse.Namespace, opened: set[str]) -> Result:
    before, first = resident_mb(case.pid), case.name not in opened
    connect_s = _open(case, clients, wishes.sockets)
    memory = (resident_mb(case.pid) - before) * 1024 / wishes.sockets if first else None
    opened.add(case.name)
    # The first event pays for what is made once (caches, connections); it is not counted.
    samples = [_event(case, clients, frame) for _ in range(wishes.events + 1)][1:]
    clients.ask(do="close")
    return of_run(samples, connect_s, memory)


def _open(case: Case, clients: CrowdProcess, sockets: int) -> float:
    return float(clients.open(case.feed, sockets, PATIENCE_S)["seconds"])


def _event(case: Case, clients: CrowdProcess, frame: str) -> Sample:
    mark = _mark()
    if case.feed.beat:
        clients.ask(do="await", mark=case.feed.beat, timeout=PATIENCE_S)
        clients.hear()
    clients.ask(do="settle", quiet=QUIET_S, timeout=PATIENCE_S)
    meter = Meter(case.pid, IDLE_S)
    clients.ask(do="await", mark=mark, timeout=PATIENCE_S)
    published = case.publish(mark, frame.replace("{mark}", mark))
    got = clients.hear()
    # What the server does after the last byte has left belongs to the event too.
    clients.ask(do="settle", quiet=QUIET_S, timeout=PATIENCE_S)
    used = meter.used_ns()
    case.tidy()
    command = (got["last"] - published.set_out) / 1e6 if case.name == "product" else None
    median, last = ((got[which] - published.at) / 1e6 for which in ("median", "last"))
    return Sample(median, last, used / 1e6, _stall(case, clients, frame), command)


def _stall(case: Case, clients: CrowdProcess, frame: str) -> float:
    """The longest wait for an answer to a ping during one more event, in milliseconds."""
    mark = _mark()
    with Probe(case.feed) as probe:
        clients.ask(do="await", mark=mark, timeout=PATIENCE_S)
        case.publish(mark, frame.replace("{mark}", mark))
        clients.hear()
        longest = probe.longest
    clients.ask(do="settle", quiet=QUIET_S, timeout=PATIENCE_S)
    case.tidy()
    return longest


def _mark() -> str:
    return f"mark-{uuid.uuid4().hex}"


def _report(results: Mapping[str, list[Result]], wishes: argparse.Namespace) -> None:
    print(f"{wishes.sockets} sockets, {wishes.runs} runs of {wishes.events} events; Python {platform.python_version()}")
    heads = ["case", "median socket, ms", "last socket, ms", "server CPU, ms", "longest ping, ms", "ping / last"]
    print(f"\n| {' | '.join([*heads, 'connecting, s', 'kB a socket'])} |\n{'|---' * 8}|")
    for name, runs in results.items():
        median, last, cpu, stall, connecting = (
            [getattr(one, part) for one in runs] for part in ("median", "last", "cpu", "stall", "connect_s")
        )
        cells = [spread(one, 1) for one in (median, last, cpu, stall)]
        cells += [spread(ratios(stall, last), 2), spread(connecting, 1)]
        print(f"| {name} | {' | '.join(cells)} | {runs[0].memory or 0:.0f} |")
    _report_ratios(results)


def _report_ratios(results: Mapping[str, list[Result]]) -> None:
    print("\n| ratio within a run | wall (last socket) | server CPU |")
    print("|---|---|---|")
    for over, under in (("product", "broadcast"), ("stock", "product")):
        pair = results[over], results[under]
        wall = ratios(*([one.last for one in runs] for runs in pair))
        cpu = ratios(*([one.cpu for one in runs] for runs in pair))
        print(f"| {over} / {under} | {spread(wall, 2)} | {spread(cpu, 2)} |")
    commands = [one.command for one in results["product"] if one.command is not None]
    whole = ratios(commands, [one.last for one in results["broadcast"]])
    print(f"\nCommand sent → last socket: {spread(commands, 1)} ms; to a bare broadcast: {spread(whole, 2)}")


if __name__ == "__main__":
    sys.exit(main())
