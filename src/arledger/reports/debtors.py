"""`ar report concentration` and `ar report delinquents`: on whom receivables rest, and who is late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import accumulate, groupby

from arledger.compute.debtors import Debtor, debtors
from arledger.compute.metrics import usually_late
from arledger.compute.shares import shares
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_CONCENTRATION = (
    Column("rank", "Rank", "number"), Column("customer", "Customer"), Column("name", "Name"), Column("currency", "Cur"),
    Column("open", "Open", "money"), Column("share", "Share %", "number"), Column("cumulative", "Together %", "number"),
)  # fmt: skip


def concentration(ledger: Ledger, as_of: date, top: int) -> Report:
    """The customers who owe most, with their share of all that is open; credits not counted."""
    rows: list[list[Cell]] = []
    notes = []
    for currency, group in groupby(debtors(ledger, as_of), key=lambda d: d.currency):
        found = [d for d in group if d.debits]
        parts = shares([d.debits for d in found])
        for rank, (d, share, so_far) in enumerate(zip(found[:top], parts, accumulate(parts), strict=False), 1):
            name = ledger.names.get(d.customer, "")
            rows.append([rank, d.customer, name, currency, Money(d.debits, currency), share, so_far])
        whole = sum(d.debits for d in found)
        if whole:
            index = sum(d.debits**2 for d in found) * 10_000 // whole**2
            owed = Money(whole, currency).said()
            notes.append(f"{currency}: {len(found)} customers owe {owed}; Herfindahl index {index} of 10000")
    table = Table(_CONCENTRATION, rows, empty="Nothing is open.")
    return Report("concentration", f"Concentration on {as_of}", [table], {"as_of": as_of, "top": top}, notes)


_DELINQUENTS = (
    Column("rank", "Rank", "number"), Column("customer", "Customer"), Column("name", "Name"), Column("currency", "Cur"),
    Column("overdue", "Overdue", "money"), Column("past_90", "> 90 days", "money"),
    Column("share", "Share %", "number"), Column("items", "Items", "number"), Column("oldest", "Oldest due", "date"),
    Column("days", "Days", "number"), Column("usually", "Usually late", "number"), Column("collector", "Collector"),
)  # fmt: skip


def delinquents(ledger: Ledger, as_of: date, top: int) -> Report:
    """The customers with most overdue, how old it is, and how many days late they paid on average over a year."""
    averages = usually_late(ledger, as_of)
    collectors = {customer: data.collector for customer, data in ledger.customers()}
    rows: list[list[Cell]] = []
    feet: list[list[Cell]] = []
    for currency, group in groupby(debtors(ledger, as_of), key=lambda d: d.currency):
        found = sorted((d for d in group if d.overdue), key=lambda d: (-d.overdue, d.customer))
        parts = shares([d.overdue for d in found])
        for rank, (d, share) in enumerate(zip(found[:top], parts, strict=False), 1):
            rows.append([rank, d.customer, ledger.names.get(d.customer, ""), *_late(d, share, as_of),
                         averages.get((d.customer, d.currency)), collectors.get(d.customer, "")])  # fmt: skip
        if found:
            sums = [
                Money(sum(column), currency) for column in zip(*((d.overdue, d.past_90) for d in found), strict=True)
            ]
            feet.append(["Total", None, None, currency, *sums, None, sum(d.items for d in found), *[None] * 4])
    table = Table(_DELINQUENTS, rows, feet, empty="Nothing is overdue.")
    return Report("delinquents", f"Most overdue on {as_of}", [table], {"as_of": as_of, "top": top})


def _late(d: Debtor, share: Decimal, as_of: date) -> list[Cell]:
    days = (as_of - d.oldest).days if d.oldest else None
    return [d.currency, Money(d.overdue, d.currency), Money(d.past_90, d.currency), share, d.items, d.oldest, days]
