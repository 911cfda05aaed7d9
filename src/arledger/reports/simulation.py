"""`ar credit simulate`: the orders and customers that other rules would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.compute.hold_reasons import Reason
from arledger.compute.simulation import Changed
from arledger.errors import many
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.orders import status_of
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("order", "Order"), Column("customer", "Customer"), Column("name", "Name"), Column("currency", "Cur"),
    Column("unbilled", "Unbilled", "money"), Column("now", "Now"), Column("held_by", "Held by"),
    Column("then", "Then"), Column("would_be_held_by", "Would be held by"),
)  # fmt: skip


def build(ledger: Ledger, changed: Sequence[Changed], as_of: date) -> Report:
    """Each order that would stand otherwise, now and then."""
    names = ledger.names
    rows: list[list[Cell]] = []
    for now, then in changed:
        order = now.order
        rows.append([
            order.order, order.customer, names.get(order.customer, ""), order.currency,
            Money(order.unbilled, order.currency), status_of(order, now), _rules(now.reasons),
            status_of(order, then), _rules(then.reasons),
        ])  # fmt: skip
    more = sum(then.held and not now.held for now, then in changed)
    less = sum(now.held and not then.held for now, then in changed)
    customers = len({now.order.customer for now, _ in changed})
    head = {"as_of": as_of, "held_more": more, "held_less": less, "customers": customers}
    who = many(customers, "customer")
    note = [f"{more} more held, {less} let go, {len(rows) - more - less} held for other reasons; {who}"]
    table = Table(_COLUMNS, rows, empty="No order would stand otherwise.")
    return Report("simulation", f"Orders under the other rules on {as_of}", [table], head, note if rows else [])


def _rules(reasons: Sequence[Reason]) -> str:
    return ", ".join(dict.fromkeys(reason.rule for reason in reasons))
