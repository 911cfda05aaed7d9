"""`ar deduction list`: what customers kept back and nobody has resolved yet."""

from __future__ import annotations

from datetime import date

from arledger.compute.open_items import open_items
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("deduction", "Deduction"), Column("customer", "Customer"), Column("name", "Name"),
    Column("date", "Date", "date"), Column("days", "Days", "number"), Column("reason", "Reason"),
    Column("claim", "Claim"), Column("currency", "Cur"), Column("open", "Open", "money"),
)  # fmt: skip


def build(ledger: Ledger, as_of: date, customer: str | None = None) -> Report:
    """Open deductions at the end of `as_of`, oldest first, with their age in days; totals by currency."""
    rows: list[list[Cell]] = []
    sums: dict[str, int] = {}
    for item in open_items(ledger, as_of, customer):
        if item.kind == "deduction":
            name, claim = ledger.names.get(item.customer, ""), ", ".join(item.references)
            rows.append([item.item, item.customer, name, item.date, (as_of - item.date).days, item.text, claim,
                         item.currency, Money(item.open, item.currency)])  # fmt: skip
            sums[item.currency] = sums.get(item.currency, 0) + item.open
    totals: list[list[Cell]] = [
        [*["Total" if i == 0 else None for i in range(7)], currency, Money(amount, currency)]
        for currency, amount in sorted(sums.items())
    ]
    table = Table(_COLUMNS, rows, totals, empty="No deductions are open.")
    return Report("deductions", f"Open deductions on {as_of}", [table], {"as_of": as_of})
