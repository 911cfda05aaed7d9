"""Cells as text: the same figures in every format, and nothing in them that a terminal or a program would obey."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from arledger.errors import printable
from arledger.money import Money, grouped, plain
from arledger.reports.report import Cell, Column, Table

_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)*%?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain_text(cell: Cell) -> str:
    """A cell for a program: amounts in plain digits, days as YYYY-MM-DD, nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return plain(cell.minor, cell.currency)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, list):
        return "; ".join(plain_text(entry) for entry in cell)
    if isinstance(cell, dict):
        return " ".join(f"{key}={plain_text(value)}" for key, value in cell.items())
    return str(cell)


def people_text(cell: Cell) -> str:
    """A cell for people: amounts with thousands separators, zero as a dash, control characters made visible.

    >>> people_text(Money(-123456789, "EUR")), people_text(Money(0, "EUR"))
    ('-1,234,567.89', '-')
    """
    if isinstance(cell, Money):
        if not cell.minor:
            return "-"
        return grouped(cell.minor, cell.currency)
    if isinstance(cell, bool):
        return "yes" if cell else ""
    return printable(plain_text(cell))


def spreadsheet_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading apostrophe where it would (OWASP, CSV injection).

    >>> spreadsheet_text("=1+1"), spreadsheet_text("-5.00")
    ("'=1+1", '-5.00')
    """
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def shown(table: Table) -> list[tuple[int, Column]]:
    """The columns people see, with their positions."""
    return [(i, column) for i, column in enumerate(table.columns) if column.shown and column.kind != "data"]
