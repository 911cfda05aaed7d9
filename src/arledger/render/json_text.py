"""A report as JSON: money as text with the currency's decimals, days as YYYY-MM-DD (CONTRACT §7)."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

from arledger.money import Money, plain
from arledger.reports.report import Provenance, Report, Table

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
        result["provenance"] = _provenance(report.provenance)
    text = json.dumps(_value(result), ensure_ascii=False, indent=1)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _table(table: Table) -> dict[str, Any]:
    keys = [column.key for column in table.columns]
    content: dict[str, Any] = dict(table.head)
    content[table.rows_key] = [dict(zip(keys, row, strict=True)) for row in table.rows]
    if table.totals is not None:
        content["totals"] = [
            {key: cell for key, cell in zip(keys, row, strict=True) if cell is not None and cell != "Total"}
            for row in table.totals
        ]
    return content


def _value(value: Any) -> Any:
    """`value` with everything JSON lacks as text. Recursive; a tuple that is Money is no list."""
    if isinstance(value, Money):
        return plain(value.minor, value.currency)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {key: _value(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_value(entry) for entry in value]
    return value


def _provenance(provenance: Provenance) -> dict[str, Any]:
    return {
        "as_of": provenance.as_of, "commit": provenance.commit, "dirty": provenance.dirty, "facts": provenance.facts,
        "checksum": provenance.checksum, "version": provenance.version,
    }  # fmt: skip
