"""A report as aligned text. On a terminal names and texts shrink to its width; figures, ids and paths never do.

Where that is not enough, the columns that can be spared are left out, which is told, if a row then takes one line; if
not, rows go on in a second line, column by column, and sentences at a word. In a pipe nothing is ever cut or broken.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from arledger.errors import printable
from arledger.render.cells import people_text, shown
from arledger.reports.report import Column, Report, Table

_RIGHT = ("money", "number")
_BOLD, _DIM, _END = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_INDENT = "    "  # of what does not fit in the first line of a row
_LEAST, _LEAST_SAID = 8, 16  # characters a text column keeps when a terminal is narrow
_WORD = 30  # and words up to this, where it goes on in lines below: an id, not a path
_SAID = ("action", "found", "reason", "remedy", "text", "waits", "why")  # keys of columns that are not cut but go on
_WHOLE = ("path", "place")  # keys of columns that are never cut, though a folder may have a blank in its name
_EMPTY = ("", "-")
_PROSE = re.compile(r"(?=.*[^\W\d_]).*[^,;] ")  # words: neither an id, nor ids behind commas, nor a phone number


def render(report: Report, width: int, color: bool) -> str:
    """The report as lines of text, ending with a newline. `width` 0: as wide as it takes."""
    if report.plain is not None:
        return "".join(f"{printable(line)}\n" for line in report.plain)
    lines = [_styled(printable(report.title), _BOLD, color)] if report.title else []
    if report.facts:
        size = max(_cells(label) for label, _ in report.facts)
        for label, text in report.facts:
            lines += _sentence(f"{label}{' ' * (size - _cells(label))}  {printable(text)}", width, size + 2)
    for table in report.tables:
        if lines:
            lines.append("")
        if table.title:
            lines.append(_styled(printable(table.title), _BOLD, color))
        lines += _table(table, width, color)
    if report.notes:
        lines.append("")
        for note in report.notes:
            text = printable(note)
            told = _sentence(text, width, len(text) - len(text.lstrip()) + 4)
            lines += [_styled(line, _DIM, color) for line in told]
    return "\n".join(lines) + "\n"


def _sentence(text: str, width: int, indent: int) -> list[str]:
    """The text in lines that a terminal has room for, those after the first indented."""
    if not width or _cells(text) <= width or indent > width // 2:
        return [text]
    return textwrap.wrap(
        text, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )  # fmt: skip


def _table(table: Table, width: int, color: bool) -> list[str]:
    if not table.rows:
        return [printable(table.empty)]
    every = shown(table)
    rows = [[people_text(row[i]) for i, _ in every] for row in (*table.rows, *(table.totals or ()))]
    columns, rows, told, gap = _roomy([column for _, column in every], rows, len(table.rows), width)
    head, body, feet = [column.title for column in columns], rows[: len(table.rows)], rows[len(table.rows) :]
    right = [column.kind in _RIGHT for column in columns]
    sizes = _sizes(columns, rows)
    room = width + (2 - gap) * (len(columns) - 1)
    folds = _fit(sizes, columns, body, room) if width else [slice(0, len(sizes))]
    said = [column.key in _SAID for column in columns]

    def lines(row: list[str]) -> list[str]:
        cells = [
            _broken(cell, size) if on else [_cut(cell, size)] for cell, size, on in zip(row, sizes, said, strict=True)
        ]
        return [line for part in folds for line in _stacked(cells[part], sizes[part], right[part], part.start, gap)]

    found = [_styled(line, _BOLD, color) for line in lines(head)]
    found += [line for row in body for line in lines(row)]
    if feet:
        found += lines(["─" * size for size in sizes])
        found += [_styled(line, _BOLD, color) for row in feet for line in lines(row)]
    if told:
        found += [_styled(line, _DIM, color) for line in _sentence(f"Left out for lack of room: {told}", width, 4)]
    return found


def _sizes(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is, with its heading."""
    return [max(_cells(column.title), *(_cells(row[i]) for row in rows)) for i, column in enumerate(columns)]


def _roomy(
    columns: list[Column], rows: list[list[str]], count: int, width: int
) -> tuple[list[Column], list[list[str]], str, int]:
    """The columns of a table and its rows, `count` of them no totals, as a width has room for them: with what is left
    out, in words, and how many blanks stand between two columns. A row that lacks an id begins with its name."""
    sizes, body = _sizes(columns, rows) if width else [], rows[:count]
    out, gap = _left_out(columns, body, sizes, width) if width else ([], 2)
    if not out:
        return columns, rows, "", gap
    name = next((i for i in out if columns[i].key == "name"), 0)
    kept = [i for i in range(len(columns)) if i not in out]
    told = ", ".join(columns[i].title for i in sorted(out) if any(row[i] not in _EMPTY for row in body))
    rows = [[row[0] or _cut(row[name], sizes[0]), *(row[i] for i in kept[1:])] for row in rows]
    return [columns[i] for i in kept], rows, told, gap


