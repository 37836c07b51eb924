"""The differences as a small SVG: for each scenario a dot with its interval, beside a line where nothing differs.

It names no machine and no date, follows the reader's light or dark, and tells the two comparisons apart by shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from diversion.study.compare import Difference, difference
from diversion.study.measures import MEASURES, Measure
from diversion.study.run import Figures
from diversion.study.table import Results
from diversion.study.ways import GREEDY, NEAREST, PLAN

SHOWN: Final = ("delay", "peak", "notice")
WIDE, LABELS, PANEL, GAP, ROW, TOP, BOTTOM = 1080, 320, 200, 56, 30, 92, 40
#: Steps of an axis; the first that needs few enough marks is taken.
STEPS, MOST_MARKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0), 5
STYLE: Final = """<style>
text { font: 12px system-ui, sans-serif; fill: #1b1f24 }
.head { font-weight: 600 } line { stroke: #1b1f24; stroke-width: 1.5 } .zero { stroke: #7b858f; stroke-dasharray: 3 3 }
.full { fill: #1b1f24 } .hollow { fill: #ffffff; stroke: #1b1f24; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e8ebee } line { stroke: #e8ebee } .zero { stroke: #8d97a1 }
  .full { fill: #e8ebee } .hollow { fill: #14181c; stroke: #e8ebee }
}
</style>"""
TITLE: Final = "What the plan changes beside the other ways: mean difference and 95 % interval, by scenario"


@dataclass(frozen=True, slots=True)
class _Panel:
    """One measure's column; ``low`` to ``high`` in its unit lie across ``left`` and the width of a panel."""

    measure: Measure
    left: int
    low: float
    high: float

    def at(self, value: float) -> float:
        return round(self.left + (value - self.low) / (self.high - self.low) * PANEL, 1)

    def marks(self) -> list[float]:
        """Round numbers across the panel, zero among them."""
        step = next((one for one in STEPS if (self.high - self.low) / one < MOST_MARKS), STEPS[-1])
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [round(number * step, 1) for number in range(first, last + 1)]


#: A scenario's name and its seeds' figures.
_Rows = Sequence[tuple[str, Sequence[Figures]]]


def picture(results: Results) -> str:
    rows = [(scenario.title, figures) for scenario, figures in results if _found(figures, MEASURES[0])]
    shown = [one for one in MEASURES if one.code in SHOWN]
    high = TOP + ROW * len(rows) + BOTTOM
    names = [_text(LABELS - 14, TOP + ROW * n + 14, title, "end") for n, (title, _) in enumerate(rows)]
    columns = [part for number, one in enumerate(shown) for part in _column(_panel(one, number, rows), rows)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" role="img" aria-label="{TITLE}">'
    return "\n".join([head, f"<title>{TITLE}</title>", STYLE, *_legend(), *names, *columns, "</svg>", ""])


def _found(figures: Sequence[Figures], measure: Measure) -> list[Difference]:
    """Less nearest open, then less greedy; empty where nobody was affected."""
    both = (difference(figures, PLAN.name, other, measure) for other in (NEAREST.name, GREEDY.name))
    return [one for one in both if one is not None]


def _panel(measure: Measure, number: int, rows: _Rows) -> _Panel:
    ends = [end for _, figures in rows for one in _found(figures, measure) for end in (one.low, one.high)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    spare = (high - low or 1.0) * 0.04
    return _Panel(measure, LABELS + number * (PANEL + GAP), low - spare, high + spare)


def _column(panel: _Panel, rows: _Rows) -> Iterator[str]:
    bottom, zero, middle = TOP + ROW * len(rows), panel.at(0.0), panel.left + PANEL / 2
    yield _text(middle, TOP - 30, panel.measure.title, "middle", "head")
    yield _text(middle, TOP - 14, panel.measure.unit, "middle")
    yield f'<line class="zero" x1="{zero}" x2="{zero}" y1="{TOP - 4}" y2="{bottom}"/>'
    yield f'<line x1="{panel.left}" x2="{panel.left + PANEL}" y1="{bottom}" y2="{bottom}"/>'
    for value in panel.marks():
        yield f'<line x1="{panel.at(value)}" x2="{panel.at(value)}" y1="{bottom}" y2="{bottom + 4}"/>'
        yield _text(panel.at(value), bottom + 18, f"{value:+g}".replace("-", "−") if value else "0", "middle")
    for number, (_, figures) in enumerate(rows):
        for nth, one in enumerate(_found(figures, panel.measure)):
            yield from _interval(panel, one, TOP + ROW * number + 6 + 10 * nth, hollow=nth == 1)


def _interval(panel: _Panel, found: Difference, y: int, *, hollow: bool) -> Iterator[str]:
    yield f'<line x1="{panel.at(found.low)}" x2="{panel.at(found.high)}" y1="{y}" y2="{y}"/>'
    yield _mark(panel.at(found.mean), y, hollow=hollow)


def _mark(x: float, y: float, *, hollow: bool) -> str:
    if hollow:
        return f'<rect class="hollow" x="{round(x - 3.5, 1)}" y="{y - 3.5}" width="7" height="7"/>'
    return f'<circle class="full" cx="{x}" cy="{y}" r="4"/>'


def _legend() -> Iterator[str]:
    yield _mark(20, 18, hollow=False)
    yield _text(32, 22, "plan less nearest open", "start")
    yield _mark(220, 18, hollow=True)
    yield _text(232, 22, "plan less each dispatcher greedy", "start")
    yield _text(WIDE - 20, 22, "left of the dashed line the plan is better", "end")


def _text(x: float, y: float, words: str, anchor: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{named}>{escape(words)}</text>'
