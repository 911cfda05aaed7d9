"""Customers by what they owe: how much of it rests on few, and who is late."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from arledger.compute.aging import aged_customers
from arledger.compute.open_items import open_items
from arledger.compute.plans import by_plan, holding
from arledger.ledger.table import Ledger
from arledger.policy.aging import Aging


class Debtor(NamedTuple):
    """What a customer owes in one currency, minor units."""

    customer: str
    currency: str
    debits: int  # credits not counted
    unapplied: int  # negative
    overdue: int
    past_90: int
    oldest: date | None  # the earliest due date of what is overdue
    items: int  # how many items and instalments are overdue


def debtors(ledger: Ledger, as_of: date) -> list[Debtor]:
    """Every customer who owes something, by currency and then the most first. Foots to the control account."""
    late: dict[tuple[str, str], list[date]] = {}
    for item in by_plan(open_items(ledger, as_of), holding(ledger, as_of)):
        if not item.is_credit and item.due < as_of:
            late.setdefault((item.customer, item.currency), []).append(item.due)
    found = []
    for row in aged_customers(ledger, as_of, Aging("due", (90,))):
        dues = late.get((row.group, row.currency), [])
        _, past, old = row.buckets
        found.append(Debtor(row.group, row.currency, sum(row.buckets), row.unapplied, past + old, old,
                            min(dues, default=None), len(dues)))  # fmt: skip
    return sorted(found, key=lambda d: (d.currency, -d.debits, d.customer))
