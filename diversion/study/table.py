"""The study as Markdown: a table of what was measured, and one of what differs. The same figures give the same text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from diversion.study.compare import Difference, difference, mean
from diversion.study.measures import MEASURES, Measure
from diversion.study.run import Figures
from diversion.study.scenarios import Scenario
from diversion.study.ways import GREEDY, NEAREST, PLAN, WAYS

#: Scenario and the figures of its seeds, in the order of the table.
Results = Sequence[tuple[Scenario, Sequence[Figures]]]
NOTHING: Final = "–"


def tables(results: Results, seeds: int, days: int) -> str:
    """Everything, as it stands in README.md between its marks."""
    head = f"{seeds} seeds of {days} days each, one closure a day, in every scenario: {seeds * days} closures."
    return "\n\n".join(
        [
            head,
            "**Means**",
            "\n".join(_means(results)),
            "**Plan less nearest open** (below zero the plan is better; 95 % interval over the seeds)",
            "\n".join(_differences(results, NEAREST.name)),
            "**Plan less each dispatcher greedy**",
            "\n".join(_differences(results, GREEDY.name)),
        ]
    )


def _head(first: Sequence[str]) -> list[str]:
    names = [*first, *(f"{one.title}, {one.unit}" for one in MEASURES)]
    return [_row(names), _row(["---"] * len(first) + ["---:"] * len(MEASURES))]


def _means(results: Results) -> Iterator[str]:
    yield from _head(["scenario", "way"])
    for scenario, figures in results:
        for number, way in enumerate(WAYS):
            told = [_number(one, mean(figures, way.name, one)) for one in MEASURES]
            yield _row([scenario.title if number == 0 else "", way.name, *told])


def _differences(results: Results, other: str) -> Iterator[str]:
    yield from _head(["scenario"])
    for scenario, figures in results:
        found = [difference(figures, PLAN.name, other, one) for one in MEASURES]
        if found[0] is not None:
            yield _row([scenario.title, *(_told(*one) for one in zip(MEASURES, found, strict=True))])


def _number(measure: Measure, value: float | None) -> str:
    return NOTHING if value is None else f"{value:.{measure.digits}f}"


def _told(measure: Measure, found: Difference | None) -> str:
    """Bold where the interval leaves out zero; never a sign on a zero."""
    if found is None:
        return NOTHING
    low, middle, high = (_signed(value, measure.digits) for value in (found.low, found.mean, found.high))
    text = f"{middle} ({low} to {high})"
    return f"**{text}**" if found.told_apart else text


def _signed(value: float, digits: int) -> str:
    rounded = round(value, digits)
    return f"{rounded:+.{digits}f}".replace("-", "−") if rounded else f"{0:.{digits}f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
