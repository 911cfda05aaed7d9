"""`ar settle list`: what was offered, what has come in, and where the rest can be written off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.compute.settlements import Settled, State, settlements
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("settlement", "Settlement"), Column("customer", "Customer"), Column("name", "Name"),
    Column("date", "Offered", "date"), Column("expires", "Expires", "date"), Column("state", "State"),
    Column("currency", "Cur"), Column("amount", "To pay", "money"), Column("paid", "Paid", "money"),
    Column("waived", "Waived", "money"), Column("open", "Open", "money"), Column("items", "Items"),
    Column("reason", "Reason"),
)  # fmt: skip


def build(ledger: Ledger, as_of: date, customer: str | None = None, state: State | None = None) -> Report:
    """The settlements offered up to a day, oldest first, with their state."""
    found = [s for s in settlements(ledger, as_of, customer) if state in (None, s.state)]
    notes = [f"{s.fact} is paid: ar settle complete {s.fact}" for s in found if s.state == "ready"]
    notes += [
        f"the money of {s.fact} went back: ar reverse {fact}" for s in found if s.state == "failed"
        for fact in s.written_off
    ]  # fmt: skip
    return Report("settlements", f"Settlements on {as_of}", [table(ledger, found)], {"as_of": as_of}, notes)


def table(ledger: Ledger, found: Sequence[Settled]) -> Table:
    """Settlements with their state."""
    rows: list[list[Cell]] = []
    for s in found:
        offer, currency = s.settlement, s.settlement.currency
        amounts = [Money(amount, currency) for amount in (s.amount, s.paid, s.waived, s.open)]
        rows.append([s.fact, offer.customer, ledger.names.get(offer.customer, ""), offer.date, offer.expires, s.state,
                     currency, *amounts, list(offer.items), offer.reason])  # fmt: skip
    return Table(_COLUMNS, rows, empty="There are no settlements.")
