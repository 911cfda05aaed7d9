"""`ar credit exposure`: what counts against each limit, and what of it is left."""

from __future__ import annotations

from datetime import date

from arledger.compute.exposure import CreditBook, Exposure
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("scope", "Limit of"), Column("owner", "Id"), Column("name", "Name"), Column("currency", "Cur"),
    Column("items", "Open items", "money"), Column("unapplied", "Unapplied", "money"),
    Column("orders", "Ordered", "money"), Column("delivered", "Delivered", "money"),
    Column("drafts", "Drafts", "money"),
    Column("exposure", "Exposure", "money"), Column("limit", "Limit", "money"), Column("cover", "Cover", "money"),
    Column("available", "Available", "money"), Column("used", "Used"), Column("expires", "Expires", "date"),
    Column("review", "Review", "date"), Column("source", "Source", shown=False),
)  # fmt: skip


def build(ledger: Ledger, book: CreditBook, as_of: date, customer: str = "") -> Report:
    """Each limit with what counts against it: those a customer's orders count against, or all there are.

    A part in a currency without a rate is named in the notes, and the exposure is left out: it is not known.
    """
    limits = book.limits.of(customer) if customer else list(book.limits.every())
    found = [book.exposure(limit) for limit in limits]
    shown = [e for e in found if customer or e.limit.amount is not None or e.total or e.missing]
    rows = [_row(ledger, exposure) for exposure in shown]
    notes = [
        f"{e.limit.owner}: no rate is stated for {', '.join(e.missing)}; add it to `rates` in ledger.yaml"
        for e in shown if e.missing
    ]  # fmt: skip
    title = f"Exposure of {customer} on {as_of}" if customer else f"Exposure on {as_of}"
    table = Table(_COLUMNS, rows, empty="Nobody owes anything, and there are no limits.")
    return Report("exposure", title, [table], {"as_of": as_of}, notes)


def _row(ledger: Ledger, e: Exposure) -> list[Cell]:
    limit, currency = e.limit, e.limit.currency
    known, allowed = not e.missing, limit.allowed
    parts = [Money(amount, currency) for amount in (e.items, e.unapplied, e.orders, e.delivered, e.drafts)]
    return [
        limit.scope, limit.owner, ledger.names.get(limit.owner, "") if limit.scope != "group" else "", currency, *parts,
        Money(e.total, currency) if known else None, None if limit.amount is None else Money(limit.amount, currency),
        Money(limit.cover, currency), Money(allowed - e.total, currency) if known and allowed is not None else None,
        used(e), limit.expires, limit.review, limit.source,
    ]  # fmt: skip


def used(exposure: Exposure) -> str | None:
    """The part of limit and cover that is used, in percent; None where that cannot be said.

    To a tenth, half-up, but not across the limit: 100.0% is all of it to the cent, and what is over shows as over.
    """
    allowed = exposure.limit.allowed
    if not allowed or exposure.missing:
        return None
    used_up = max(exposure.total, 0)
    tenths = (used_up * 2000 + allowed) // (2 * allowed)
    tenths = min(tenths, 999) if used_up < allowed else max(tenths, 1001) if used_up > allowed else tenths
    return f"{tenths // 10}.{tenths % 10}%"
