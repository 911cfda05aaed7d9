"""`ar open`: open items, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from arledger.compute.disputes import disputed
from arledger.compute.open_items import OpenItem, open_items
from arledger.compute.plans import Planned, holding, rescheduled
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

COLUMNS = (
    Column("item", "Item"), Column("kind", "Kind", spare=4), Column("customer", "Customer"), Column("name", "Name"),
    Column("date", "Date", "date", spare=5), Column("due", "Due", "date"), Column("currency", "Cur"),
    Column("total", "Total", "money", spare=6), Column("open", "Open", "money"),
    Column("days_past_due", "Days", "number"),
    Column("disputed", "Disputed", "flag", shown=False), Column("po", "PO", in_json=False, spare=3),
    Column("reference", "Reference", spare=1), Column("disputed_amount", "Disputed", "money"),
    Column("plan", "Plan", spare=2),
)  # fmt: skip


def build(
    ledger: Ledger, as_of: date, customer: str | None = None, *, overdue: bool = False, unapplied: bool = False
) -> Report:
    """The open items on a date: oldest due first, credits last, totals by currency.

    With `overdue` only debts past due; with `unapplied` only payments and credit notes with something left. An item
    under a payment plan that holds is due when its first open instalment is.
    """
    held = holding(ledger, as_of, customer)
    items = rescheduled(open_items(ledger, as_of, customer), held)
    if overdue:
        items = [item for item in items if not item.is_credit and item.due < as_of]
    if unapplied:
        items = [item for item in items if item.is_credit]
    head = {"as_of": as_of, "customer": customer, "overdue": overdue, "credits": unapplied}
    what = "Overdue items" if overdue else "Unapplied payments and credit notes" if unapplied else "Open items"
    table = items_table(ledger, items, as_of, disputed(ledger, as_of, customer), held)
    return Report("open", f"{what} on {as_of}", [table], head)


def items_table(
    ledger: Ledger, items: Sequence[OpenItem], as_of: date, claims: Mapping[str, int], held: Mapping[str, Planned],
    hidden: Iterable[str] = (),
) -> Table:  # fmt: skip
    """Open items as a table with a total for each currency; `claims`: how much of which is disputed; `held`: the plan
    each is under. Columns named in `hidden` are for programs alone, as are those with nothing in them."""
    names, unseen = ledger.names, set(hidden)
    for column, used in (("po", any(i.po for i in items)), ("disputed_amount", claims), ("plan", held)):
        unseen |= set() if used else {column}
    columns = [replace(c, shown=c.shown and c.key not in unseen) for c in COLUMNS]
    rows = [
        _row(i, names.get(i.customer, ""), as_of, claims.get(i.item, 0), held.get(i.item.partition("/")[0]))
        for i in items
    ]
    return Table(columns, rows, _totals(items), empty="Nothing is open.")


def _row(item: OpenItem, name: str, as_of: date, claim: int, plan: Planned | None) -> list[Cell]:
    return [
        item.item, item.kind, item.customer, name, item.date, item.due, item.currency,
        Money(item.total, item.currency), Money(item.open, item.currency), item.days_past_due(as_of), claim > 0,
        item.po, ", ".join(item.references) or (item.text if item.is_credit else ""),
        Money(claim, item.currency), plan.fact if plan else None,
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