def _left_out(
    columns: Sequence[Column], body: Sequence[Sequence[str]], sizes: Sequence[int], width: int
) -> tuple[list[int], int]:
    """The columns to leave out for a row to take one line, and the blanks between two; none where it cannot be."""
    least = [_least(column, [row[i] for row in body], sizes[i]) for i, column in enumerate(columns)]
    spare = _spare(columns, body)

    def fits(out: Sequence[int], gap: int) -> bool:
        left = [size for i, size in enumerate(least) if i not in out]
        return sum(left) + gap * (len(left) - 1) <= width

    for gap in (2, 1):
        for count in range(len(spare) + 1):
            if fits(out := spare[:count], gap):
                for i in reversed(spare[:count]):  # what there is room for after all
                    out = less if fits(less := [one for one in out if one != i], gap) else out
                return out, gap
    return [], 2


def _spare(columns: Sequence[Column], body: Sequence[Sequence[str]]) -> list[int]:
    """The columns to do without, least needed first: empty ones, a name beside its id, what the report can spare."""
    empty = [i for i in range(1, len(columns)) if all(row[i] in _EMPTY for row in body)]
    known = any(column.key == "customer" for column in columns)
    names = [i for i, column in enumerate(columns) if known and column.key == "name"]
    spared = sorted((i for i, column in enumerate(columns) if column.spare), key=lambda i: columns[i].spare)
    return list(dict.fromkeys([*empty, *names, *spared]))


def _fit(sizes: list[int], columns: Sequence[Column], body: Sequence[Sequence[str]], width: int) -> list[slice]:
    """Makes the columns fit a width, names first where an id stands for them. Gives those of each line of a row."""
    full = tuple(sizes)
    least = [_least(column, [row[i] for row in body], sizes[i]) for i, column in enumerate(columns)]
    known = any(column.key == "customer" for column in columns)
    names = [least[i] if known and column.key == "name" else full[i] for i, column in enumerate(columns)]
    _shrink(sizes, names, width)
    _shrink(sizes, least, width)
    folds = _folds(sizes, width)
    first = sorted(range(len(columns)), key=lambda i: columns[i].key not in _SAID)
    for part in folds:
        _grow(sizes, full, part, [i for i in first if part.start <= i < part.stop], width)
    return folds


def _folds(sizes: Sequence[int], width: int) -> list[slice]:
    """The columns of each line a row takes: as many as fit, and at least one."""
    starts, taken = [0], 0
    for i, size in enumerate(sizes):
        if taken and taken + size > width:
            starts.append(i)
            taken = len(_INDENT)
        taken += size + 2
    return [slice(*pair) for pair in zip(starts, [*starts[1:], len(sizes)], strict=True)]


def _grow(sizes: list[int], full: Sequence[int], part: slice, order: Sequence[int], width: int) -> None:
    """Gives the columns of a line back what they were shortened by, in that order, as far as the line has room."""
    room = width - sum(sizes[part]) - 2 * (len(sizes[part]) - 1) - (len(_INDENT) if part.start else 0)
    for i in order:
        more = max(min(full[i] - sizes[i], room), 0)
        sizes[i] += more
        room -= more


def _stacked(
    cells: Sequence[list[str]], sizes: Sequence[int], right: Sequence[bool], start: int, gap: int
) -> Iterator[str]:
    """The columns from `start` on of a row, in as many lines as the longest cell has; indented but for the first."""
    for texts in zip_longest(*cells, fillvalue=""):
        if (line := _line(texts, sizes, right, gap)) or not start:
            yield (_INDENT if start else "") + line


def _broken(text: str, size: int) -> list[str]:
    """A cell in lines, at its words."""
    if _cells(text) <= size:
        return [text]
    return [_cut(line, size) for line in textwrap.wrap(text, size, break_long_words=False, break_on_hyphens=False)]


def _least(column: Column, cells: Sequence[str], size: int) -> int:
    """What a column keeps: all of it, or where some cells have words, the longest of those that have none."""
    if column.kind != "text" or column.key in _WHOLE or not any(map(_PROSE.match, cells)):
        return size
    least = _LEAST
    if column.key in _SAID:
        words = (_cells(word) for cell in cells for word in cell.split())
        least = max(_LEAST_SAID, min(max(words, default=0), _WORD))
    return max(min(least, size), *(_cells(cell) for cell in cells if not _PROSE.match(cell)), 0)


def _shrink(sizes: list[int], least: Sequence[int], width: int) -> None:
    """Takes what a terminal lacks from the widest columns that have something to give."""
    while sum(sizes) + 2 * (len(sizes) - 1) > width:
        widest = max((i for i in range(len(sizes)) if sizes[i] > least[i]), key=lambda i: sizes[i], default=None)
        if widest is None:
            return
        sizes[widest] -= 1


def _line(cells: Sequence[str], sizes: Sequence[int], right: Sequence[bool], between: int) -> str:
    parts = []
    for text, size, to_right in zip(cells, sizes, right, strict=True):
        gap = " " * (size - _cells(text))
        parts.append(gap + text if to_right else text + gap)
    return (" " * between).join(parts).rstrip()


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
