"""`ar invoice verify`: what invoices and drafts do not meet, and where each rule is set."""

from __future__ import annotations

from collections.abc import Sequence

from arledger.checks.requirements import Failed
from arledger.errors import many
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("invoice", "Invoice"), Column("customer", "Customer"), Column("rule", "Rule"), Column("level", "Level"),
    Column("text", "What is not right"), Column("source", "Where it comes from"),
)  # fmt: skip


def build(found: Sequence[tuple[str, str, Sequence[Failed]]]) -> Report:
    """Each invoice or draft (id, customer) with what it does not meet. `ok`: nothing that is required."""
    rows: list[list[Cell]] = [
        [name, customer, failed.rule, failed.level, failed.text, failed.source]
        for name, customer, all_ in found for failed in all_
    ]  # fmt: skip
    required = sum(row[3] == "required" for row in rows)
    count = many(len(found), "invoice")
    empty = f"{count} verified: as required." if found else "There is nothing to verify."
    note = [f"{count} verified: {required} to put right, {len(rows) - required} to look at"] if rows else []
    return Report("verify", "", [Table(_COLUMNS, rows, name="findings", empty=empty)],
                  {"ok": not required, "verified": len(found)}, note)  # fmt: skip
