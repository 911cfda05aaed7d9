"""A report as CSV: one header row, rows, no totals, so that a program can sum it. Cells are never formulas."""

from __future__ import annotations

import csv
import io

from arledger.errors import printable
from arledger.render.cells import plain_text, spreadsheet_text
from arledger.reports.report import Report


def render(report: Report) -> str:
    """Each table under its header, an empty line between two; lines end with a newline.

    Tables of the same columns that follow each other stand under one header.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    before: list[str] = []
    for table in report.tables:
        header = [column.key for column in table.columns if column.kind != "data"]
        if header != before:
            out.write("\n" if before else "")
            writer.writerow(header)
            before = header
        for row in table.rows:
            cells = [c for c, column in zip(row, table.columns, strict=True) if column.kind != "data"]
            writer.writerow([spreadsheet_text(printable(plain_text(cell), lines=True)) for cell in cells])
    return out.getvalue()
