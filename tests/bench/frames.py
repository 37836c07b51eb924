"""How smoothly the console draws moving vehicles: the time of each frame, and what the page's one thread does in it.

    python -m tests.bench.frames --runs 3 --seconds 8

Vehicles drive at 12 m/s along circles and are told once a second, as a dispatch system tells them; every third carries
a patient, every ninth to the hospital that is closed. Chromium draws with the processor (SwiftShader), as on a desk
without a graphics card. The yardstick is the same console with no vehicle, in the same run; the region as a whole and
close up, on the schematic and on a street map of a toy town. Needs built pages.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests.bench.city import afresh, at_a_desk, city_and_browser, prepare
from tests.bench.figures import ratios, spread

MIDDLE: Final = (50.8467, 4.3525)
SPEED: Final = 12.0
METRES: Final = 111_320.0
#: Longer than this and a hand that moves the map feels it (milliseconds).
LONG: Final = 50.0
#: vehicles, and how often "zoom in" is pressed
CASES: Final = ((0, 0), (30, 0), (300, 0), (0, 4), (30, 4), (300, 4))
WATCH: Final = """async (seconds) => {
  const long = [];
  const observer = new PerformanceObserver((list) => { for (const one of list.getEntries()) long.push(one.duration); });
  observer.observe({ type: 'long-animation-frame' });
  const frames = [];
  let former = performance.now();
  const end = former + seconds * 1000;
  await new Promise((done) => {
    const next = (now) => {
      frames.push(now - former);
      former = now;
      if (now < end) requestAnimationFrame(next); else done();
    };
    requestAnimationFrame((now) => { former = now; requestAnimationFrame(next); });
  });
  observer.disconnect();
  return { frames, long };
}"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One console watched for some seconds: frame times in milliseconds, shares from 0 to 1."""

    median: float
    p95: float
    worst: float
    #: of all frames, those longer than LONG
    late: float
    #: what the page's thread did at all, and in scripts
    busy: float
    script: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    wanted = parser.parse_args()
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        flags = ["--enable-unsafe-swiftshader"]
        with city_and_browser(*flags, MAP_FOLDER=folder) as (city, browser):
            report("schematic", city, browser, wanted)
            build_streets(Path(folder))
            report("streets", city, browser, wanted)


def report(ground: str, city: Any, browser: Any, wanted: argparse.Namespace) -> None:
    measured: dict[tuple[int, int], list[Sample]] = {case: [] for case in CASES}
    for run in range(wanted.runs):
        # In turns, so that what slows the machine for a while does not slow one case alone.
        for case in CASES[run % len(CASES) :] + CASES[: run % len(CASES)]:
            measured[case].append(once(city, browser, *case, wanted.seconds))
    heads = ["vehicles", "view", "median, ms", "P95, ms", "worst, ms", f"over {LONG:.0f} ms, %"]
    heads += ["thread busy, %", "scripts, %", "P95 / none"]
    print(f"\n{ground}\n\n| {' | '.join(heads)} |\n|---:|---|{'---:|' * 7}")
    for (many, zoom), samples in measured.items():
        yardstick = ratios([one.p95 for one in samples], [one.p95 for one in measured[0, zoom]])
        columns = zip(
            *(
                (one.median, one.p95, one.worst, *(100 * share for share in (one.late, one.busy, one.script)))
                for one in samples
            ),
            strict=True,
        )
        figures = " | ".join(spread(values, 1) for values in columns)
        print(f"| {many} | {'close' if zoom else 'region'} | {figures} | {spread(yardstick, 2)} |", flush=True)


def once(city: Any, browser: Any, many: int, zoom: int, seconds: float) -> Sample:
    from tests.e2e.faces import Console

    city = afresh(city)
    fleet = Fleet(city, many)
    city.declare()
    context = at_a_desk(city, browser)
    console = Console(context.new_page())
    console.page.goto(f"{city.url}{Console.path}")
    console.is_live()
    region = console.region("C")
    region.locator("[data-engine=webgl]").wait_for()
    for _ in range(zoom):
        region.get_by_role("button", name=console.say("map:zoom_in")).click()
    with fleet.driving():
        console.page.wait_for_timeout(3_000)
        tools = context.new_cdp_session(console.page)
        tools.send("Performance.enable")
        before = worked(tools)
        seen = console.page.evaluate(WATCH, seconds)
        after = worked(tools)
    context.close()
    return sample(seen["frames"], {name: after[name] - before[name] for name in after})


