"""A report as aligned text. On a terminal names and texts shrink to its width; figures, ids and paths never do.

A line that still does not fit is left long. In a pipe nothing is ever cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from arledger.errors import printable
from arledger.render.cells import people_text, shown
from arledger.reports.report import Column, Report, Table

_RIGHT = ("money", "number")
_BOLD, _DIM, _END = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_LEAST = 8  # characters a text column keeps when a terminal is narrow
_WHOLE = ("path", "place")  # keys of columns that are never cut, though a folder may have a blank in its name
_PROSE = re.compile(r"(?=.*[^\W\d_]).*[^,;] ")  # words: neither an id, nor ids behind commas, nor a phone number


def render(report: Report, width: int, color: bool) -> str:
    """The report as lines of text, ending with a newline. `width` 0: as wide as it takes."""
    if report.plain is not None:
        return "".join(f"{printable(line)}\n" for line in report.plain)
    lines = [_styled(printable(report.title), _BOLD, color)] if report.title else []
    if report.facts:
        size = max(_cells(label) for label, _ in report.facts)
        lines += [f"{label}{' ' * (size - _cells(label))}  {printable(text)}" for label, text in report.facts]
    for table in report.tables:
        if lines:
            lines.append("")
        if table.title:
            lines.append(_styled(printable(table.title), _BOLD, color))
        lines += _table(table, width, color)
    if report.notes:
        lines.append("")
        lines += [_styled(printable(note), _DIM, color) for note in report.notes]
    return "\n".join(lines) + "\n"


def _table(table: Table, width: int, color: bool) -> list[str]:
    if not table.rows:
        return [printable(table.empty)]
    columns = shown(table)
    head = [column.title for _, column in columns]
    body = [[people_text(row[i]) for i, _ in columns] for row in table.rows]
    feet = [[people_text(row[i]) for i, _ in columns] for row in table.totals or ()]
    right = [column.kind in _RIGHT for _, column in columns]
    sizes = [max(_cells(row[i]) for row in (head, *body, *feet)) for i in range(len(columns))]
    if width:
        least = [_least(column, [row[i] for row in body], sizes[i]) for i, (_, column) in enumerate(columns)]
        _shrink(sizes, least, width)
    lines = [_styled(_line(head, sizes, right), _BOLD, color)]
    lines += [_line(row, sizes, right) for row in body]
    if feet:
        lines.append("  ".join("─" * size for size in sizes))
        lines += [_styled(_line(row, sizes, right), _BOLD, color) for row in feet]
    return lines


def _least(column: Column, cells: Sequence[str], size: int) -> int:
    """What a column keeps: all of it, or where some cells have words, the longest of those that have none."""
    if column.kind != "text" or column.key in _WHOLE or not any(map(_PROSE.match, cells)):
        return size
    return max(min(_LEAST, size), *(_cells(cell) for cell in cells if not _PROSE.match(cell)), 0)


def _shrink(sizes: list[int], least: Sequence[int], width: int) -> None:
    """Takes what a terminal lacks from the widest columns that have something to give."""
    while sum(sizes) + 2 * (len(sizes) - 1) > width:
        widest = max((i for i in range(len(sizes)) if sizes[i] > least[i]), key=lambda i: sizes[i], default=None)
        if widest is None:
            return
        sizes[widest] -= 1


def _line(cells: Sequence[str], sizes: Sequence[int], right: Sequence[bool]) -> str:
    parts = []
    for cell, size, to_right in zip(cells, sizes, right, strict=True):
        text = _cut(cell, size)
        gap = " " * (size - _cells(text))
        parts.append(gap + text if to_right else text + gap)
    return "  ".join(parts).rstrip()


def _cut(text: str, size: int) -> str:
    if _cells(text) <= size:
        return text
    while _cells(text) > size - 1:
        text = text[:-1]
    return text + "…"


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes: wide East Asian characters take two, marks none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _styled(text: str, style: str, color: bool) -> str:
    return f"{style}{text}{_END}" if color else text
