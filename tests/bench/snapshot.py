"""A region's snapshot: how long it takes to encode, beside the standard library's json, and to give to the next reader.

    python -m tests.bench.snapshot --runs 5

Regions of 30, 100 and 300 sites with five vehicles each. Ratios are formed within a run, in which the cases take turns.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import sys
from typing import Any

from tests.bench.cases import Product, python_run
from tests.bench.fanout import servers
from tests.bench.figures import ratios, spread

SITES = (30, 100, 300)
ROUNDS = 15


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.snapshot", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    wishes = parser.parse_args()
    with contextlib.ExitStack() as stack:
        [product] = stack.enter_context(servers(1, [Product])).values()
        assert isinstance(product, Product)
        python_run(["-m", "tests.bench.country", "make", *map(str, SITES)], product.surroundings)
        runs = [[_encoded(product, f"r{nth}") for nth in range(len(SITES))] for _ in range(wishes.runs)]
    _report(runs, wishes.runs)
    return 0


def _encoded(product: Product, region: str) -> dict[str, Any]:
    told = python_run(["-m", "tests.bench.encoding", region, str(ROUNDS)], product.surroundings)
    found: dict[str, Any] = json.loads(told.splitlines()[-1])
    return found


def _report(runs: list[list[dict[str, Any]]], count: int) -> None:
    print(f"{count} runs of {ROUNDS}; Python {platform.python_version()}; load {os.getloadavg()[0]:.1f}")
    print("\n| sites | kB | read, ms | encoded, ms | json, ms | json / ours | another audience, ms | next reader, µs |")
    print("|---|---|---|---|---|---|---|---|")
    for nth, sites in enumerate(SITES):
        found = [run[nth] for run in runs]
        read, ours, plain, another = ([one[part] for one in found] for part in ("read", "ours", "json", "another"))
        cells = [spread(read, 1), spread(ours, 2), spread(plain, 2), spread(ratios(plain, ours), 1), spread(another, 2)]
        again = spread([one["again"] * 1000 for one in found], 1)
        print(f"| {sites} | {found[0]['bytes'] / 1000:.0f} | {' | '.join(cells)} | {again} |")


if __name__ == "__main__":
    sys.exit(main())
