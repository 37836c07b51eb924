"""A log-log chart as a small SVG: axes in decades, points joined, each line named beside its last point.

It names no machine and no date, and follows the reader's light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 90, 110, 20, 62
STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #1b1f24 }
line, polyline { stroke: #1b1f24; fill: none } circle { fill: #1b1f24 } .grid { stroke: #b9c0c7 }
@media (prefers-color-scheme: dark) {
  text, circle { fill: #e8ebee } line, polyline { stroke: #e8ebee } .grid { stroke: #4a525b }
}
</style>"""


@dataclass(frozen=True, slots=True)
class Line:
    """One series of (choices, seconds)."""

    name: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


def chart(lines: Sequence[Line], names: Mapping[int, str], *, title: str, across: str) -> str:
    """The lines over one another; ``names`` says what each size below the axis is called, ``across`` what sizes are."""
    wide = _axis([x for line in lines for x, _ in line.points], LEFT, WIDE - RIGHT)
    down = _axis([1000 * y for line in lines for _, y in line.points], HIGH - BOTTOM, TOP)
    parts = [*_grid(down), *_feet(wide, names, across), *(part for line in lines for part in _line(line, wide, down))]
    parts += _names(lines, wide, down)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{title}">'
    return "\n".join([head, f"<title>{title}</title>", STYLE, *parts, "</svg>", ""])


@dataclass(frozen=True, slots=True)
class Axis:
    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def _axis(values: Sequence[float], start: float, end: float) -> Axis:
    return Axis(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))), start, end)


def _grid(down: Axis) -> list[str]:
    parts = []
    for decade in range(down.low, down.high + 1):
        y = down.at(10**decade)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{10**decade:,g} ms</text>')
    return parts


def _feet(across: Axis, names: Mapping[int, str], sizes: str) -> list[str]:
    parts = [
        f'<text x="{across.at(size)}" y="{HIGH - BOTTOM + 18 + 16 * (nth % 2)}" text-anchor="middle">{name}</text>'
        for nth, (size, name) in enumerate(sorted(names.items()))
    ]
    return [
        *parts,
        f'<text x="{(LEFT + WIDE - RIGHT) / 2}" y="{HIGH - 6}" text-anchor="middle">{sizes}</text>',
    ]


def _line(line: Line, across: Axis, down: Axis) -> list[str]:
    spots = _spots(line, across, down)
    dashes = ' stroke-dasharray="5 4"' if line.dashed else ""
    joined = " ".join(f"{x},{y}" for x, y in spots)
    return [
        f'<polyline points="{joined}" stroke-width="2"{dashes}/>',
        *(f'<circle cx="{x}" cy="{y}" r="3.5"/>' for x, y in spots),
    ]


def _spots(line: Line, across: Axis, down: Axis) -> list[tuple[float, float]]:
    return [(across.at(x), down.at(1000 * y)) for x, y in sorted(line.points)]


def _names(lines: Sequence[Line], across: Axis, down: Axis) -> list[str]:
    """Beside the last points; lower where the name above leaves no room."""
    parts, free = [], 0.0
    for x, y, name in sorted(((*_spots(line, across, down)[-1], line.name) for line in lines), key=lambda end: end[1]):
        at = max(y + 4, free)
        parts.append(f'<text x="{x + 10}" y="{at:g}">{name}</text>')
        free = at + 14
    return parts
