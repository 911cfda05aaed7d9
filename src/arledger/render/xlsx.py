"""A report as a workbook: a sheet per table, real numbers and dates. Text is never a formula."""

from __future__ import annotations

import datetime
import io
import re

from arledger.money import DIGITS, Money, decimal
from arledger.render.cells import plain_text
from arledger.reports.report import Cell, Report

_EXACT = 2**53  # a spreadsheet's numbers are doubles: larger whole numbers are written as text


def render(report: Report) -> bytes:
    """The workbook. The same report gives the same bytes."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": report.title, "created": datetime.datetime(2000, 1, 1)})  # noqa: DTZ001  # fixed
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    money = {n: book.add_format({"num_format": "#,##0" + ("." + "0" * n if n else "")}) for n in {*DIGITS.values()}}
    for number, table in enumerate(report.tables, 1):
        sheet = book.add_worksheet(_sheet_name(table.title or report.name, number))
        columns = [(i, c) for i, c in enumerate(table.columns) if c.kind != "data"]
        for at, (_, column) in enumerate(columns):
            sheet.write_string(0, at, column.title, bold)
            sheet.set_column(at, at, 30 if column.key == "name" else 14)
        for line, row in enumerate([*table.rows, *(table.totals or ())], 1):
            for at, (i, _) in enumerate(columns):
                _write(sheet, line, at, row[i], day, money)
        sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def _write(sheet, line: int, at: int, cell: Cell, day, money) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    if cell is None:
        return
    if isinstance(cell, Money) and abs(cell.minor) < _EXACT:
        sheet.write_number(line, at, decimal(cell.minor, cell.currency), money[DIGITS[cell.currency]])
    elif isinstance(cell, datetime.date):
        sheet.write_datetime(line, at, datetime.datetime.combine(cell, datetime.time()), day)
    elif isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < _EXACT:
        sheet.write_number(line, at, cell)
    else:
        sheet.write_string(line, at, plain_text(cell))


def _sheet_name(title: str, number: int) -> str:
    return f"{number} {re.sub(r'[^A-Za-z0-9 ]', ' ', title)}"[:31].strip()
