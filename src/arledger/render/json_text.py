"""A report as JSON: money as text with the currency's decimals, days as YYYY-MM-DD (CONTRACT §7)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from arledger.money import Money, plain
from arledger.reports.report import Report, Table

# What JSON allows in text but a terminal may obey: DEL, C1, bidirectional controls. Escaped, it is the same text.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def render(report: Report) -> str:
    """The report as one JSON object, ending with a newline."""
    result: dict[str, Any] = dict(report.head)
    for table in report.tables:
        if not table.in_json:
            continue
        content = _table(table)
        if not table.name:
            result.update(content)
        elif table.listed:
            result.setdefault(table.name, []).append(content)
        else:
            result[table.name] = content if table.head or table.totals is not None else content[table.rows_key]
    if report.provenance:
        result["provenance"] = report.provenance.plain()
    text = _text(result) + "\n"
    if text.isascii() and "\x7f" not in text:
        return text  # as most are: no need to search them
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _table(table: Table) -> dict[str, Any]:
    keys = [column.key for column in table.columns]
    content: dict[str, Any] = dict(table.head)
    left_out = [column.key for column in table.columns if not column.in_json]
    rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
    for row in rows if left_out else ():
        for key in left_out:
            del row[key]
    content[table.rows_key] = rows
    if table.totals is not None:
        content["totals"] = [
            {key: cell for key, cell in zip(keys, row, strict=True) if cell is not None and cell != "Total"}
            for row in table.totals
        ]
    return content


def _text(value: Any, margin: str = "\n") -> str:
    """`value` as `json.dumps` would write it with an indent of 1, with what JSON lacks as text. Recursive.

    In one pass, because that one's indent makes it slow. A tuple that is Money is no list.
    """
    if write := _CELLS.get(type(value)):
        return write(value)
    inner = margin + " "
    if isinstance(value, dict):
        entries = [
            f"{encode_basestring(key)}: {write(cell) if (write := _CELLS.get(type(cell))) else _text(cell, inner)}"
            for key, cell in value.items()
        ]
        return f"{{{inner}{(',' + inner).join(entries)}{margin}}}" if entries else "{}"
    if isinstance(value, list | tuple):
        return f"[{inner}{(',' + inner).join([_text(entry, inner) for entry in value])}{margin}]" if value else "[]"
    return json.dumps(value)


@lru_cache(4096)  # most cells of a wide report are nothing
def _money(money: Money) -> str:
    return f'"{plain(*money)}"'


#: Type of a cell → how it is written.
_CELLS: Mapping[type, Callable[[Any], str]] = {
    str: encode_basestring,
    Money: _money,
    date: lambda day: f'"{day.isoformat()}"',
    Decimal: lambda number: f'"{number:f}"',
}
