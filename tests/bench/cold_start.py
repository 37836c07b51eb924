"""How long the hospital page takes on a slow phone: cold start, two taps, receipt. A measurement, not a test.

    python -m tests.bench.cold_start --runs 5

Starts services and a server of its own; drives Chromium over its debugger with the network of a slow 4G phone,
and with `--slower 4` a processor four times slower than this machine's; prints a table. Needs built pages.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass
from typing import Any, Final

from tests.bench.city import city_and_browser, prepare

#: What Lighthouse and Chromium's tools call slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back.
NETWORK: Final = {
    "offline": False,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
    "latency": 150,
}
PHONE: Final = {"width": 360, "height": 780}


@dataclass(frozen=True, slots=True)
class Run:
    """Milliseconds; bytes as they came over the line, headers included."""

    painted: float
    usable: float
    receipt: float
    script: int
    all: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slower", type=int, default=1, help="slow the processor this many times: 4 is an old phone")
    wanted = parser.parse_args()
    prepare()
    runs = measured(wanted.runs, wanted.slower)
    print("| what | median | lowest | highest |\n|---|---:|---:|---:|")
    for name in Run.__slots__:
        values = [getattr(run, name) for run in runs]
        print(f"| {name} | {statistics.median(values):,.0f} | {min(values):,.0f} | {max(values):,.0f} |")


def measured(times: int, slower: int) -> list[Run]:
    with city_and_browser() as (city, browser):
        runs = [once(browser, city, "saint-pierre", slower) for _ in range(times + 1)]
    # The first also waits for the server's own first request.
    return runs[1:]


def once(browser: Any, city: Any, site: str, slower: int) -> Run:
    """A new profile: nothing is cached, nothing is kept."""
    context = browser.new_context(viewport=PHONE, locale="fr-BE", service_workers="block")
    cookies = {"django_language": "en", **city.session("clara")}
    context.add_cookies([{"name": name, "value": value, "url": city.url} for name, value in cookies.items()])
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    sizes, scripts = watch(devtools)
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    begun = time.monotonic()
    page.goto(f"{city.url}/site/{site}/", wait_until="commit")
    button = page.get_by_role("button", name="Declare")
    button.wait_for()
    usable = time.monotonic()
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    button.click()
    page.locator("button", has_text="Divert").last.click()
    pressed = time.monotonic()
    page.get_by_role("heading", name="Recorded no.").wait_for()
    receipt = time.monotonic()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("withdrawn").first.wait_for()
    total = sum(sizes.values())
    script = sum(sizes.get(one, 0) for one in scripts)
    context.close()
    return Run(painted, (usable - begun) * 1000, (receipt - pressed) * 1000, int(script), int(total))


def watch(devtools: Any) -> tuple[dict[str, float], set[str]]:
    sizes: dict[str, float] = {}
    scripts: set[str] = set()
    devtools.send("Network.enable")
    devtools.on("Network.responseReceived", lambda e: scripts.add(e["requestId"]) if e["type"] == "Script" else None)
    devtools.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    return sizes, scripts


if __name__ == "__main__":
    main()
