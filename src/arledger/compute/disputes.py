"""Disputes as of a date: what is contested of each item, who has it, and how long disputes take.

A dispute stands from its date until the day it is resolved. What counts as disputed is never more than what is
open of the item: a payment of the part nobody contests leaves the dispute as it is (RULES X1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from arledger.compute.open_items import OpenItem, open_items
from arledger.documents.disputes import Dispute, DisputeComment, DisputeResolution
from arledger.documents.fields import item_and_part
from arledger.errors import UsageError, did_you_mean
from arledger.ledger.table import FactRow, Ledger
from arledger.money import minor_of


class Disputed(NamedTuple):
    """A dispute with what became of it up to a day."""

    fact: str
    path: str
    dispute: Dispute
    amount: int  # minor units contested when it was opened; 0: an inquiry
    owner: str  # who has it now
    due: date | None  # the day it should be resolved by, as last said
    evidence: tuple[str, ...]
    comments: tuple[tuple[FactRow, DisputeComment], ...]  # oldest first
    resolved: tuple[FactRow, DisputeResolution] | None

    @property
    def ended(self) -> date | None:
        """The day it was resolved, or None while it is open."""
        return self.resolved[0].date if self.resolved else None

    def days(self, as_of: date) -> int:
        """How long it took, or has been open."""
        return ((self.ended or as_of) - self.dispute.date).days


def disputes(ledger: Ledger, as_of: date, customer: str | None = None) -> list[Disputed]:
    """Every dispute opened up to a day, oldest first, with what was said about it and how it ended by then."""
    opened = ledger.told(Dispute, as_of, customer)
    if not opened:
        return []
    comments: dict[str, list[tuple[FactRow, DisputeComment]]] = {}
    for row, comment in ledger.told(DisputeComment, as_of, customer):
        comments.setdefault(comment.dispute, []).append((row, comment))
    ends = {end.dispute: (row, end) for row, end in ledger.told(DisputeResolution, as_of, customer)}
    return [_disputed(row, dispute, comments.get(row.fact, ()), ends.get(row.fact)) for row, dispute in opened]


def _disputed(
    row: FactRow, dispute: Dispute, comments: Sequence[tuple[FactRow, DisputeComment]],
    end: tuple[FactRow, DisputeResolution] | None,
) -> Disputed:  # fmt: skip
    said = [comment for _, comment in comments]
    owner = next((c.owner for c in reversed(said) if c.owner), dispute.owner)
    due = next((c.due for c in reversed(said) if c.due), dispute.due)
    evidence = tuple(dict.fromkeys((*dispute.evidence, *(paper for c in said for paper in c.evidence))))
    return Disputed(row.fact, row.path, dispute, row.amount, owner, due, evidence, tuple(comments), end)


def named(ledger: Ledger, id_: str, day: date) -> Disputed:
    """The dispute of that id, or the one that is open of that item. Raises UsageError for none, or more than one."""
    told = disputes(ledger, day)
    if exact := next((d for d in told if d.fact == id_), None):
        return exact
    of_item = [d for d in told if not d.resolved and id_ in (d.dispute.item, item_and_part(d.dispute.item)[0])]
    if len(of_item) == 1:
        return of_item[0]
    if of_item:
        raise UsageError(f"DISPUTE: {id_} has {len(of_item)}", f"name one: {', '.join(d.fact for d in of_item)}")
    near = did_you_mean(id_, [d.fact for d in told])
    raise UsageError(f"DISPUTE: there is no dispute {id_} on {day}", near or "see ar dispute list --all")


class Contested(NamedTuple):
    """What is contested of an item or instalment with something open."""

    item: str  # as in `open_items`
    customer: str
    currency: str
    amount: int  # minor units, at most what is open


def contested(ledger: Ledger, as_of: date, customer: str | None = None) -> list[Contested]:
    """What is contested of each open item on a day, in the order of `open_items`. Nothing is read without disputes."""
    live = [d for d in disputes(ledger, as_of, customer) if not d.resolved and d.amount]
    if not live:
        return []
    items = open_items(ledger, as_of, customer, among={item_and_part(d.dispute.item)[0] for d in live})
    amounts = _over_parts([(d.dispute.item, d.amount) for d in live], items)
    return [Contested(i.item, i.customer, i.currency, amounts[i.item]) for i in items if amounts.get(i.item)]


def disputed(ledger: Ledger, as_of: date, customer: str | None = None) -> dict[str, int]:
    """Item or instalment → minor units contested of what is open of it."""
    return {c.item: c.amount for c in contested(ledger, as_of, customer)}


def _over_parts(claims: Iterable[tuple[str, int]], items: Sequence[OpenItem]) -> Mapping[str, int]:
    """The amounts contested by open item: of an invoice in instalments oldest first, unless one is named."""
    parts: dict[str, list[OpenItem]] = {}
    for item in items:
        parts.setdefault(item_and_part(item.item)[0], []).append(item)
    found: dict[str, int] = {}
    for named, amount in sorted(claims, key=lambda claim: "/" not in claim[0]):  # named instalments first
        left = amount
        for item in parts.get(item_and_part(named)[0], ()):
            if named in (item.item, item_and_part(item.item)[0]):
                taken = min(left, item.open - found.get(item.item, 0))
                found[item.item] = found.get(item.item, 0) + taken
                left -= taken
    return found


class Span(NamedTuple):
    """Days on which something of an item is held out of collection: from `first` on, up to `last` if it ended."""

    item: str
    first: date
    last: date | None  # the first day it no longer is
    amount: int | None = None  # minor units; None: all of it


def dispute_spans(ledger: Ledger, as_of: date, customer: str | None = None) -> list[Span]:
    """From when to when how much of which item was contested, as known at the end of `as_of`."""
    return [
        Span(d.dispute.item, d.dispute.date, d.ended, d.amount) for d in disputes(ledger, as_of, customer) if d.amount
    ]


def granted(ended: Disputed) -> int:
    """Minor units of a resolved dispute that were granted."""
    return minor_of(ended.resolved[1].amount, ended.dispute.currency) if ended.resolved else 0