def worked(tools: Any) -> dict[str, float]:
    return {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}


def sample(frames: list[float], spent: dict[str, float]) -> Sample:
    return Sample(
        median=statistics.median(frames),
        p95=statistics.quantiles(frames, n=20)[-1],
        worst=max(frames),
        late=sum(one > LONG for one in frames) / len(frames),
        busy=spent["TaskDuration"] / spent["Timestamp"],
        script=spent["ScriptDuration"] / spent["Timestamp"],
    )


class Fleet:
    """So many vehicles of a dispatch system, each on a circle of its own."""

    def __init__(self, city: Any, many: int) -> None:
        self._city = city
        self._signs = [f"AMB {100 + place}" for place in range(many)]
        self._stop = threading.Event()
        if many:
            self._begin()

    def _begin(self) -> None:
        from tests.e2e.brussels import REGION

        at = f"/api/cad/regions/{REGION}"
        told = [{"ref": one, "call_sign": one, "kind": "ambulance", "status": "transporting"} for one in self._signs]
        self._city.cad("PUT", f"{at}/vehicles", {"vehicles": told})
        self._tell(0.0)
        others = [one["id"] for one in self._city.rows("site") if one["destination"] == "general"]
        bound = [
            {
                "ref": f"t {sign}",
                "vehicle": sign,
                "destination": "saint-pierre" if place % 9 == 0 else others[place % len(others)],
                "urgency": "urgent",
                "age_band": "adult",
                "sex": "unknown",
                "state": "under_way",
                "eta_at": (datetime.now(UTC) + timedelta(minutes=15)).isoformat(timespec="milliseconds"),
            }
            for place, sign in enumerate(self._signs)
            if place % 3 == 0
        ]
        for first in range(0, len(bound), 50):
            self._city.cad("POST", f"{at}/transports", {"transports": bound[first : first + 50]})

    def driving(self) -> Any:
        return _Driving(self._tell, self._stop, bool(self._signs))

    def _tell(self, seconds: float) -> None:
        from tests.e2e.brussels import REGION

        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told = [{"vehicle": sign, "at": now, **where(place, seconds)} for place, sign in enumerate(self._signs)]
        self._city.cad("POST", f"/api/cad/regions/{REGION}/positions", {"positions": told})


def where(place: int, seconds: float) -> dict[str, float]:
    """Its circle is some hundred metres wide, its middle somewhere in the city."""
    radius = 300.0 + 40 * (place % 11)
    turn = place + seconds * SPEED / radius
    far, way = 6_000 * math.sqrt((place + 0.5) / 300), 2.4 * place
    north = far * math.sin(way) + radius * math.sin(turn)
    east = far * math.cos(way) + radius * math.cos(turn)
    return {
        "lat": MIDDLE[0] + north / METRES,
        "lon": MIDDLE[1] + east / METRES / math.cos(math.radians(MIDDLE[0])),
        "heading": math.degrees(-turn) % 360,
        "speed_mps": SPEED,
    }


class _Driving:
    """Tells where they are once a second, on a thread of its own, as long as the block lasts."""

    def __init__(self, tell: Any, stop: threading.Event, any_there: bool) -> None:
        self._tell, self._stop, self._any = tell, stop, any_there
        self._thread = threading.Thread(target=self._drive)

    def __enter__(self) -> None:
        if self._any:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._any:
            self._thread.join()

    def _drive(self) -> None:
        seconds = 0.0
        while not self._stop.wait(1.0):
            seconds += 1
            self._tell(seconds)


def build_streets(folder: Path) -> None:
    """A grid of streets around the middle of the city, built as an operator builds a map."""
    from diversion.maps.build import build
    from hospitals.models import Site
    from tests.maps.conftest import Entrance
    from tests.maps.town import write_town

    with tempfile.TemporaryDirectory() as elsewhere:
        hospitals = [Entrance(site.pk, site.lat, site.lon) for site in Site.objects.all()]
        town = write_town(Path(elsewhere) / "town.osm.pbf")
        build(town, folder, hospitals, told=date(2026, 3, 1), say=lambda text: None)


if __name__ == "__main__":
    main()
