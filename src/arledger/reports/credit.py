"""`ar report credit`: who may owe how much, what of it is used, how they are rated, and which orders are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from arledger.compute.exposure import CreditBook, Exposure
from arledger.compute.holds import Holds, Standing
from arledger.compute.rating import Conduct, Rating, conducts, rate
from arledger.money import Money
from arledger.reports.exposure import used
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = [
    Column("customer", "Customer"), Column("name", "Name"), Column("grade", "Grade"),
    Column("rating", "Rating", "number"), Column("currency", "Cur"), Column("exposure", "Exposure", "money"),
    Column("limit", "Limit", "money"), Column("cover", "Cover", "money"), Column("available", "Available", "money"),
    Column("used", "Used"), Column("overdue", "Overdue", "money"), Column("held", "Held", "number"),
    Column("review", "Review", "date"), Column("remark", "Remark"),
]  # fmt: skip
_HELD = (
    Column("order", "Order"), Column("date", "Date", "date"), Column("customer", "Customer"), Column("name", "Name"),
    Column("currency", "Cur"), Column("unbilled", "Unbilled", "money"), Column("reasons", "Why"),
)  # fmt: skip


def build(book: CreditBook) -> Report:
    """Every customer who has a limit, owes something or has an order that is held; the fullest limit first."""
    held = [standing for standing in Holds(book).all() if standing.held]
    of = {customer: [s for s in held if s.order.customer == customer] for customer in {s.order.customer for s in held}}
    found = []
    for customer, conduct in conducts(book).items():
        exposure = book.exposure(book.limits.of(customer)[0])
        if exposure.limit.amount is not None or exposure.total or exposure.missing or customer in of:
            found.append((customer, conduct, exposure))
    found.sort(key=lambda one: (-_fullness(one[2]), one[0]))
    rows = [_row(book, customer, conduct, exposure, of.get(customer, ())) for customer, conduct, exposure in found]
    covered = any(exposure.limit.cover for _, _, exposure in found)
    columns = [replace(column, shown=covered or column.key != "cover") for column in _COLUMNS]
    table = Table(columns, rows, _feet(book, found), empty="Nobody owes anything, and there are no limits.")
    orders = Table(_HELD, [_order(book, standing) for standing in held], name="held", title="Orders held",
                   empty="No order is held.")  # fmt: skip
    over = sum(_over(exposure) for _, _, exposure in found)
    facts = [("Over their limit", str(over)), ("Orders held", str(len(held)))]
    return Report("credit", f"Credit on {book.as_of}", [table, orders], {"as_of": book.as_of}, facts=facts)


def _row(book: CreditBook, customer: str, c: Conduct, e: Exposure, held: Sequence[Standing]) -> list[Cell]:
    account, limit = book.limits.accounts[customer], e.limit
    rating = rate(c, account.terms, book.as_of)
    known, allowed = not e.missing, limit.allowed
    return [
        customer, book.ledger.names.get(customer, ""), rating.grade or "new", rating.points, limit.currency,
        Money(e.total, limit.currency) if known else None,
        None if limit.amount is None else Money(limit.amount, limit.currency), Money(limit.cover, limit.currency),
        Money(allowed - e.total, limit.currency) if known and allowed is not None else None, used(e),
        Money(c.overdue.amount, account.currency), len(held) or None, limit.review or rating.review,
        "; ".join(_remarks(book, e, rating)),
    ]  # fmt: skip


def _remarks(book: CreditBook, e: Exposure, rating: Rating) -> list[str]:
    """What to look at, in words."""
    limit = e.limit
    status = book.limits.accounts[limit.owner].status
    told = [
        (limit.amount is None, "no limit is set"), (_over(e), "over the limit"),
        (bool(limit.expires and limit.expires < book.as_of), f"the limit expired on {limit.expires}"),
        (bool(limit.review and limit.review <= book.as_of), "review is due"),
        (bool(e.missing), f"no rate is stated for {', '.join(e.missing)}"), (status != "open", status),
        (rating.grade == "D", "pays badly"),
    ]  # fmt: skip
    return [text for holds, text in told if holds]


def _over(e: Exposure) -> bool:
    return not e.missing and e.limit.allowed is not None and e.total > e.limit.allowed


def _fullness(e: Exposure) -> int:
    """The part of the limit that is used, in hundredths of a percent; -1 where there is none."""
    return e.total * 10_000 // e.limit.allowed if e.limit.allowed and not e.missing else -1


def _feet(book: CreditBook, found: Sequence[tuple[str, Conduct, Exposure]]) -> list[list[Cell]]:
    """Exposure, limits and what is overdue by currency, of customers with a limit or without."""
    sums: dict[str, list[int]] = {}
    for customer, conduct, e in found:
        own = sums.setdefault(e.limit.currency, [0, 0, 0, 0])
        for at, part in enumerate((0 if e.missing else e.total, e.limit.amount or 0, e.limit.cover)):
            own[at] += part
        sums.setdefault(book.limits.accounts[customer].currency, [0, 0, 0, 0])[3] += conduct.overdue.amount
    return [_foot(currency, amounts) for currency, amounts in sorted(sums.items())]


def _foot(currency: str, amounts: Sequence[int]) -> list[Cell]:
    exposure, limit, cover, overdue = (Money(amount, currency) for amount in amounts)
    return ["Total", None, None, None, currency, exposure, limit, cover, None, None, overdue, None, None, None]


def _order(book: CreditBook, standing: Standing) -> list[Cell]:
    order = standing.order
    names: Mapping[str, str] = book.ledger.names
    why = "; ".join(reason.text for reason in standing.reasons)
    return [order.order, order.date, order.customer, names.get(order.customer, ""), order.currency,
            Money(order.unbilled, order.currency), why]  # fmt: skip
