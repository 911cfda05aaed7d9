"""Charts as inline SVG: lines or bars over labelled points, readable on a phone and on paper, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from html import escape

from arledger.errors import printable
from arledger.reports.chart import Chart

_WIDTH, _HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 12, 14, 38
_COLORS = ("#2f6fb4", "#c2662d", "#3d8b57", "#8a5cb8", "#b0506d")
_LABELS = 9  # at most so many labels under a chart

Value = Decimal | None


def svg(chart: Chart) -> str:
    """The chart as an `<svg>` element; a note where there is nothing to draw."""
    known = [value for values in chart.series.values() for value in values if value is not None]
    title = escape(printable(chart.title))
    if not known:
        return f"<p>{title}: nothing to draw.</p>"
    low, high = min(Decimal(0), *known), max(Decimal(0), *known)
    scale = _Scale(low, high if high > low else low + 1, len(chart.labels))
    parts = [*_grid(scale), *_labels(chart.labels, scale)]
    for n, (name, values) in enumerate(chart.series.items()):
        draw = _line if chart.kind == "line" else _bars
        parts += draw(values, scale, n, len(chart.series), chart.labels, escape(printable(name)))
    names = [(n % len(_COLORS), escape(printable(name))) for n, name in enumerate(chart.series)]
    legend = "".join(f'<span><i class="c{n}"></i>{name}</span>' for n, name in names)
    return (
        f'<figure><figcaption>{title}</figcaption><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{title}">'
        f"{''.join(parts)}</svg>{f'<div class=legend>{legend}</div>' if len(chart.series) > 1 else ''}</figure>"
    )


#: What a page with charts needs in its style.
STYLE = """
figure { margin: 1rem 0; } figcaption { font-weight: 600; margin-bottom: .3rem; }
svg { width: 100%; height: auto; max-width: 44rem; display: block; }
svg text { font: 16px system-ui, sans-serif; fill: currentColor; opacity: .75; }
svg .grid { stroke: currentColor; stroke-opacity: .18; } svg .line { fill: none; stroke-width: 2.5; }
.legend { display: flex; gap: 1rem; flex-wrap: wrap; font-size: .85rem; }
.legend i { display: inline-block; width: .8em; height: .8em; margin-right: .35em; border-radius: 2px; }
""" + "".join(
    f".c{n} {{ background: {color}; }} svg .s{n} {{ stroke: {color}; }} svg .f{n} {{ fill: {color}; }}\n"
    for n, color in enumerate(_COLORS)
)


class _Scale:
    """Where values and points lie in the drawing."""

    def __init__(self, low: Decimal, high: Decimal, count: int) -> None:
        self.tick = _round_step((high - low) / 4)
        self.low = (low / self.tick).to_integral_value(ROUND_FLOOR) * self.tick
        self.high = (high / self.tick).to_integral_value(ROUND_CEILING) * self.tick
        self.step = Decimal(_WIDTH - _LEFT - _RIGHT) / max(count, 1)

    def x(self, n: int, part: Decimal = Decimal("0.5")) -> str:
        """The middle (or another part) of the place of point n."""
        return _short(_LEFT + self.step * (n + part))

    def y(self, value: Decimal) -> Decimal:
        """The height of a value."""
        return _TOP + (self.high - value) * (_HEIGHT - _TOP - _BOTTOM) / (self.high - self.low)


def _round_step(least: Decimal) -> Decimal:
    """The smallest of 1, 2, 5, 10, 20 … that is no less.

    >>> _round_step(Decimal("31")), _round_step(Decimal("0.3"))
    (Decimal('5E+1'), Decimal('0.5'))
    """
    power = Decimal(1).scaleb(least.adjusted())
    return next(times * power for times in (1, 2, 5, 10) if times * power >= least)


def _short(value: Decimal) -> str:
    return f"{value:.1f}"


def _grid(scale: _Scale) -> Iterator[str]:
    for n in range(int((scale.high - scale.low) / scale.tick) + 1):
        value = scale.low + scale.tick * n
        at = _short(scale.y(value))
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at}" y2="{at}"/>'
        yield f'<text x="{_LEFT - 6}" y="{at}" dy="5" text-anchor="end">{_amount(value)}</text>'


def _amount(value: Decimal) -> str:
    """A value for an axis: 1.2M, 35k, 48."""
    for size, sign in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if abs(value) >= size:
            return f"{(value / size).normalize():f}{sign}"
    return f"{value.normalize():f}"


def _labels(labels: Sequence[str], scale: _Scale) -> Iterator[str]:
    every = -(-len(labels) // _LABELS)
    for n in range(0, len(labels), every):
        yield f'<text x="{scale.x(n)}" y="{_HEIGHT - 12}" text-anchor="middle">{escape(printable(labels[n]))}</text>'


def _line(values: Sequence[Value], scale: _Scale, n: int, _: int, labels: Sequence[str], name: str) -> Iterator[str]:
    run: list[str] = []
    for at, value in enumerate([*values, None]):
        if value is not None:
            run.append(f"{scale.x(at)},{_short(scale.y(value))}")
        elif run:
            yield f'<polyline class="line s{n % len(_COLORS)}" points="{" ".join(run)}"/>'
            run = []
    for at, value in enumerate(values):
        if value is not None:
            said = f"<title>{name} {escape(printable(labels[at]))}: {value:,}</title>"
            place = f'cx="{scale.x(at)}" cy="{_short(scale.y(value))}"'
            yield f'<circle class="f{n % len(_COLORS)}" {place} r="3">{said}</circle>'


def _bars(values: Sequence[Value], scale: _Scale, n: int, of: int, labels: Sequence[str], name: str) -> Iterator[str]:
    width = Decimal("0.8") / of
    for at, value in enumerate(values):
        if value:
            top, bottom = sorted((scale.y(value), scale.y(Decimal(0))))
            said = f"<title>{name} {escape(printable(labels[at]))}: {value:,}</title>"
            yield (f'<rect class="f{n % len(_COLORS)}" x="{scale.x(at, Decimal("0.1") + width * n)}" y="{_short(top)}" '
                   f'width="{_short(scale.step * width)}" height="{_short(bottom - top)}">{said}</rect>')  # fmt: skip
