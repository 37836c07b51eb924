"""One command's round trip: through the API, beside the same transaction by hand on bare ASGI; and what appends alone.

Also through the same API under WSGI, which says what Django's way through ASGI costs.

    python -m tests.bench.command --runs 5 --commands 60

A hospital's system attests its episode over one kept-alive connection. Each run takes both in turn, command by command;
a case's figure in a run is the median, its processor time the server process's for all of them, shared out.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.cases import Product
from tests.bench.fanout import servers
from tests.bench.figures import cpu_ns, ratios, spread
from tests.bench.servers import ROOT, Failed, Server


@dataclass(frozen=True, slots=True)
class Trip:
    """Milliseconds of one case in one run: a command's median round trip, and its server's processor time."""

    wall: float
    cpu: float


class Door:
    """Where one case's commands go: one connection, kept alive."""

    def __init__(self, pid: int, port: int, path: str, token: str) -> None:
        self.pid = pid
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._path, self._token = path, token

    def send(self) -> float:
        """Milliseconds until the answer was read. Raises Failed for any but a success."""
        key = str(uuid.uuid4())
        headers = {
            "Authorization": f"Bearer {self._token}", "Idempotency-Key": key, "Content-Type": "application/json"
        }  # fmt: skip
        begun = time.perf_counter_ns()
        self._connection.request("POST", self._path, b"{}", headers)
        answer = self._connection.getresponse()
        text = answer.read()
        took = (time.perf_counter_ns() - begun) / 1e6
        if answer.status != 200:
            raise Failed(f"{self._path} answered {answer.status}: {text[:500]!r}")
        return took


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.command", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--commands", type=int, default=60)
    wishes = parser.parse_args()
    with contextlib.ExitStack() as stack:
        [product] = stack.enter_context(servers(1, [Product])).values()
        assert isinstance(product, Product)
        doors = _doors(product)
        runs = [_run(doors, wishes.commands) for _ in range(wishes.runs)]
        appended = [_append(product) for _ in range(wishes.runs)]
    _report({name: [run[name] for run in runs] for name in doors}, appended, wishes)
    return 0


def _doors(product: Product) -> dict[str, Door]:
    """Three hospitals, so that no case finds another's episode at its site."""
    ours, other, third = (product.episode(nth) for nth in (0, 1, 2))
    raw = Server("raw", ["-m", "tests.bench.raw_command", "{port}", other.pk], product.around)
    wsgi = Server("wsgi", ["-m", "tests.bench.wsgi_server", "{port}"], product.around)
    for one in (raw, wsgi):
        one.wait()
    return {
        "product": Door(product.commands.pid, product.commands.port, f"/api/diversions/{ours.pk}/attest", ours.key),
        "wsgi": Door(wsgi.pid, wsgi.port, f"/api/diversions/{third.pk}/attest", third.key),
        "raw": Door(raw.pid, raw.port, "/", ""),
    }


def _run(doors: Mapping[str, Door], commands: int) -> dict[str, Trip]:
    for door in doors.values():
        door.send()  # pays for what is made once
    used = {name: cpu_ns(door.pid) for name, door in doors.items()}
    taken: dict[str, list[float]] = {name: [] for name in doors}
    for _ in range(commands):
        for name, door in doors.items():
            taken[name].append(door.send())
    found = {
        name: Trip(statistics.median(taken[name]), (cpu_ns(door.pid) - used[name]) / 1e6 / commands)
        for name, door in doors.items()
    }
    told = ", ".join(f"{name} {one.wall:.2f} ms (CPU {one.cpu:.2f})" for name, one in found.items())
    print(told, file=sys.stderr)
    return found


def _append(product: Product) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.append", "200"]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(product.surroundings), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(done.stderr[-2000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _report(
    results: Mapping[str, list[Trip]], appended: Sequence[Mapping[str, Any]], wishes: argparse.Namespace
) -> None:
    load = os.getloadavg()[0]
    print(f"{wishes.runs} runs of {wishes.commands} commands; Python {platform.python_version()}; load {load:.1f}")
    print("\n| case | round trip, ms | server CPU, ms |\n|---|---|---|")
    for name, runs in results.items():
        print(f"| {name} | {spread([one.wall for one in runs], 2)} | {spread([one.cpu for one in runs], 2)} |")
    print()
    for name in ("product", "wsgi"):
        wall, cpu = (ratios(_of(kind, results[name]), _of(kind, results["raw"])) for kind in ("wall", "cpu"))
        print(f"{name} / raw: {spread(wall, 2)} wall, {spread(cpu, 2)} CPU")
    ours, alone = ([one[name] for one in appended] for name in ("ours", "raw"))
    print(f"Append: {spread(ours, 3)} ms, psycopg alone {spread(alone, 3)} ms: {spread(ratios(ours, alone), 2)}")


def _of(kind: str, trips: Sequence[Trip]) -> list[float]:
    return [getattr(one, kind) for one in trips]


if __name__ == "__main__":
    sys.exit(main())
