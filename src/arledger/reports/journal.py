"""`ar export csv` and `xlsx`: what facts post to the general ledger, a row for each side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.compute.postings import Posting
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("date", "Date", "date"), Column("fact", "Fact"), Column("kind", "Kind"), Column("customer", "Customer"),
    Column("name", "Name"), Column("account", "Account"), Column("currency", "Cur"), Column("debit", "Debit", "money"),
    Column("credit", "Credit", "money"),
)  # fmt: skip


def build(ledger: Ledger, found: Sequence[Posting], first: date, last: date) -> Report:
    """The journal from `first` to `last`; debits and credits of each currency come to the same."""
    rows: list[list[Cell]] = []
    sums: dict[str, list[int]] = {}
    for p in found:
        for account, amount in p.legs:
            sides = [
                Money(amount, p.currency) if amount > 0 else None,
                Money(-amount, p.currency) if amount < 0 else None,
            ]
            rows.append([p.date, p.fact, p.kind, p.customer, p.name(ledger.names), account, p.currency, *sides])
            totals = sums.setdefault(p.currency, [0, 0])
            totals[amount < 0] += abs(amount)
    feet: list[list[Cell]] = [
        ["Total", *[None] * 5, currency, *(Money(amount, currency) for amount in totals)]
        for currency, totals in sorted(sums.items())
    ]
    table = Table(_COLUMNS, rows, feet, empty="Nothing was posted.")
    return Report("journal", f"Journal from {first} to {last}", [table], {"from": first, "to": last})
