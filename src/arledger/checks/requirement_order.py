"""The rules an invoice meets against the order it bills: as ordered, no more than is left, and delivered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from arledger.checks.requirement_case import Case
from arledger.compute.orders import LineRow, order_lines, order_row
from arledger.documents.invoices import Invoice
from arledger.money import plain


def delivery_note(case: Case) -> Iterator[str]:
    """Of an order, what it bills was delivered; else a number among the references."""
    if case.invoice.order:
        for row, quantity in _bills(case):
            if row.delivered < _others(case, row) + quantity:
                yield f"line {row.number} bills {quantity:f}, delivered were {row.delivered:f}"
        return
    form = case.requirement.format
    if not any(not form or re.fullmatch(form, number) for number in case.invoice.references):
        yield "no delivery note among the references" + (f" of the form {form}" if form else "")


def _bills(case: Case) -> list[tuple[LineRow, Decimal]]:
    """The lines of the order the invoice bills, each with how much of it."""
    order = case.invoice.order
    if not order or not order_row(case.ledger, order, case.invoice.date):
        return []
    _, lines = order_lines(case.ledger, order, case.invoice.date)
    sums: dict[int, Decimal] = {}
    for line in case.invoice.lines:
        if line.order_line:
            sums[line.order_line] = sums.get(line.order_line, Decimal(0)) + line.quantity
    return [(row, sums[row.number]) for row in lines if row.number in sums]


def _others(case: Case, row: LineRow) -> Decimal:
    """How much of a line of the order other invoices bill, those to be issued with this one too."""
    beside = [one for _, one in case.beside if one.order == case.invoice.order]
    own = _quantity_of(case.invoice, row.number) if case.fact else Decimal(0)
    return row.billed - own + sum((_quantity_of(one, row.number) for one in beside), Decimal(0))


def _quantity_of(invoice: Invoice, number: int) -> Decimal:
    return sum((line.quantity for line in invoice.lines if line.order_line == number), Decimal(0))


def price(case: Case) -> Iterator[str]:
    """Lines billed at another price, discount or tax than the order has."""
    rows = {row.number: row.line for row, _ in _bills(case)}
    for number, line in enumerate(case.invoice.lines, 1):
        if ordered := rows.get(line.order_line or 0):
            for key, percent in (("unit_price", ""), ("discount", "%"), ("tax", "%")):
                billed, agreed = getattr(line, key), getattr(ordered, key)
                if billed != agreed:
                    what = key.replace("_", " ")
                    yield f"line {number}: {what} {billed:f}{percent}, in the order {agreed:f}{percent}"


def quantity(case: Case) -> Iterator[str]:
    """Lines of the order of which more is billed than other invoices left."""
    for row, quantity in _bills(case):
        left = row.line.quantity - _others(case, row)
        if quantity > left:
            yield f"line {row.number} of {case.invoice.order}: {quantity:f} billed, {left:f} left to bill"


def order_remainder(case: Case) -> Iterator[str]:
    """That the order is cancelled, or less of its total is left than is billed."""
    invoice = case.invoice
    row = order_row(case.ledger, invoice.order, invoice.date) if invoice.order else None
    if row is None:
        return
    total = invoice.minor(invoice.total)
    beside = sum(one.minor(one.total) for _, one in case.beside if one.order == row.order)
    left = row.total - row.billed - beside + (total if case.fact else 0)
    if row.state == "cancelled" and not case.fact:
        yield f"{row.order} is cancelled"
    elif total > left:
        yield f"{plain(total, invoice.currency)} billed, {plain(max(left, 0), invoice.currency)} left of {row.order}"
