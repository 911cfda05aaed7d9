"""Ageing: open items by days past due. It foots, or it refuses to be printed (RULES A3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from arledger.compute.open_items import OpenItem, open_items
from arledger.errors import LedgerError, Place, Problem
from arledger.ledger.table import Ledger
from arledger.money import plain
from arledger.policy import Aging


class Aged(NamedTuple):
    """One row of an ageing: what is open of a group in one currency, by bucket, minor units."""

    group: str
    currency: str
    buckets: tuple[int, ...]  # as `Aging.names`
    unapplied: int  # credits not yet applied, negative; never in a bucket (RULES A2)

    @property
    def total(self) -> int:
        """Buckets and unapplied together: what the group owes."""
        return sum(self.buckets) + self.unapplied


Group = Callable[[OpenItem], str]


def age(items: Iterable[OpenItem], as_of: date, aging: Aging, group: Group) -> list[Aged]:
    """The items in buckets by group and currency, in the order of both."""
    names = aging.names
    sums: dict[tuple[str, str], list[int]] = {}
    for item in items:
        row = sums.setdefault((group(item), item.currency), [0] * (len(names) + 1))
        if item.is_credit:
            row[-1] += item.open
        else:
            from_ = item.due if aging.basis == "due" else item.date
            row[aging.bucket((as_of - from_).days)] += item.open
    return [Aged(*key, tuple(row[:-1]), row[-1]) for key, row in sorted(sums.items()) if any(row)]


def totals(rows: Sequence[Aged]) -> list[Aged]:
    """One row a currency: currencies are never added together (RULES A7)."""
    found: dict[str, Aged] = {}
    for row in rows:
        sum_ = found.get(row.currency, Aged("", row.currency, (0,) * len(row.buckets), 0))
        buckets = tuple(a + b for a, b in zip(sum_.buckets, row.buckets, strict=True))
        found[row.currency] = Aged("", row.currency, buckets, sum_.unapplied + row.unapplied)
    return [found[currency] for currency in sorted(found)]


def aged(ledger: Ledger, as_of: date, aging: Aging, group: Group, customer: str | None = None) -> list[Aged]:
    """The ageing of the ledger on a date. Raises LedgerError when it does not foot to the control account."""
    rows = age(open_items(ledger, as_of, customer), as_of, aging, group)
    if customer is None:
        refuse_unless_it_foots(ledger, as_of, totals(rows))
    return rows


def refuse_unless_it_foots(ledger: Ledger, as_of: date, sums: Sequence[Aged]) -> None:
    """Raises LedgerError unless the totals equal the control account of the date, currency by currency."""
    by_currency = {row.currency: row.total for row in sums if row.total}
    control = ledger.control(as_of)
    if by_currency != control:
        currency = next(c for c in {**by_currency, **control} if by_currency.get(c, 0) != control.get(c, 0))
        message = (
            f"the ageing on {as_of} is {plain(by_currency.get(currency, 0), currency)} {currency}, the control "
            f"account {plain(control.get(currency, 0), currency)}"
        )
        raise LedgerError([Problem(Place("ledgers"), "does-not-foot", message, "run ar check; then report this")])
