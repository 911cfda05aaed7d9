"""`ar open`: open items, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from arledger.compute.open_items import OpenItem, open_items
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

COLUMNS = (
    Column("item", "Item"), Column("kind", "Kind"), Column("customer", "Customer"), Column("name", "Name"),
    Column("date", "Date", "date"), Column("due", "Due", "date"), Column("currency", "Cur"),
    Column("total", "Total", "money"), Column("open", "Open", "money"), Column("days_past_due", "Days", "number"),
    Column("disputed", "Disputed", "flag", shown=False), Column("po", "PO", in_json=False),
    Column("reference", "Reference"),
)  # fmt: skip


def build(
    ledger: Ledger, as_of: date, customer: str | None = None, *, overdue: bool = False, unapplied: bool = False
) -> Report:
    """The open items on a date: oldest due first, credits last, totals by currency.

    With `overdue` only debts past due; with `unapplied` only payments and credit notes with something left.
    """
    items = open_items(ledger, as_of, customer)
    if overdue:
        items = [item for item in items if not item.is_credit and item.due < as_of]
    if unapplied:
        items = [item for item in items if item.is_credit]
    head = {"as_of": as_of, "customer": customer, "overdue": overdue, "credits": unapplied}
    what = "Overdue items" if overdue else "Unapplied payments and credit notes" if unapplied else "Open items"
    return Report("open", f"{what} on {as_of}", [items_table(ledger, items, as_of)], head)


def items_table(ledger: Ledger, items: Sequence[OpenItem], as_of: date, hidden: Iterable[str] = ()) -> Table:
    """Open items as a table with a total for each currency. Columns named in `hidden` are for programs alone."""
    names, unseen = ledger.names, set(hidden)
    if not any(item.po for item in items):
        unseen.add("po")
    columns = [replace(c, shown=c.shown and c.key not in unseen) for c in COLUMNS]
    rows = [_row(item, names.get(item.customer, ""), as_of) for item in items]
    return Table(columns, rows, _totals(items), empty="Nothing is open.")


def _row(item: OpenItem, name: str, as_of: date) -> list[Cell]:
    return [
        item.item, item.kind, item.customer, name, item.date, item.due, item.currency,
        Money(item.total, item.currency), Money(item.open, item.currency), item.days_past_due(as_of), False, item.po,
        ", ".join(item.references) or (item.text if item.is_credit else ""),
    ]  # fmt: skip


def _totals(items: Sequence[OpenItem]) -> list[list[Cell]]:
    """One row a currency. Totals of what was billed and of what came in say nothing together: open alone is summed."""
    sums: dict[str, int] = {}
    for item in items:
        sums[item.currency] = sums.get(item.currency, 0) + item.open
    blank: list[Cell] = [None] * len(COLUMNS)
    found = []
    for currency, open_ in sorted(sums.items()):
        row = list(blank)
        row[0], row[6], row[8] = "Total", currency, Money(open_, currency)
        found.append(row)
    return found
