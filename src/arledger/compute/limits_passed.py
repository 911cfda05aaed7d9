"""Credit limits that are passed: which, and what a merge of branches passed that no branch passed alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from arledger.compute.changes import facts_at
from arledger.compute.exposure import CreditBook, Exposure
from arledger.compute.limits import Limit, Scope
from arledger.ledger.table import FactRow, Ledger
from arledger.money import Money, grouped

_RAISING = ("invoices", "orders", "refunds", "recoveries", "reversals")  # folders of facts that may raise an exposure
_NAMED = 6  # facts


class Together(NamedTuple):
    """A limit that was passed by what several branches did, none of which passed it: by which facts, largest first."""

    exposure: Exposure
    path: str  # where the limit is set
    facts: Sequence[FactRow]


def any_limit(ledger: Ledger) -> bool:
    """Whether there is any limit at all."""
    has = "json_extract(data, '$.credit_limit') IS NOT NULL OR json_extract(data, '$.credit.family_limit') IS NOT NULL"
    decided = "SELECT 1 FROM facts WHERE kind = 'credit-decisions' LIMIT 1"
    either = (f"SELECT 1 FROM customers WHERE {has} LIMIT 1", decided)
    return bool(ledger.credit.credit.groups) or any(ledger.rows(query) for query in either)


def limits_of(book: CreditBook, customers: Iterable[str]) -> dict[tuple[Scope, str], Limit]:
    """The limits that are set and that what these customers owe counts against."""
    found = (limit for customer in customers if customer in book.limits.accounts for limit in book.limits.of(customer))
    return {(limit.scope, limit.owner): limit for limit in found if limit.amount is not None}


def used(exposure: Exposure) -> str:
    """How much of a limit and its cover is used: `6,200.00 of 5,000.00 EUR`."""
    currency = exposure.limit.currency
    return f"{grouped(exposure.total, currency)} of {Money(exposure.limit.allowed or 0, currency).said()}"


def is_passed(exposure: Exposure) -> bool:
    """Whether more is used than may be; what has no rate cannot be judged."""
    return not exposure.missing and exposure.total > (exposure.limit.allowed or 0)


def passed_together(
    merged: Ledger, sides: Sequence[Ledger], paths: Iterable[str], as_of: dt.date
) -> Iterator[Together]:
    """The limits that the books after a merge pass, and those of no side. `paths` are the files the sides differ in."""
    rows = [row for row in facts_at(merged, paths).values() if row.kind in _RAISING]
    book, others = CreditBook(merged, as_of), [CreditBook(side, as_of) for side in sides]
    for key, limit in limits_of(book, sorted({row.customer for row in rows})).items():
        exposure, members = book.exposure(limit), book.limits.members(limit)
        if not is_passed(exposure) or any(_passes(other, key, members) for other in others):
            continue
        named = sorted((row for row in rows if row.customer in members), key=lambda row: (-row.amount, row.fact))
        yield Together(exposure, limit.path, named[:_NAMED])


def _passes(book: CreditBook, key: tuple[Scope, str], members: Sequence[str]) -> bool:
    """Whether a limit is set in other books, and passed there."""
    limit = limits_of(book, members).get(key)
    return limit is not None and is_passed(book.exposure(limit))
