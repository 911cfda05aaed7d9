"""Orders as of a day: what was billed of each, what was delivered, and what of it is still to be billed.

What is billed is what invoices that name the order come to; an invoice credited in full does not count. An order
whose every line is billed to its last piece has nothing left, whatever cents rounding leaves.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from arledger.documents.lines import footing
from arledger.documents.orders import Order, OrderLine
from arledger.ledger.restore import restore
from arledger.ledger.table import Ledger

State = Literal["open", "billed", "cancelled"]


class OrderRow(NamedTuple):
    """An order and what became of it up to a day. Amounts in minor units, with tax."""

    order: str
    path: str
    customer: str
    date: dt.date
    currency: str
    total: int
    billed: int
    unbilled: int  # 0 of a cancelled one
    delivered: int  # of what is unbilled
    state: State
    prepaid: bool
    terms: str
    po: str
    held: tuple[str, ...]  # the rules that held it when it was placed


_LIVE = (
    "NOT EXISTS (SELECT 1 FROM facts r WHERE r.about = {0}.fact AND r.about != '' AND r.kind = 'reversals' "
    "AND r.date <= ?1)"
)
_OF_ORDER = "x.about = f.fact AND x.about != '' AND x.date <= ?1"
_BILLS = (
    f"FROM facts x WHERE {_OF_ORDER} AND x.kind = 'invoices' AND NOT EXISTS (SELECT 1 FROM facts c WHERE "
    "c.about = x.fact AND c.about != '' AND c.kind = 'credit-notes' AND c.amount = x.amount AND c.date <= ?1)"
)
# Of most orders nothing was said yet: that is one look into an index, and the rest is only asked of the others.
_SAID = "EXISTS (SELECT 1 FROM facts x WHERE x.about = f.fact AND x.about != '')"
_ORDERS = f"""
SELECT f.fact, f.path, f.customer, f.date, f.currency, f.amount, f.data,
  iif({_SAID}, (SELECT COALESCE(SUM(x.amount), 0) {_BILLS}), 0),
  iif({_SAID}, (SELECT json_group_array(json_extract(x.data, '$.billed')) {_BILLS}), '[]'),
  iif({_SAID}, (SELECT json_group_array(json_extract(x.data, '$.lines')) FROM facts x WHERE {_OF_ORDER}
     AND x.kind = 'delivery-notes' AND {_LIVE.format("x")}), '[]'),
  {_SAID} AND EXISTS (SELECT 1 FROM facts x WHERE {_OF_ORDER} AND x.kind = 'cancellations' AND {_LIVE.format("x")})
FROM facts f WHERE f.kind = 'orders' AND f.data != '' AND f.date <= ?1 AND (NOT {_SAID} OR {_LIVE.format("f")})
"""


def orders(ledger: Ledger, as_of: dt.date, customer: str | None = None) -> list[OrderRow]:
    """Every order placed up to a day, or a customer's, in the order they were placed."""
    where, values = (" AND f.customer = ?2", (customer,)) if customer is not None else ("", ())
    rows = ledger.rows(f"{_ORDERS}{where} ORDER BY f.date, f.fact", as_of.toordinal(), *values)
    by_rate = ledger.tax.rounding == "rate"
    return [_order(row, by_rate=by_rate) for row in rows]


def order_row(ledger: Ledger, order: str, as_of: dt.date) -> OrderRow | None:
    """One order as of a day; None: there was none of that id."""
    rows = ledger.rows(f"{_ORDERS} AND f.fact = ?2", as_of.toordinal(), order)
    return _order(rows[0], by_rate=ledger.tax.rounding == "rate") if rows else None


def open_orders(ledger: Ledger, as_of: dt.date) -> list[OrderRow]:
    """The orders with something still to be billed, in the order they were placed."""
    return [order for order in orders(ledger, as_of) if order.state == "open"]


