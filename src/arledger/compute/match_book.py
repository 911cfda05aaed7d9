"""What matching needs to know, from the ledger: open items, customers as payers, earlier payments, policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from arledger.compute.discounts import granted, offers
from arledger.compute.matching_types import MatchBook, MatchCustomer, MatchItem, MatchPolicy, PastPayment, Proposal
from arledger.compute.open_items import open_by_part, schedule_of
from arledger.documents.customers import Customer
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import DIGITS, rounded

_REMEMBERED = 800  # days of earlier payments that teach who pays from which account


def match_book(ledger: Ledger, day: date) -> MatchBook:
    """Everything matching looks at for lines up to `day`."""
    customers = tuple(_customer(id_, customer) for id_, customer in ledger.customers())
    return MatchBook(tuple(_items(ledger)), customers, tuple(_past(ledger, day)))


def without(book: MatchBook, posted: Iterable[Proposal]) -> MatchBook:
    """The book as it is once these proposals are posted: their items are open with less."""
    fallen: dict[str, int] = defaultdict(int)
    for proposal in posted:
        for share in proposal.shares:
            fallen[share.item] += share.amount + share.discount + share.difference
        for offset in proposal.offsets:
            fallen[offset.item] += offset.amount
            fallen[offset.credit] -= offset.amount
    if not fallen:
        return book
    items = [replace(item, open=item.open - fallen[item.item]) if item.item in fallen else item for item in book.items]
    return replace(book, items=tuple(items))


def _customer(id_: str, customer: Customer) -> MatchCustomer:
    return MatchCustomer(id_, (customer.name, *customer.payer.names), customer.payer.accounts, customer.parent or None)


def _items(ledger: Ledger) -> Iterator[MatchItem]:
    """Every invoice, settled ones with nothing open; open credits, which a payer may deduct."""
    columns = "item, kind, customer, currency, date, due, total, open, schedule, terms, po, refs, text"
    before = granted(ledger)
    for values in ledger.rows(f"SELECT {columns} FROM items WHERE (total > 0 OR open != 0) AND customer != ''"):
        row = ItemRow._make(values)
        references = tuple(text for text in (row.po, *row.refs.split("\n")) if text)
        discounts = offers(row, before.get(row.item, 0))
        if not row.schedule:
            yield MatchItem(row.item, row.customer, row.currency, row.open, row.total, date.fromordinal(row.date),
                            date.fromordinal(row.due), discounts, references, kind=row.kind)  # fmt: skip
            continue
        for number, ((due, amount), open_) in enumerate(
            zip(schedule_of(row), open_by_part(ledger, row, date.max), strict=True), 1
        ):
            yield MatchItem(
                f"{row.item}/{number}",
                row.customer,
                row.currency,
                open_,
                amount,
                date.fromordinal(row.date),
                date.fromordinal(due),
                (),
                references,
                row.item,
                row.kind,
            )


def _past(ledger: Ledger, day: date) -> Iterator[PastPayment]:
    since = (
        max(day - timedelta(days=_REMEMBERED), date.min) if day > date.min + timedelta(days=_REMEMBERED) else date.min
    )
    for payment, customer, on, total, currency, payer, account, text in ledger.rows(
        "SELECT item, customer, date, total, currency, payer, account, text FROM items "
        "WHERE kind = 'payment' AND customer != '' AND date >= ? ORDER BY date, item",
        since.toordinal(),
    ):
        yield PastPayment(payment, customer, date.fromordinal(on), -total, currency, payer, account, text)


def match_policy(ledger: Ledger) -> MatchPolicy:
    """The policy of ledger.yaml as matching takes it: an absent tolerance gives none."""
    matching, discounts = ledger.policy.matching, ledger.policy.discounts
    tolerance = matching.tolerance
    most = tolerance.max
    limits = (
        {code: rounded(amount, code) for code, amount in most.items()}
        if not isinstance(most, Decimal)
        else {code: rounded(most, code) for code in DIGITS}
    )
    return MatchPolicy(
        tolerance_percent=tolerance.percent or None,
        tolerance_max=limits if any(limits.values()) else None,
        grace_days=discounts.grace_days,
        partial_discount=discounts.partial,
        duplicate_days=matching.duplicate_days,
    )
