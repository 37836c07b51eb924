"""How long until the dispatcher's board shows that a department's screen is gone, and that it is back.

    python -m tests.bench.presence --runs 3

A real screen in Chromium, a console beside it, the server with the region's own rules and its clock. Four ways for a
screen to go: closed, muted (its sound device suspended), asleep (no script runs, as in a sleeping tablet), offline.
Prints a table. Takes about two minutes a run, because silence is thirty seconds long. Needs built pages.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.bench.city import city_and_browser, prepare

#: From the last sign of life to the board, and from the return of the screen to the board (seconds).
GONE_WITHIN: Final = 40.0
BACK_WITHIN: Final = 10.0
SITE: Final = "saint-jean"


@dataclass
class Department:
    """One screen at Saint-Jean that can go and come back, and the board on which it is seen."""

    context: Any
    board: Any
    url: str
    page: Any = None
    debugger: Any = None

    def open(self) -> None:
        self.page = self.context.new_page()
        self.page.goto(self.url)
        self.page.get_by_role("button", name="Start screen").click()

    def shows(self, word: str, within: float) -> float:
        """Seconds until the board says so."""
        begun = time.monotonic()
        self.board.filter(has_text=word).wait_for(timeout=within * 1000)
        return time.monotonic() - begun

    def sleep(self) -> None:
        """As in a tablet that sleeps: no script of the page runs, and nobody has told it so."""
        self.debugger = self.context.new_cdp_session(self.page)
        self.debugger.send("Debugger.enable")
        self.debugger.send("Debugger.pause")

    def wake(self) -> None:
        self.debugger.send("Debugger.resume")
        self.debugger.detach()

    def sound(self, what: str) -> None:
        self.page.evaluate(f"Promise.all(window.audioContexts.map(context => context.{what}()))")

    def close(self) -> None:
        self.page.close()


WAYS: Final[dict[str, tuple[str, Callable[[Department], None], Callable[[Department], None]]]] = {
    "closed": ("screen silent", Department.close, Department.open),
    "muted": ("screen muted", lambda it: it.sound("suspend"), lambda it: it.sound("resume")),
    "asleep": ("screen silent", Department.sleep, Department.wake),
    "offline": ("screen silent", lambda it: it.context.set_offline(True), lambda it: it.context.set_offline(False)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    prepare()
    print("| the screen is | gone on the board after, s | back after, s |\n|---|---:|---:|")
    for way, times in measured(wanted.runs):
        gone, back = zip(*times, strict=True)
        print(f"| {way} | {figure(gone)} | {figure(back)} |")
        assert max(gone) <= GONE_WITHIN, f"{way}: gone only after {max(gone):.1f} s"
        assert max(back) <= BACK_WITHIN, f"{way}: back only after {max(back):.1f} s"


def figure(seconds: tuple[float, ...]) -> str:
    return f"{statistics.median(seconds):.1f} [{min(seconds):.1f}–{max(seconds):.1f}]"


def measured(runs: int) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    from tests.e2e.conftest import running_clock

    with city_and_browser() as (city, browser), running_clock():
        department = arranged(city, browser)
        department.open()
        department.shows("screen live", GONE_WITHIN)
        for way in WAYS:
            yield way, [once(department, way) for _ in range(runs)]


def once(department: Department, way: str) -> tuple[float, float]:
    word, go, come = WAYS[way]
    go(department)
    gone = department.shows(word, GONE_WITHIN * 1.5)
    come(department)
    return gone, department.shows("screen live", GONE_WITHIN)


def arranged(city: Any, browser: Any) -> Department:
    from tests.e2e.faces import HOLD_AUDIO, Console, Screen

    console = Console(logged_in(city, browser, "dina").new_page())
    console.page.goto(f"{city.url}{Console.path}")
    console.is_live()
    context = logged_in(city, browser, "ruth")
    context.add_init_script(HOLD_AUDIO)
    return Department(context, console.hospital("Saint-Jean"), f"{city.url}{Screen.path(SITE)}")


def logged_in(city: Any, browser: Any, who: str) -> Any:
    context = browser.new_context()
    cookies = {"django_language": "en", **city.session(who)}
    context.add_cookies([{"name": name, "value": value, "url": city.url} for name, value in cookies.items()])
    return context


if __name__ == "__main__":
    main()
