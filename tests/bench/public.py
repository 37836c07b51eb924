"""How many readers of the public pages one process serves, beside a bare server that answers with the same bytes.

    python -m tests.bench.public --runs 5 --seconds 5

Loopback only, and bounded. Each run measures both, in an order that turns; the ratio is formed within a run, then the
median is taken. What PostgreSQL did meanwhile is read from its own counters.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import uvloop

from diversion.embedded.services import start
from tests.bench.cases import environment, prepared
from tests.bench.figures import cpu_ns, ratios, spread
from tests.bench.servers import ROOT, UVICORN, Failed, Server, Surroundings

#: Kept-alive connections, each with one request under way: enough to keep a server of one core busy.
CONNECTIONS = 64
#: What a browser says it reads.
ENCODING = "gzip, deflate, br"
ANSWER = b"HTTP/1.1 200 OK"
WARM_S = 1.0
#: PostgreSQL counts a backend's transactions when it has been idle for ten seconds, or sooner.
SETTLE_S = 11.0


@dataclass(frozen=True, slots=True)
class Result:
    rate: float
    cpu_us: float
    client_busy: float


def main() -> int:
    wishes = _wishes()
    with contextlib.ExitStack() as stack:
        servers, url, page = stack.enter_context(_servers())
        before, begun = _transactions(url), time.monotonic()
        results: dict[str, list[Result]] = {server.name: [] for server in servers}
        for run in range(wishes.runs):
            for server in servers if run % 2 == 0 else reversed(servers):
                results[server.name].append(_one_run(server, page, wishes.seconds))
                print(f"run {run + 1} {server.name}: {results[server.name][-1].rate:.0f}/s", file=sys.stderr)
        took = time.monotonic() - begun
        time.sleep(SETTLE_S)
        _report(results, wishes, page)
        _report_database(_transactions(url) - before, took + SETTLE_S, results["product"], wishes)
    return 0


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.public", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each server in each run")
    return parser.parse_args()


@dataclass(frozen=True, slots=True)
class Page:
    path: str
    size: int
    plain: int


@contextlib.contextmanager
def _servers() -> Iterator[tuple[Sequence[Server], str, Page]]:
    """PostgreSQL, Valkey, the product as it runs and the yardstick, in a folder that is gone afterwards."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diversion-bench-")))
        services = start(folder / "state", durable=True)
        stack.callback(services.erase)
        around = Surroundings(environment(services.environment), folder, stack)
        region = prepared(around.environment)["region"]
        city = [sys.executable, "-m", "tests.bench.public_city"]
        subprocess.run(city, cwd=ROOT, env=dict(around.environment), check=True, stdout=sys.stderr)
        product = Server("product", [*UVICORN, "diversion.asgi:application", "--port", "{port}"], around)
        product.wait()
        page, kept = _page(product, f"/bulletin/fr/{region}/", folder)
        beside = Surroundings({**around.environment, "BENCH_PAGE": str(kept)}, folder, stack)
        bare = Server("bare", [*UVICORN, "tests.bench.bare_server:application", "--port", "{port}"], beside)
        bare.wait()
        yield (product, bare), around.environment["DATABASE_URL"], page


def _page(product: Server, path: str, folder: Path) -> tuple[Page, Path]:
    """The answer our server really gives, for the yardstick to give as well, byte for byte."""
    url = f"http://127.0.0.1:{product.port}{path}"
    with httpx.stream("GET", url, headers={"Accept-Encoding": ENCODING}, timeout=60, trust_env=False) as answer:
        if answer.status_code != 200:
            raise Failed(f"{path} answered {answer.status_code}")
        body = b"".join(answer.iter_raw())
    own = ("date", "server")
    headers = [(name, value) for name, value in answer.headers.items() if name not in own]
    kept = folder / "page.json"
    kept.write_text(json.dumps({"headers": headers, "body": body.hex()}))
    plain = len(httpx.get(url, timeout=60, trust_env=False).content)
    return Page(path, len(body), plain), kept


def _one_run(server: Server, page: Page, seconds: float) -> Result:
    uvloop.run(_load(server.port, page.path, WARM_S))
    used, mine, begun = cpu_ns(server.pid), time.process_time(), time.monotonic()
    answers = uvloop.run(_load(server.port, page.path, seconds))
    took = time.monotonic() - begun
    cpu_us = (cpu_ns(server.pid) - used) / 1000 / answers
    return Result(answers / took, cpu_us, (time.process_time() - mine) / took)


class _Reader(asyncio.Protocol):
    """One connection: asks, counts the answer when its last byte is there, asks again. It reads nothing else of it."""

    def __init__(self, request: bytes, until: float) -> None:
        self._request, self._until = request, until
        self._buffer = b""
        self._missing = 0
        self.answers = 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport  # uvloop's are no subclass of asyncio's
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._missing == 0:
            data = self._buffer + data
            head = data.find(b"\r\n\r\n")
            if head < 0:
                self._buffer = data
                return
            self._buffer = b""
            self._missing = head + 4 + self._length(data[:head])
        self._missing -= len(data)
        if self._missing == 0:
            self._answered()

    def _length(self, head: bytes) -> int:
        if not head.startswith(ANSWER):
            raise Failed(head.decode(errors="replace"))
        start = head.index(b"content-length: ") + 16
        return int(head[start : start + 10].split(b"\r")[0])

    def _answered(self) -> None:
        self.answers += 1
        if time.monotonic() < self._until:
            self._transport.write(self._request)
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            if exc is None:
                self.ended.set_result(None)
            else:
                self.ended.set_exception(exc)


async def _load(port: int, path: str, seconds: float) -> int:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Accept-Encoding: {ENCODING}", "", ""]
    request, until = "\r\n".join(lines).encode(), time.monotonic() + seconds
    loop = asyncio.get_running_loop()
    readers = []
    for _ in range(CONNECTIONS):
        _, reader = await loop.create_connection(lambda: _Reader(request, until), "127.0.0.1", port)
        readers.append(reader)
    await asyncio.gather(*(one.ended for one in readers))
    return sum(one.answers for one in readers)


def _transactions(url: str) -> int:
    """What PostgreSQL has done in this database, this very question not counted."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def _report(results: dict[str, list[Result]], wishes: argparse.Namespace, page: Page) -> None:
    told = f"page of {page.plain} bytes, {page.size} as sent; {CONNECTIONS} connections"
    print(f"{told}, {wishes.runs} runs of {wishes.seconds:g} s; Python {platform.python_version()}", end="")
    print(f"; load {os.getloadavg()[0]:.1f}")
    print("\n| server | requests a second | server CPU, µs a request | client busy |\n|---|---|---|---|")
    for name, runs in results.items():
        rate, cpu = spread([one.rate for one in runs], 0), spread([one.cpu_us for one in runs], 0)
        print(f"| {name} | {rate} | {cpu} | {spread([one.client_busy for one in runs], 2)} |")
    product, bare = ([one.rate for one in results[name]] for name in ("product", "bare"))
    costs = [[one.cpu_us for one in results[name]] for name in ("product", "bare")]
    print(f"\nproduct / bare: {spread(ratios(product, bare), 2)} of its requests a second", end="")
    print(f", {spread(ratios(*costs), 2)} of its CPU for each")


def _report_database(count: int, seconds: float, runs: list[Result], wishes: argparse.Namespace) -> None:
    served = statistics.mean(one.rate for one in runs) * (wishes.seconds + WARM_S) * len(runs)
    print(f"\nPostgreSQL: {count} transactions in {seconds:.0f} s, while about {served:,.0f} requests were answered")


if __name__ == "__main__":
    sys.exit(main())
