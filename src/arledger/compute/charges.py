"""Finance charges: what one run charges each customer, and what it gives back of earlier ones (RULES §4).

A run goes on where the last one ended: a finance charge remembers for which days of which item it was made, and on
what principal. Where a payment dated into those days shows that less was open, the charge is reckoned anew as it was
reckoned then, and the difference is given back. A change of policy changes nothing that was charged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor, lcm
from typing import NamedTuple

from arledger.compute.charge_book import Debt, Remembered, Whose, debts, free_credits, remembered
from arledger.compute.charge_rates import ChargeTerms
from arledger.compute.interest import Segment, Steps, at, segments, to_minor, whole_months
from arledger.compute.principals import Spans, principals, spans
from arledger.documents.charges import Memory, Reckoning
from arledger.documents.fields import Percent
from arledger.ledger.table import Ledger
from arledger.money import allocate, minor_of, rounded
from arledger.policy.charges import Charges, effective_rate


class ItemCharge(NamedTuple):
    """Interest on one item for the days after the first segment's start up to the last one's end."""

    item: str
    segments: tuple[Segment, ...]
    charge: int  # minor units

    @property
    def shares(self) -> list[int]:
        """The charge split over the segments, in the ratio of their exact interest."""
        exact = [segment.interest for segment in self.segments]
        if not self.charge or not any(exact):
            return [self.charge, *([0] * (len(exact) - 1))]
        common = lcm(*(interest.denominator for interest in exact))
        return allocate(self.charge, [int(interest * common) for interest in exact])


class Compensation(NamedTuple):
    """The fixed sum for one debt that was late for the first time."""

    item: str
    since: date  # the day it became late after
    debt: int  # what was open of it then
    amount: int


class CustomerCharge(NamedTuple):
    """What one run charges a customer in one currency: one finance charge."""

    customer: str
    currency: str
    items: tuple[ItemCharge, ...]
    compensation: tuple[Compensation, ...]
    raised: bool  # to the least a run charges

    @property
    def total(self) -> int:
        """Interest and compensation, minor units."""
        return sum(one.charge for one in self.items) + sum(one.amount for one in self.compensation)


class Correction(NamedTuple):
    """What is given back of an earlier finance charge, and what that ought to have been."""

    charge: Remembered
    amount: int  # minor units
    items: tuple[ItemCharge, ...]  # each as it ought to have been
    before: Mapping[str, int]  # item → what was charged for it
    compensated: tuple[str, ...]  # items that were late all the same


class Run(NamedTuple):
    """A run, by customer and currency."""

    charges: tuple[CustomerCharge, ...]
    corrections: tuple[Correction, ...]


def run(ledger: Ledger, terms: ChargeTerms, as_of: date, *, known: date, first: date | None = None,
        customer: str = "") -> Run:  # fmt: skip
    """What is to be charged up to a day, and given back. `known`: the day up to which earlier charges count.

    With `first` that is the first day charged for. Raises BadValueError for days the terms have no rate for, with
    everybody who was to be charged for them.
    """
    policy, memory = terms.charges, remembered(ledger, known, customer)
    charged_to, compensated = _so_far(memory)
    book = _book(ledger, policy, as_of, memory, customer)
    exempt = {row[0] for row in ledger.rows("SELECT customer FROM customers WHERE json_extract(data, '$.charges') = 0")}
    windows: dict[Whose, list[tuple[Debt, _Window]]] = {}
    for whose, some in book.owed.items():
        open_ = book.principals(whose, policy.reckoning) if whose[0] not in exempt else {}
        windows[whose] = [
            (debt, window) for debt in some if debt.item in open_
            and (window := _window(debt, open_[debt.item], policy, as_of, charged_to.get((whose, debt.item)), first))
        ]  # fmt: skip
    terms.refuse_uncovered([
        (day, whose[0], debt.item) for whose, some in windows.items() for debt, window in some
        if (day := terms.uncovered(*window))
    ])  # fmt: skip
    found = [_charge(whose, some, book.principals(whose, policy.reckoning), terms, compensated)
             for whose, some in windows.items() if some]  # fmt: skip
    corrections = (
        _correction(document, book, policy) for document in memory if document.left > 0 and _moved(document, book)
    )
    return Run(tuple(one for one in found if one.total), tuple(one for one in corrections if one.amount > 0))


@dataclass(frozen=True)
class _Book:
    """What bears interest: debts by customer and currency, what covers them and what is held out of them."""

    owed: Mapping[Whose, Sequence[Debt]]
    credits_: Mapping[Whose, Steps]
    held: Spans
    known: dict[tuple[Whose, Reckoning], dict[str, Steps]] = field(default_factory=dict)

    def principals(self, whose: Whose, how: Reckoning) -> dict[str, Steps]:
        """What bears interest of each debt of a customer, day by day; worked out once."""
        if (whose, how) not in self.known:
            some, credits_ = self.owed.get(whose, ()), self.credits_.get(whose, ())
            self.known[whose, how] = principals(some, credits_, self.held, how)
        return self.known[whose, how]


def _book(ledger: Ledger, policy: Charges, as_of: date, memory: Sequence[Remembered], customer: str) -> _Book:
    """The debts that are, or were, charged; of customers with unapplied money all that were late, for that covers
    the oldest first, on every day that is over as it did then."""
    credits_ = free_credits(ledger, as_of, customer)
    on_charges = policy.compound != "no" or any(one.data.get("reckoned", {}).get("compound") for one in memory)
    owed = debts(
        ledger, as_of, on_charges=on_charges, paid_late=policy.on == "paid-late", customer=customer,
        also=(item for document in memory for item in document.parts), whole=(whose for whose, _ in credits_),
    )  # fmt: skip
    return _Book(owed, credits_, spans(ledger, as_of, customer))


def _so_far(memory: Iterable[Remembered]) -> tuple[dict[tuple[Whose, str], date], set[tuple[str, str]]]:
    """The day up to which each item was charged, and the items compensated for, each with its customer."""
    to: dict[tuple[Whose, str], date] = {}
    compensated = set()
    for document in memory:
        for item, parts in document.parts.items():
            to[document.whose, item] = max(parts[-1][1], to.get((document.whose, item), date.min))
        compensated |= {(document.customer, one["item"]) for one in document.data.get("compensation", ())}
    return to, compensated


class _Window(NamedTuple):
    anchor: date  # from which on the item bears interest at all
    start: date
    end: date


def _window(debt: Debt, open_: Steps, policy: Charges, as_of: date, charged_to: date | None, first: date | None
            ) -> _Window | None:  # fmt: skip
    """The days of a debt that this run charges; None when there are none."""
    grace = policy.grace
    anchor = anchor_of(debt, policy)
    if anchor >= as_of or (policy.on == "open" and not at(debt.steps, as_of)):
        return None
    if grace.as_ == "gate" and charged_to is None:
        over = debt.due + timedelta(days=grace.days)
        if as_of <= over or not _open_after(debt.steps, over, as_of):
            return None
    end = whole_months(anchor, as_of) if policy.per == "month" else as_of
    start = max(anchor, charged_to or anchor, first - timedelta(days=1) if first and first > date.min else anchor)
    if policy.per == "day" and not at(open_, start):
        start = next((day for day, amount in open_ if day > start and amount), end)
    if not at(open_, end):  # charged to the day nothing of it was left, so that what comes back is charged again
        end = max((day for day, _ in open_ if day <= end), default=start)
    return _Window(anchor, start, end) if start < end else None


def _open_after(steps: Steps, first: date, last: date) -> int:
    """What was open at the end of a day, or on the first day after it that anything was, up to a last one."""
    return at(steps, first) or next((amount for day, amount in steps if first < day <= last and amount), 0)


def anchor_of(debt: Debt, policy: Charges) -> date:
    """The day after which a debt bears interest."""
    return debt.due + timedelta(days=policy.grace.days if policy.grace.as_ == "shift" else 0)


def _charge(
    whose: Whose, windows: Sequence[tuple[Debt, _Window]], open_: Mapping[str, Steps], terms: ChargeTerms,
    compensated: set[tuple[str, str]],
) -> CustomerCharge:  # fmt: skip
    how, items, late = terms.charges.reckoning, list[ItemCharge](), list[tuple[Debt, date, int]]()
    for debt, (anchor, start, end) in windows:
        rates = terms.rates_of(anchor, start, end)
        found = tuple(segments(how, rates, open_[debt.item], anchor, start, end))
        if charge := to_minor(sum(segment.interest for segment in found)):
            items.append(ItemCharge(debt.item, found, charge))
            late.append((debt, anchor, _open_after(debt.steps, anchor, end)))
    reckoned, items = items, _with_minimum(items, how, whose[1])
    fixed = [
        Compensation(debt.item, anchor, owed, amount)
        for debt, anchor, owed in (late if items else ())
        if (whose[0], debt.item) not in compensated and debt.kind != "finance-charge"
        and (amount := terms.compensation(owed, whose[1]))
    ]  # fmt: skip
    return CustomerCharge(*whose, tuple(items), tuple(fixed), bool(items) and items != reckoned)


def _with_minimum(items: list[ItemCharge], how: Reckoning, currency: str) -> list[ItemCharge]:
    """The items with what a run charges a customer at least: raised to the floor in their ratio, as far as the cap
    allows, or none at all."""
    least, total = rounded(how.minimum.amount, currency), sum(item.charge for item in items)
    if not total or total >= least:
        return items
    if how.minimum.as_ == "suppress":
        return []
    if how.cap is not None:
        least = max(min(least, _at_cap(items, how, how.cap)), total)
    parts = allocate(least, [item.charge for item in items])
    return [item._replace(charge=part) for item, part in zip(items, parts, strict=True)]


def _at_cap(items: Sequence[ItemCharge], how: Reckoning, cap: Percent) -> int:
    """What the days of these items would bear at the cap, minor units, rounded down."""
    parts = [one for item in items for one in item.segments if one.rate]
    return floor(sum(one.interest * Fraction(cap) / Fraction(effective_rate(one.rate, how)) for one in parts))


def _moved(document: Remembered, book: _Book) -> bool:
    """Whether another principal than a finance charge was made on is what its days bear now."""
    how = document.reckoned
    open_ = book.principals(document.whose, how)
    for item, parts in document.parts.items():
        first, last = parts[0][0], parts[-1][1]
        steps = open_.get(item, ())
        if how.method == "balance-due":
            now = _steps((one.start, one.principal) for one in _anew(document.memory, item, steps, first))
        else:
            now = _steps([(first, at(steps, first)), *(step for step in steps if first < step[0] < last)])
        if now != _steps((start, principal) for start, _, principal in parts):
            return True
    return False


def _anew(memory: Memory, item: str, steps: Steps, anchor: date) -> tuple[Segment, ...]:
    """The segments of an item that a finance charge would have now, at the rates it had."""
    parts = [part for part in memory.charged if part.item == item]
    rates = [(part.valid_from + timedelta(days=1), part.rate) for part in parts]
    return tuple(segments(memory.reckoned, rates, steps, anchor, parts[0].valid_from, parts[-1].to))


def _correction(document: Remembered, book: _Book, policy: Charges) -> Correction:
    """What is to be given back of a finance charge, whose principal is not what it was."""
    memory, currency = document.memory, document.currency
    open_ = book.principals(document.whose, memory.reckoned)
    anchors = {debt.item: anchor_of(debt, policy) for debt in book.owed.get(document.whose, ())}
    anew = list[ItemCharge]()
    for item, parts in document.parts.items():
        found = _anew(memory, item, open_.get(item, ()), anchors.get(item, parts[0][0]))
        anew.append(ItemCharge(item, found, to_minor(sum(segment.interest for segment in found))))
    late = {one.item for one in anew if any(segment.principal for segment in one.segments)}
    charged = {one.item: one for one in _with_minimum([one for one in anew if one.charge], memory.reckoned,
                                                      currency)}  # fmt: skip
    anew = [charged.get(one.item, one._replace(charge=0)) for one in anew]
    before: dict[str, int] = {}
    for part in memory.charged:
        before[part.item] = before.get(part.item, 0) + minor_of(part.charge, currency)
    back = sum(before.values()) - sum(one.charge for one in anew)
    back += sum(minor_of(one.amount, currency) for one in memory.compensation if one.item not in late)
    kept = tuple(one.item for one in memory.compensation if one.item in late)
    return Correction(document, min(back, document.left), tuple(anew), before, kept)


def _steps(principal: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    """The days on which a principal changes, and to what."""
    found: list[tuple[date, int]] = []
    for day, amount in principal:
        if not found or found[-1][1] != amount:
            found.append((day, amount))
    return found
