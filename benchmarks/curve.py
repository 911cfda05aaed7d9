"""A log-log line chart as plain SVG, readable on light and dark pages."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 70, 215, 40, 55
COLOURS = ("#0b6bcb", "#00a0b0", "#5b9bd5", "#123f7a", "#c0392b", "#e67e22", "#8e44ad", "#7f8c8d", "#27ae60")
Points = Sequence[tuple[float, float]]


class Axis:
    """One logarithmic axis from `low` to `high`, mapped to pixels."""

    def __init__(self, values: Sequence[float], start: float, stop: float) -> None:
        self.low = math.floor(math.log10(min(values)) + 1e-9)
        self.high = max(math.ceil(math.log10(max(values)) - 1e-9), self.low + 1)
        self.start, self.stop = start, stop

    def place(self, value: float) -> float:
        """The pixel of a value."""
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.stop - self.start)

    def ticks(self) -> list[float]:
        """The powers of ten on the axis."""
        return [10.0**power for power in range(self.low, self.high + 1)]


def label(value: float) -> str:
    """A tick in short.

    >>> label(0.01), label(10.0), label(100000.0), label(1e6)
    ('0.01', '10', '100k', '1M')
    """
    if value >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if value >= 1e3 else f"{value:g}"


def grid(x: Axis, y: Axis) -> list[str]:
    """The lines and numbers of both axes."""
    left, right, top, bottom = LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM
    parts = []
    for tick in x.ticks():
        at = x.place(tick)
        parts.append(f'<line x1="{at:.1f}" y1="{top}" x2="{at:.1f}" y2="{bottom}" class="grid"/>')
        parts.append(f'<text x="{at:.1f}" y="{bottom + 18}" text-anchor="middle">{label(tick)}</text>')
    for tick in y.ticks():
        at = y.place(tick)
        parts.append(f'<line x1="{left}" y1="{at:.1f}" x2="{right}" y2="{at:.1f}" class="grid"/>')
        parts.append(f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end">{label(tick)}</text>')
    return parts


def spread(places: Sequence[float], gap: float) -> list[float]:
    """The same places in the same order, moved apart until neighbours are at least `gap` from each other."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for before, after in itertools.pairwise(order):
        moved[after] = max(moved[after], moved[before] + gap)
    over = max((moved[order[-1]] - (HEIGHT - BOTTOM)) if order else 0, 0)
    return [place - over for place in moved]


def chart(series: Mapping[str, Points], title: str, x_title: str, y_title: str) -> str:
    """The SVG of all series; each has its name at its last point. Values must be positive."""
    shown = {name: points for name, points in series.items() if points}
    x = Axis([point[0] for points in shown.values() for point in points], LEFT, WIDTH - RIGHT)
    y = Axis([point[1] for points in shown.values() for point in points], HEIGHT - BOTTOM, TOP)
    middle = (TOP + HEIGHT - BOTTOM) / 2
    turned = f'text-anchor="middle" transform="rotate(-90 16 {middle})"'
    names = spread([y.place(points[-1][1]) for points in shown.values()], 15)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>",
        "<style>text{font:12px sans-serif;fill:#333}.grid{stroke:#ddd}.back{fill:#fff}.name{font-weight:600}</style>",
        f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text x="{LEFT}" y="22" class="name">{escape(title)}</text>',
        *grid(x, y),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x_title)}</text>',
        f'<text x="16" y="{middle}" {turned}>{escape(y_title)}</text>',
    ]
    for number, (name, points) in enumerate(shown.items()):
        colour = COLOURS[number % len(COLOURS)]
        pixels = [(x.place(across), y.place(up)) for across, up in points]
        path = " ".join(f"{across:.1f},{up:.1f}" for across, up in pixels)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across:.1f}" cy="{up:.1f}" r="3" fill="{colour}"/>' for across, up in pixels]
        parts.append(
            f'<text x="{WIDTH - RIGHT + 8}" y="{names[number] + 4:.1f}" style="fill:{colour}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"
