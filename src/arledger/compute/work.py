"""What collectors did in a period: contacts, whom they reached, what was promised, and what of it was kept.

A contact counts for who made it, else for the customer's collector; a promise for the customer's collector. Contacts
by the customer are not ours and count for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple

from arledger.compute.contacts import contacts
from arledger.compute.promises import Promised, promises
from arledger.dates import month_end, month_of
from arledger.ledger.table import Ledger

By = Literal["week", "month"]


class Work(NamedTuple):
    """The work of a collector in one period. Numbers of things."""

    period: str  # 2026-W26, 2026-06
    collector: str
    contacts: int
    days: int  # with any
    right_party: int
    promised: int  # of those, that brought a promise
    due: int  # promises whose last day lies in the period, without those that were replaced
    kept: int
    partly: int
    taken: Mapping[str, int]  # currency → minor units promised in the period
    kept_amount: Mapping[str, int]  # currency → minor units of the kept ones


def work(ledger: Ledger, first: date, last: date, by: By) -> list[Work]:
    """The work of each collector in each week or month from `first` to `last`, by period and name."""
    collectors = {customer: data.collector for customer, data in ledger.customers()}
    spans = list(_spans(first, last, by))
    ours = [(c.collector or collectors.get(c.customer, ""), c) for _, c in contacts(ledger, last, None, first)
            if not c.inbound]  # fmt: skip
    made = [(collectors.get(p.promise.customer, ""), p) for p in promises(ledger, last)]
    found = []
    for name, begin, end in spans:
        theirs = [(who, c) for who, c in ours if begin <= c.date <= end]
        due = [(who, p) for who, p in made if begin <= p.last <= end and p.state not in ("pending", "replaced")]
        new = [(who, p) for who, p in made if begin <= p.promise.date <= end]
        for who in sorted({who for who, _ in (*theirs, *due, *new)}):
            mine = [c for one, c in theirs if one == who]
            reached = [c for c in mine if c.right_party]
            judged = [p for one, p in due if one == who]
            kept = [p for p in judged if p.state == "kept"]
            found.append(Work(
                name, who, len(mine), len({c.date for c in mine}), len(reached),
                sum(c.outcome == "promised" for c in reached), len(judged), len(kept),
                sum(p.state == "partly kept" for p in judged), _amounts([p for one, p in new if one == who]),
                _amounts(kept),
            ))  # fmt: skip
    return found


def _amounts(found: list[Promised]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for p in found:
        sums[p.promise.currency] = sums.get(p.promise.currency, 0) + p.amount
    return sums


def _spans(first: date, last: date, by: By) -> Iterator[tuple[str, date, date]]:
    """Each week (Monday to Sunday, by ISO 8601) or month from `first` to `last`, cut at both."""
    begin = first
    while begin <= last:
        if by == "month":
            name, end = month_of(begin), month_end(begin)
        else:
            year, week, weekday = begin.isocalendar()
            name, end = f"{year:04}-W{week:02}", begin + timedelta(days=7 - weekday)
        yield name, begin, min(end, last)
        begin = end + timedelta(days=1)
