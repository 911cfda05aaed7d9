"""A report, or several, as a workbook: a sheet per table, real numbers and dates, totals as formulas.

Text is never a formula. A total is one only where the rows above it come to it, currency by currency; its value is
stored with it, so that a program that does not reckon shows it too.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from arledger.money import DIGITS, Money, decimal
from arledger.render.cells import plain_text
from arledger.reports.report import Cell, Column, Provenance, Report, Table

_EXACT = 2**53  # a spreadsheet's numbers are doubles: larger whole numbers are written as text
_WIDEST = 44  # characters


def render(report: Report) -> bytes:
    """The workbook of a report. The same report gives the same bytes."""
    return workbook(report.title, [report])


def workbook(title: str, reports: Sequence[Report]) -> bytes:
    """One workbook of several reports, in their order; the last sheet says where they come from."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": datetime.datetime(2000, 1, 1)})  # noqa: DTZ001  # fixed
    formats = _Formats(book)
    number = 0
    for report in reports:
        for table in report.tables:
            number += 1
            _sheet(book.add_worksheet(_sheet_name(table.title or report.heading, number)), report, table, formats)
    if provenance := next((report.provenance for report in reports if report.provenance), None):
        _about(book.add_worksheet("Provenance"), title, provenance, formats)
    book.close()
    return out.getvalue()


class _Formats:
    """The looks of cells, each made once: of plain rows and of totals."""

    def __init__(self, book: Any) -> None:
        self._book, self._made = book, dict[tuple[str, bool], Any]()
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 13})

    def of(self, pattern: str, total: bool) -> Any:
        """The format of a number pattern; totals are bold with a line above."""
        if (pattern, total) not in self._made:
            look = {"num_format": pattern} if pattern else {}
            self._made[pattern, total] = self._book.add_format({**look, **({"bold": True, "top": 1} if total else {})})
        return self._made[pattern, total]

    def cell(self, cell: Cell, total: bool) -> Any:
        """The format of a cell."""
        if isinstance(cell, Money):
            digits = DIGITS[cell.currency]
            return self.of("#,##0" + ("." + "0" * digits if digits else ""), total)
        if isinstance(cell, datetime.date):
            return self.of("yyyy-mm-dd", total)
        if isinstance(cell, Decimal):
            places = max(-int(cell.as_tuple().exponent), 0)
            return self.of("#,##0" + ("." + "0" * places if places else ""), total)
        return self.of("", total)


def _sheet(sheet: Any, report: Report, table: Table, formats: _Formats) -> None:
    columns = [(i, c) for i, c in enumerate(table.columns) if c.kind != "data"]
    for at, (i, column) in enumerate(columns):
        sheet.write_string(0, at, column.title, formats.head)
        sheet.set_column(at, at, _width(column, [row[i] for row in table.rows]))
    for line, row in enumerate(table.rows, 1):
        for at, (i, _) in enumerate(columns):
            _write(sheet, line, at, row[i], formats.cell(row[i], total=False))
    for line, row in enumerate(table.totals or (), 1 + len(table.rows)):
        for at, (i, _) in enumerate(columns):
            look = formats.cell(row[i], total=True)
            formula = _formula(table, columns, row, i, at)
            if formula and isinstance(row[i], Money):
                sheet.write_formula(line, at, formula, look, decimal(*row[i]))  # type: ignore[misc]
            elif row[i] is None:
                sheet.write_blank(line, at, None, look)
            else:
                _write(sheet, line, at, row[i], look)
    sheet.freeze_panes(1, 0)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(
        "&L" + (f"{report.title}: {table.title}" if table.title else report.title).replace("&", "&&")[:200]
    )


def _formula(table: Table, columns: Sequence[tuple[int, Column]], total: Sequence[Cell], i: int, at: int) -> str:
    """The formula of a total: the rows above of its currency. Nothing where they do not come to it."""
    cell = total[i]
    if not isinstance(cell, Money) or abs(cell.minor) >= _EXACT or not table.rows:
        return ""
    above = [row[i] for row in table.rows]
    own = [c for c in above if isinstance(c, Money) and c.currency == cell.currency]
    if sum(c.minor for c in own) != cell.minor:
        return ""
    rows, digits = f"2:{len(table.rows) + 1}", DIGITS[cell.currency]
    if len(own) == sum(isinstance(c, Money) for c in above):
        return f"=ROUND(SUM({_area(at, rows)}),{digits})"
    keys = [n for n, (j, column) in enumerate(columns) if column.key == "currency" and total[j] == cell.currency]
    if not keys:
        return ""
    return f'=ROUND(SUMIF({_area(keys[0], rows)},"{cell.currency}",{_area(at, rows)}),{digits})'


def _area(at: int, rows: str) -> str:
    """The cells of a column: `C2:C40`."""
    name, n = "", at
    while n >= 0:
        name, n = chr(ord("A") + n % 26) + name, n // 26 - 1
    first, _, last = rows.partition(":")
    return f"{name}{first}:{name}{last}"


def _width(column: Column, cells: Sequence[Cell]) -> int:
    """Characters that hold the heading's longest word and the cells, within reason."""
    longest = max((len(plain_text(cell)) for cell in cells[:500]), default=0)
    longest += 3 if column.kind == "money" else 0
    return min(max(longest, *(len(word) for word in column.title.split(" ")), 7) + 2, _WIDEST)


def _about(sheet: Any, title: str, p: Provenance, formats: _Formats) -> None:
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 70)
    sheet.write_string(0, 0, title, formats.title)
    lines = (
        ("As of", p.as_of.isoformat()), ("Facts", str(p.facts)), ("SHA-256", p.checksum),
        ("Commit", p.commit or "none"),
        ("Changed since", {True: "yes", False: "no", None: "no repository"}[p.dirty]), ("arledger", p.version),
    )  # fmt: skip
    for line, (label, text) in enumerate(lines, 2):
        sheet.write_string(line, 0, label)
        sheet.write_string(line, 1, text)


def _write(sheet: Any, line: int, at: int, cell: Cell, look: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, Money) and abs(cell.minor) < _EXACT:
        sheet.write_number(line, at, decimal(cell.minor, cell.currency), look)
    elif isinstance(cell, datetime.date):
        sheet.write_datetime(line, at, datetime.datetime.combine(cell, datetime.time()), look)
    elif isinstance(cell, Decimal) or (type(cell) is int and abs(cell) < _EXACT):
        sheet.write_number(line, at, cell, look)
    else:
        sheet.write_string(line, at, plain_text(cell), look)


def _sheet_name(title: str, number: int) -> str:
    return f"{number} {re.sub(r'[^A-Za-z0-9 ]', ' ', title)}"[:31].strip()
