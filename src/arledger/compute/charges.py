"""Finance charges: what one run charges each customer, and what it gives back of earlier ones (RULES §4).

A run goes on where the last one ended: a finance charge remembers for which days of which item it was made, and on
what principal. Where a payment dated into those days shows that less was open, the charge is reckoned anew as it was
reckoned then, and the difference is given back. A change of policy changes nothing that was charged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import lcm
from typing import NamedTuple

from arledger.compute.charge_book import Debt, Remembered, Whose, debts, free_credits, remembered
from arledger.compute.charge_rates import ChargeTerms
from arledger.compute.interest import Segment, Steps, at, segments, to_minor, whole_months
from arledger.compute.principals import Spans, principals, spans
from arledger.documents.charges import Charged, Minimum
from arledger.ledger.table import Ledger
from arledger.money import allocate, minor_of, rounded
from arledger.policy.charges import Charges


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

    With `first` nothing before that day is charged. Raises BadValueError for days the terms have no rate for.
    """
    policy, memory = terms.charges, remembered(ledger, known, customer)
    charged_to, compensated = _so_far(memory)
    owed = debts(
        ledger, as_of, on_charges=policy.compound != "no", paid_late=policy.on == "paid-late",
        also=(one.item for document in memory for one in document.memory.charged), customer=customer,
    )  # fmt: skip
    credits_, held = free_credits(ledger, as_of, customer), spans(ledger, as_of, customer)
    exempt = {row[0] for row in ledger.rows("SELECT customer FROM customers WHERE json_extract(data, '$.charges') = 0")}
    found = []
    for whose, some in owed.items():
        if whose[0] in exempt:
            continue
        open_ = principals(some, credits_.get(whose, ()), held, policy.reckoning)
        windows = [(debt, window) for debt in some if (window := _window(debt, open_[debt.item], policy, as_of,
                   charged_to.get((whose, debt.item)), first))]  # fmt: skip
        one = _charge(whose, windows, open_, terms, compensated)
        if one.total:
            found.append(one)
    corrections = (_correction(document, owed, credits_, held, policy) for document in memory)
    return Run(tuple(found), tuple(one for one in corrections if one and one.amount > 0))


def _so_far(memory: Iterable[Remembered]) -> tuple[dict[tuple[Whose, str], date], set[tuple[str, str]]]:
    """The day up to which each item was charged, and the items compensated for, each with its customer."""
    to: dict[tuple[Whose, str], date] = {}
    compensated = set()
    for document in memory:
        whose = document.customer, document.currency
        for one in document.memory.charged:
            to[whose, one.item] = max(one.to, to.get((whose, one.item), date.min))
        compensated |= {(document.customer, one.item) for one in document.memory.compensation}
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
        if as_of <= over or not at(debt.steps, over):
            return None
    end = whole_months(anchor, as_of) if policy.per == "month" else as_of
    start = max(anchor, charged_to or anchor, first or anchor)
    if not at(open_, end):  # charged to the day nothing of it was left, so that what comes back is charged again
        end = max((day for day, _ in open_ if day <= end), default=start)
    return _Window(anchor, start, end) if start < end else None


def anchor_of(debt: Debt, policy: Charges) -> date:
    """The day after which a debt bears interest."""
    return debt.due + timedelta(days=policy.grace.days if policy.grace.as_ == "shift" else 0)


def _charge(
    whose: Whose, windows: Sequence[tuple[Debt, _Window]], open_: Mapping[str, Steps], terms: ChargeTerms,
    compensated: set[tuple[str, str]],
) -> CustomerCharge:  # fmt: skip
    how, items, late = terms.charges.reckoning, list[ItemCharge](), list[tuple[Debt, date]]()
    for debt, (anchor, start, end) in windows:
        rates = terms.rates_of(anchor, start, end)
        found = tuple(segments(how, rates, open_[debt.item], anchor, start, end))
        if charge := to_minor(sum(segment.interest for segment in found)):
            items.append(ItemCharge(debt.item, found, charge))
            late.append((debt, anchor))
    reckoned, items = items, _with_minimum(items, how.minimum, whose[1])
    fixed = [
        Compensation(debt.item, anchor, at(debt.steps, anchor), amount)
        for debt, anchor in (late if items else ())
        if (whose[0], debt.item) not in compensated and debt.kind != "finance-charge"
        and (amount := terms.compensation(at(debt.steps, anchor), whose[1]))
    ]  # fmt: skip
    return CustomerCharge(*whose, tuple(items), tuple(fixed), bool(items) and items != reckoned)


def _with_minimum(items: list[ItemCharge], minimum: Minimum, currency: str) -> list[ItemCharge]:
    """The items with what a run charges a customer at least: raised to the floor in their ratio, or none at all."""
    least, total = rounded(minimum.amount, currency), sum(item.charge for item in items)
    if not total or total >= least:
        return items
    if minimum.as_ == "suppress":
        return []
    parts = allocate(least, [item.charge for item in items])
    return [item._replace(charge=part) for item, part in zip(items, parts, strict=True)]


def _correction(
    document: Remembered,
    owed: Mapping[Whose, Sequence[Debt]],
    credits_: Mapping[Whose, Steps],
    held: Spans,
    policy: Charges,
) -> Correction | None:
    """What is to be given back of a finance charge; None where its principal was what it is now."""
    memory, currency, whose = document.memory, document.currency, (document.customer, document.currency)
    some = owed.get(whose, ())
    by_item = {debt.item: debt for debt in some}
    open_ = principals(some, credits_.get(whose, ()), held, memory.reckoned)
    stored: dict[str, list[Charged]] = {}
    for one in memory.charged:
        stored.setdefault(one.item, []).append(one)
    anew, changed = list[ItemCharge](), False
    for item, parts in stored.items():
        debt = by_item.get(item)
        anchor = anchor_of(debt, policy) if debt else parts[0].valid_from
        rates = [(part.valid_from + timedelta(days=1), part.rate) for part in parts]
        found = tuple(segments(memory.reckoned, rates, open_.get(item, ()), anchor, parts[0].valid_from, parts[-1].to))
        changed |= _steps((one.start, one.principal) for one in found) != _steps(
            (part.valid_from, minor_of(part.principal, currency)) for part in parts
        )
        anew.append(ItemCharge(item, found, to_minor(sum(segment.interest for segment in found))))
    if not changed:
        return None
    late = {one.item for one in anew if any(segment.principal for segment in one.segments)}
    charged = {one.item: one for one in _with_minimum([one for one in anew if one.charge], memory.reckoned.minimum,
                                                      currency)}  # fmt: skip
    anew = [charged.get(one.item, one._replace(charge=0)) for one in anew]
    before = {item: sum(minor_of(part.charge, currency) for part in parts) for item, parts in stored.items()}
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
