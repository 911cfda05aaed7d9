"""What matching needs to know, from the ledger: open items, customers as payers, earlier payments, policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from arledger.compute.discounts import credited, granted, offers
from arledger.compute.disputes import disputed
from arledger.compute.matching_types import (
    Agreed,
    MatchBook,
    MatchCustomer,
    MatchItem,
    MatchPolicy,
    PastPayment,
    Proposal,
    falls_by_item,
)
from arledger.compute.open_items import open_by_part, schedule_of
from arledger.compute.plans import plans
from arledger.compute.promises import promises
from arledger.compute.settlements import settlements
from arledger.documents.customers import Customer
from arledger.documents.fields import item_and_part
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import DIGITS, rounded

_REMEMBERED = 800  # days of earlier payments that teach who pays from which account


def match_book(ledger: Ledger, first: date, last: date) -> MatchBook:
    """Everything matching looks at for lines of these days, both counted."""
    customers = tuple(_customer(id_, customer) for id_, customer in ledger.customers())
    return MatchBook(
        tuple(_items(ledger, last)), customers, tuple(_past(ledger, first, last)), tuple(_agreed(ledger, last))
    )


def without(book: MatchBook, posted: Iterable[Proposal]) -> MatchBook:
    """The book as it is once these proposals are posted: their items are open with less."""
    fallen = falls_by_item(posted)
    if not fallen:
        return book
    items = [replace(item, open=item.open - fallen[item.item]) if item.item in fallen else item for item in book.items]
    return replace(book, items=tuple(items))


def _customer(id_: str, customer: Customer) -> MatchCustomer:
    return MatchCustomer(id_, (customer.name, *customer.payer.names), customer.payer.accounts, customer.parent or None)


def _items(ledger: Ledger, day: date) -> Iterator[MatchItem]:
    """Every invoice, settled ones with nothing open; open credits, which a payer may deduct."""
    columns = "item, kind, customer, currency, date, due, total, open, schedule, terms, po, refs, text"
    before, back, contested, of_day = granted(ledger), credited(ledger), disputed(ledger, day), date.fromordinal
    for values in ledger.rows(f"SELECT {columns} FROM items WHERE (total > 0 OR open != 0) AND customer != ''"):
        item, kind, customer, currency, on, due, total, open_, schedule, terms, po, refs, _ = values
        references = tuple(filter(None, (po, *refs.split("\n")))) if po or refs else ()
        if not schedule:
            granting = open_ > 0 and "/" in terms
            discounts = offers(ItemRow._make(values), before.get(item, 0), back.get(item, 0)) if granting else ()
            yield MatchItem(item, customer, currency, open_, total, of_day(on), of_day(due), discounts, references,
                            "", kind, item in contested)  # fmt: skip
            continue
        row = ItemRow._make(values)
        parts = zip(schedule_of(row), open_by_part(ledger, row, date.max), strict=True)
        for number, ((due, amount), left) in enumerate(parts, 1):
            part = f"{item}/{number}"
            yield MatchItem(part, customer, currency, left, amount, of_day(on), of_day(due), (), references, item,
                            kind, part in contested)  # fmt: skip


def _past(ledger: Ledger, first: date, last: date) -> Iterator[PastPayment]:
    """Earlier payments, which teach who pays; with what they paid where a line of these days may repeat them."""
    since = max(last.toordinal() - _REMEMBERED, 1)
    near = ledger.policy.matching.duplicate_days
    paid: dict[str, list[str]] = defaultdict(list)
    for fact, item, part in ledger.rows(
        "SELECT f.fact, e.item, e.part FROM facts f JOIN entries e ON e.owner = f.id WHERE f.kind = 'payments' "
        "AND f.date BETWEEN ? AND ? AND e.why = 'applied' AND e.item != f.fact",
        first.toordinal() - near, last.toordinal() + near,
    ):  # fmt: skip
        paid[fact].append(f"{item}/{part}" if part else item)
    for payment, customer, on, total, currency, payer, account, text in ledger.rows(
        "SELECT item, customer, date, total, currency, payer, account, text FROM items "
        "WHERE kind = 'payment' AND customer != '' AND date >= ? ORDER BY date, item",
        since,
    ):
        yield PastPayment(payment, customer, date.fromordinal(on), -total, currency, payer, account, text,
                          tuple(paid.get(payment, ())))  # fmt: skip


def _agreed(ledger: Ledger, day: date) -> Iterator[Agreed]:
    """What customers agreed to pay and have not paid yet: plans while they hold, offers and promises in their time."""
    for plan in plans(ledger, day):
        if plan.state != "completed":
            parts, terms = tuple((part.due, part.open) for part in plan.parts if part.open), plan.plan
            until = plan.defaulted - timedelta(1) if plan.defaulted else date.max
            yield Agreed(plan.fact, terms.customer, terms.currency, frozenset(terms.items), parts, terms.date,
                         f"the instalment of {{}} of the payment plan {plan.fact}", until)  # fmt: skip
    for settled in settlements(ledger, day):
        offer = settled.settlement
        if settled.amount > settled.paid and settled.state in ("offered", "expired"):
            yield Agreed(settled.fact, offer.customer, offer.currency, frozenset(offer.items),
                         ((offer.expires, settled.amount - settled.paid),), offer.date,
                         f"what settles {settled.fact} until {{}}", offer.expires)  # fmt: skip
    for promised in promises(ledger, day):
        said = promised.promise
        if promised.amount > promised.paid and promised.state != "replaced":
            yield Agreed(promised.fact, said.customer, said.currency,
                         frozenset(item_and_part(item)[0] for item in said.items),
                         ((said.due, promised.amount - promised.paid),), said.date,
                         f"what was promised by {{}} ({promised.fact})", promised.last)  # fmt: skip


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
