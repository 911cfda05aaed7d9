"""Amounts: what is expected for items on a day, how a payment settles them, which sets add up to a sum.

The settlement rule (RULES D6): a payment settles items when it differs from what is expected, which is what is
open less the discounts still granted, by no more than the items' tolerances together.
Source: Dynamics 365 Business Central, "Payment tolerance and payment discount tolerance", whose published
table of 18 cases is a test.

All amounts are whole minor units.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal, NamedTuple

from arledger.compute.matching_types import Class, MatchItem, MatchPolicy, Offset, Share
from arledger.money import share_of

Lateness = Literal["due", "grace", "any"]
Offer = tuple[Class, list[int], str]  # what would close the items: with which discounts, in words


class Payable(NamedTuple):
    """An item with what is open of it at this point of the run, discount taken so far left out."""

    about: MatchItem
    open: int  # positive
    granted: int = 0  # discount already given in this run
    credit: int = 0  # what a credit note deducted with this payment takes off it: no discount on that (RULES D4)

    def discount(self, day: dt.date, policy: MatchPolicy, lateness: Lateness) -> int:
        """The best discount for a payment of that day: still due, within grace too, or however late."""
        grace = dt.timedelta(days=policy.grace_days if lateness == "grace" else 0)
        total = max(self.about.total, 1)
        tiers = [
            amount - (2 * amount * self.credit + total) // (2 * total)
            for until, amount in self.about.discounts
            if lateness == "any" or day <= until + grace
        ]
        return min(max(max(tiers, default=0) - self.granted, 0), self.open)

    def tolerance(self, policy: MatchPolicy) -> int:
        """The most that may be written off: the smaller of the rate and the cap, nothing for customers without."""
        if self.about.customer in policy.oldest_first or self.about.customer in policy.no_tolerance:
            return 0
        by_rate = None if policy.tolerance_percent is None else share_of(self.about.total, policy.tolerance_percent)
        cap = None if policy.tolerance_max is None else policy.tolerance_max.get(self.about.currency, 0)
        limits = [limit for limit in (by_rate, cap) if limit is not None]
        return max(min(limits, default=0), 0)


class Settlement(NamedTuple):
    """How a payment is spread over items, and what kind of result that is."""

    result: Class
    shares: tuple[Share, ...]
    unapplied: int
    why: str
    offsets: tuple[Offset, ...] = ()


def serving_order(item: MatchItem, policy: MatchPolicy) -> tuple[int, dt.date, int, bool, str]:
    """The key of the order in which items are served: kinds the policy puts first, then oldest due, then the
    better discount, then invoices before finance charges (RULES C5)."""
    first = policy.kind_order.index(item.kind) if item.kind in policy.kind_order else len(policy.kind_order)
    best = max((amount * 10_000 // max(item.total, 1) for _, amount in item.discounts), default=0)
    return (first, item.due, -best, item.kind == "finance-charge", item.item)


def settle(
    items: Sequence[Payable],
    paid: int,
    day: dt.date,
    policy: MatchPolicy,
    *,
    charges: int = 0,
    late: bool | None = None,
) -> Settlement:
    """How `paid` on `day` settles exactly these items, served in the order given.

    `charges` is what the bank kept of the payment. `late` says whether a discount within grace is accepted; None
    accepts it when it explains the amount and the full amount does not.
    """
    offers = _offers(items, day, policy, late)
    return _closing(items, paid, policy, offers, charges) or _partial(items, paid, day, policy, offers)


def _closing(
    items: Sequence[Payable], paid: int, policy: MatchPolicy, offers: Sequence[Offer], charges: int
) -> Settlement | None:
    """A settlement that closes every item: to the unit first, then with bank charges, then within tolerance."""
    for result, discounts, why in offers:
        if paid == _expected(items, discounts):
            return _close(items, discounts, [0] * len(items), result, why)
    if charges and policy.accept_bank_charges:
        for _, discounts, why in offers:
            if paid + charges == _expected(items, discounts):
                said = f"{why}; the bank kept the difference in charges"
                spread = _spread(charges, items, discounts, [item.open for item in items])
                return _close(items, discounts, spread, "tolerance", said) if spread else None
    caps = [item.tolerance(policy) for item in items]
    least, at = min((abs(_expected(items, offer[1]) - paid), at) for at, offer in enumerate(offers))
    if least > sum(caps):
        return None
    _, discounts, why = offers[at]
    spread = _spread(_expected(items, discounts) - paid, items, discounts, caps)
    return _close(items, discounts, spread, "tolerance", f"{why}, within tolerance") if spread else None


def _offers(items: Sequence[Payable], day: dt.date, policy: MatchPolicy, late: bool | None) -> list[Offer]:
    """The amounts that would close the items, likeliest first: less discount due, in full, less discount in grace."""
    none = [0] * len(items)
    due = [item.discount(day, policy, "due") for item in items]
    grace = [item.discount(day, policy, "grace") for item in items]
    if late is True and any(grace):
        return [("discount", grace, "amount is what is open less the discount accepted late")]
    offers: list[Offer] = [("exact", none, "amount equals what is open")]
    if any(due):
        offers.insert(0, ("discount", due, "amount is what is open less the discount due"))
    if late is None and grace != due:
        offers.append(("discount", grace, f"amount is less the discount, late within {policy.grace_days} days' grace"))
    return offers


def _expected(items: Sequence[Payable], discounts: Sequence[int]) -> int:
    return sum(item.open for item in items) - sum(discounts)


def _spread(
    difference: int, items: Sequence[Payable], discounts: Sequence[int], caps: Sequence[int]
) -> list[int] | None:
    """The difference put on the items in order, each up to its cap and so that it still gets some of the payment.

    None when it does not fit.
    """
    sign, left, spread = (-1 if difference < 0 else 1), abs(difference), []
    for at, item in enumerate(items):
        room = item.open - discounts[at] - 1 if sign > 0 else left
        part = min(left, caps[at], room)
        spread.append(sign * part)
        left -= part
    return None if left else spread


def _close(
    items: Sequence[Payable], discounts: Sequence[int], differences: Sequence[int], result: Class, why: str
) -> Settlement:
    shares = [
        Share(item.about.item, item.open - discount - difference, discount, difference)
        for item, discount, difference in zip(items, discounts, differences, strict=True)
    ]
    return Settlement(result, tuple(shares), 0, why)


def _partial(
    items: Sequence[Payable], paid: int, day: dt.date, policy: MatchPolicy, offers: Sequence[Offer]
) -> Settlement:
    """A settlement that leaves something: open items when too little was paid, unapplied money when too much."""
    none, due = [0] * len(items), offers[0][1]
    if paid > (expected := _expected(items, due)):
        closed = _close(items, due, none, "over", "more was paid than is expected")
        return closed._replace(unapplied=paid - expected)
    asked = [item.discount(day, policy, "any") for item in items]
    if asked != due and paid == _expected(items, asked):
        shares = [
            Share(item.about.item, item.open - wanted, min(granted, wanted))
            for item, wanted, granted in zip(items, asked, due, strict=True)
        ]
        return Settlement("short", tuple(shares), 0, "short by a discount no longer due (reason 24)")
    if len(items) == 1 and policy.partial_discount == "proportional" and any(due):
        return _proportional(items[0], paid, due[0])
    return Settlement("short", in_order(items, paid), 0, "less was paid than is open")


def _proportional(item: Payable, paid: int, discount: int) -> Settlement:
    """Part of the discount for part of the payment: paid ÷ (1 − rate) × rate, half up (RULES D3)."""
    base = item.open - discount
    part = (2 * paid * discount + base) // (2 * base)
    share = Share(item.about.item, paid, min(part, item.open - paid))
    return Settlement("short", (share,), 0, "part payment with its part of the discount")


def in_order(items: Sequence[Payable], paid: int) -> tuple[Share, ...]:
    """The payment given to the items one after another, each up to what is open, until it is used up."""
    shares, left = [], paid
    for item in items:
        part = min(left, item.open)
        if part > 0:
            shares.append(Share(item.about.item, part))
        left -= part
    return tuple(shares)
