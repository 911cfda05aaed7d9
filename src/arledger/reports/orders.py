"""`ar order list` and `ar order show`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from arledger.compute.hold_reasons import Reason
from arledger.compute.holds import Standing
from arledger.compute.orders import LineRow, OrderRow
from arledger.documents.orders import Order
from arledger.ledger.table import Ledger
from arledger.money import Money, grouped
from arledger.reports.report import Cell, Column, Report, Table

_LIST = (
    Column("order", "Order"), Column("customer", "Customer"), Column("name", "Name"),
    Column("date", "Date", "date", spare=1), Column("currency", "Cur"), Column("total", "Total", "money"),
    Column("unbilled", "Unbilled", "money"), Column("delivered", "Delivered", "money"),
    Column("status", "Status"), Column("why", "Held by"), Column("po", "PO", shown=False),
    Column("reasons", "Reasons", "data"),
)  # fmt: skip
_LINES = (
    Column("line", "Line", "number"), Column("description", "Description"), Column("quantity", "Ordered", "number"),
    Column("delivered", "Delivered", "number"), Column("billed", "Billed", "number"), Column("left", "Left", "number"),
    Column("unit_price", "Price", "number"), Column("tax", "Tax", "number"),
)  # fmt: skip
_REASONS = (Column("rule", "Rule"), Column("text", "Why"), Column("source", "Where it comes from"))


def build_list(ledger: Ledger, found: Sequence[tuple[OrderRow, Standing | None]], as_of: date, what: str) -> Report:
    """Orders in the order they were placed. The standing of an open one says what holds it."""
    names = ledger.names
    rows: list[list[Cell]] = []
    sums: dict[str, tuple[int, int, int]] = {}
    for order, standing in found:
        reasons = standing.reasons if standing else ()
        rows.append([
            order.order, order.customer, names.get(order.customer, ""), order.date, order.currency,
            *_moneys(order.currency, (order.total, order.unbilled, order.delivered)), status_of(order, standing),
            ", ".join(dict.fromkeys(reason.rule for reason in reasons)), order.po, _reasons(reasons),
        ])  # fmt: skip
        before = sums.get(order.currency, (0, 0, 0))
        sums[order.currency] = (before[0] + order.total, before[1] + order.unbilled, before[2] + order.delivered)
    totals: list[list[Cell]] = [
        ["Total", None, None, None, currency, *_moneys(currency, three), None, None, None, None]
        for currency, three in sorted(sums.items())
    ]
    table = Table(_LIST, rows, totals, empty=f"There are no {what}.".replace("  ", " "))
    return Report("orders", f"{what[0].upper()}{what[1:]} on {as_of}", [table], {"as_of": as_of})


def _moneys(currency: str, amounts: Sequence[int]) -> list[Cell]:
    return [Money(amount, currency) for amount in amounts]


def _reasons(reasons: Sequence[Reason]) -> list[Any]:
    return [{"rule": reason.rule, "text": reason.text, "source": reason.source} for reason in reasons]


def status_of(order: OrderRow, standing: Standing | None) -> str:
    """`held` or `free` while something is to be billed, else `billed` or `cancelled`."""
    return order.state if standing is None else "held" if standing.held else "free"


def build_show(
    ledger: Ledger, order: OrderRow, document: Order, lines: Sequence[LineRow], standing: Standing | None,
    invoices: Sequence[str], as_of: date, path: str,
) -> Report:  # fmt: skip
    """One order: what was ordered, delivered and billed of it, and every reason that holds it."""
    status, unbilled = status_of(order, standing), Money(order.unbilled, order.currency).said()
    facts = [
        ("Customer", f"{order.customer}  {ledger.names.get(order.customer, '')}"), ("Date", str(order.date)),
        ("PO", order.po), ("Terms", order.terms), ("Contract", document.contract), ("Notes", document.notes),
        ("Total", Money(order.total, order.currency).said()),
        ("Status", status + ", prepaid" * order.prepaid),
        ("To bill", f"{unbilled}, {grouped(order.delivered, order.currency)} delivered"),
        ("Invoices", ", ".join(invoices)), ("File", path),
    ]  # fmt: skip
    reasons, overridden = (standing.reasons, standing.overridden) if standing else ((), ())
    head = {
        "order": order.order, "customer": order.customer, "date": order.date, "currency": order.currency,
        "total": Money(order.total, order.currency), "billed": Money(order.billed, order.currency),
        "unbilled": Money(order.unbilled, order.currency), "delivered": Money(order.delivered, order.currency),
        "status": status, "prepaid": order.prepaid, "po": order.po, "terms": order.terms, "invoices": list(invoices),
        "as_of": as_of, "path": path,
    }  # fmt: skip
    tables = [_lines(lines)] if lines else []
    if reasons:
        tables.append(_reason_table(ledger, reasons, "Held by", "reasons"))
    if overridden:
        tables.append(_reason_table(ledger, overridden, "Let go in spite of", "overridden"))
    return Report("order", f"Order {order.order}", tables, head, facts=[(label, text) for label, text in facts if text])


def _lines(lines: Sequence[LineRow]) -> Table:
    rows: list[list[Cell]] = [
        [row.number, row.line.description, row.line.quantity, row.delivered, row.billed, row.left, row.line.unit_price,
         f"{row.line.tax:f}%" if row.line.tax else ""]
        for row in lines
    ]  # fmt: skip
    return Table(_LINES, rows, name="lines", title="Lines")


def _reason_table(ledger: Ledger, reasons: Sequence[Reason], title: str, name: str) -> Table:
    rows: list[list[Cell]] = [[reason.rule, reason.text, reason.placed(ledger)] for reason in reasons]
    return Table(_REASONS, rows, name=name, title=title)
