"""How long from the declaration to the plan on a dispatcher's screen, with twelve ambulances under way to the hospital.

    python -m tests.bench.night --runs 5

Counted in the page itself, from the frame that carries the declaration to the frame in which the twelve, each with
three options by journey time, have been painted; then from Shift+Enter to the painted review, and from Ctrl+Enter until
the last of the twelve orders is on record. Services, server and browser of its own. Fails above a second. Needs built
pages.
"""

from __future__ import annotations

import argparse
from typing import Any, Final

from tests.bench.city import afresh, at_a_desk, city_and_browser, prepare
from tests.bench.figures import spread

#: From the declaration to the plan (milliseconds).
WITHIN: Final = 1_000.0
#: What stands for the hours a console has been open: its map is drawn, its caches are filled (milliseconds).
SHIFT_MS: Final = 2_000
#: Notes when the frame that closes a hospital came, before the page itself has seen it.
ARRIVAL: Final = """
window.WebSocket = class extends window.WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener('message', ({ data }) => {
      if (window.arrived === undefined && data.includes('"diversion.declared"')) window.arrived = performance.now();
    });
  }
};
window.painted = (there) => new Promise((done) => {
  const look = () => {
    if (!there()) return requestAnimationFrame(look);
    // What the next frame shows is painted when the one after it begins.
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
  };
  look();
});
"""
SEEN: Final = """() => ({
  listed: window.painted(() => document.querySelectorAll('article[data-row]').length === 12),
  planned: window.painted(() => document.querySelectorAll('article[data-row] .option').length === 36),
})"""
TIMES: Final = """async (seen) => {
  const times = [await seen.listed, await seen.planned];
  return times.map((at) => at - window.arrived);
}"""
REVIEW: Final = """async () => {
  const ready = window.painted(() => document.querySelector('dialog footer button.primary:enabled'));
  const row = document.querySelector('article[data-row]');
  row.focus();
  const begun = performance.now();
  row.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', shiftKey: true, bubbles: true }));
  return (await ready) - begun;
}"""
COMMIT: Final = """async () => {
  const done = window.painted(() => !document.querySelector('dialog'));
  const begun = performance.now();
  document.querySelector('dialog footer button.primary').click();
  return (await done) - begun;
}"""
STEPS: Final = (
    "declaration to the list",
    "declaration to the plan",
    "Shift+Enter to the review",
    "commit to the record",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    wanted = parser.parse_args()
    prepare()
    with city_and_browser() as (city, browser):
        # The first also waits for the server's own first requests.
        runs = [once(afresh(city), browser) for _ in range(wanted.runs + 1)][1:]
    print("| what | ms |\n|---|---:|")
    for name, values in zip(STEPS, zip(*runs, strict=True), strict=True):
        print(f"| {name} | {spread(values, 0)} |")
    slowest = max(run[1] for run in runs)
    assert slowest <= WITHIN, f"the plan was on the screen only after {slowest:.0f} ms"


def once(city: Any, browser: Any) -> tuple[float, ...]:
    from tests.e2e.brussels import TWELVE
    from tests.e2e.faces import Console

    city.under_way(*TWELVE)
    context = at_a_desk(city, browser)
    context.add_init_script(ARRIVAL)
    console = Console(context.new_page())
    console.page.goto(f"{city.url}{Console.path}")
    console.is_live()
    # A console is open for a shift: its map has been drawn long before.
    console.region("C").locator("[data-engine]").wait_for()
    console.page.wait_for_timeout(SHIFT_MS)
    seen = console.page.evaluate_handle(SEEN)
    city.declare()
    times = [*console.page.evaluate(TIMES, seen), *(console.page.evaluate(what) for what in (REVIEW, COMMIT))]
    context.close()
    return tuple(times)


if __name__ == "__main__":
    main()