def _order(row: tuple[Any, ...], *, by_rate: bool) -> OrderRow:
    order, path, customer, day, currency, total, data, billed, bills, deliveries, cancelled = row
    raw = json.loads(data)
    unbilled = max(total - billed, 0)
    delivered = unbilled if raw.get("delivered") else 0
    if "lines" in raw and (bills != "[]" or deliveries != "[]"):
        lines = _lines(raw)
        gone = added_up(json.loads(bills))
        if all(gone.get(number, 0) >= line.quantity for number, line in enumerate(lines, 1)):
            unbilled = 0
        elif not delivered:
            out = _delivered(lines, json.loads(deliveries))
            waiting = {number: out[number] - gone.get(number, Decimal(0)) for number in out}
            delivered = worth(lines, waiting, currency, by_rate=by_rate)
    elif deliveries != "[]":
        delivered = unbilled
    unbilled = 0 if cancelled else unbilled
    state: State = "cancelled" if cancelled else "open" if unbilled else "billed"
    return OrderRow(
        order, path, customer, dt.date.fromordinal(day), currency, total, billed, unbilled, min(delivered, unbilled),
        state, bool(raw.get("prepaid")), raw.get("terms", ""), raw.get("po", ""), tuple(raw.get("held", ())),
    )  # fmt: skip


def _lines(raw: Mapping[str, Any]) -> tuple[OrderLine, ...]:
    return tuple(restore(OrderLine, line) for line in raw["lines"])


def added_up(quantities: Iterable[Mapping[str, str]]) -> dict[int, Decimal]:
    """Line of an order → how much of it, over several invoices' `{"1": "4.5"}`."""
    found: dict[int, Decimal] = {}
    for some in quantities:
        for number, quantity in some.items():
            found[int(number)] = found.get(int(number), Decimal(0)) + Decimal(quantity)
    return found


def _delivered(
    lines: tuple[OrderLine, ...], deliveries: Iterable[Sequence[Mapping[str, Any]] | None]
) -> dict[int, Decimal]:
    """Line → how much of it went out. A delivery that names no lines is all of the order."""
    found: dict[int, Decimal] = {}
    for told in deliveries:
        if told is None:
            return {number: line.quantity for number, line in enumerate(lines, 1)}
        for part in told:
            found[part["line"]] = found.get(part["line"], Decimal(0)) + Decimal(part["quantity"])
    return found


def worth(lines: tuple[OrderLine, ...], quantities: Mapping[int, Decimal], currency: str, *, by_rate: bool) -> int:
    """What so much of each line comes to with tax, in minor units. Lines that are not there count nothing."""
    some = [replace(lines[n - 1], quantity=q) for n, q in quantities.items() if q > 0 and 0 < n <= len(lines)]
    return footing(some, currency).total(by_rate=by_rate)


class LineRow(NamedTuple):
    """One line of an order as of a day."""

    number: int
    line: OrderLine
    billed: Decimal
    delivered: Decimal

    @property
    def left(self) -> Decimal:
        """How much of it is still to be billed."""
        return max(self.line.quantity - self.billed, Decimal(0))

    @property
    def waiting(self) -> Decimal:
        """How much of it is delivered and not billed."""
        return min(max(self.delivered - self.billed, Decimal(0)), self.left)


def order_lines(ledger: Ledger, order: str, as_of: dt.date) -> tuple[Order, list[LineRow]]:
    """An order as it is written, and each of its lines with what was billed and delivered up to a day."""
    ((*_, data, _, bills, deliveries, _),) = ledger.rows(f"{_ORDERS} AND f.fact = ?2", as_of.toordinal(), order)
    document = restore(Order, json.loads(data))
    gone, told = added_up(json.loads(bills)), json.loads(deliveries)
    everything = {number: line.quantity for number, line in enumerate(document.lines, 1)}
    out = everything if document.delivered else _delivered(document.lines, told)
    none = Decimal(0)
    return document, [
        LineRow(number, line, gone.get(number, none), out.get(number, none))
        for number, line in enumerate(document.lines, 1)
    ]


def invoices_of(ledger: Ledger, order: str, as_of: dt.date) -> list[str]:
    """The invoices that bill an order, oldest first; those credited in full left out."""
    found = ledger.rows(
        f"SELECT x.fact {_BILLS.replace('f.fact', '?2')} ORDER BY x.date, x.fact", as_of.toordinal(), order
    )
    return [fact for (fact,) in found]
