"""When customers pay: of invoices not yet paid so many days past due, how many are paid by another day.

A survival curve by days past due, counted from what was settled and what is still open (Kaplan and Meier). Each
customer's own history counts once for each invoice; that of all customers stands in with the weight of a few, so a
customer with a long history pays as they do, and one with none as everybody does. Whole numbers only: a probability is
in millionths.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from arledger.compute.open_items import OpenItem
from arledger.ledger.schema import NEVER
from arledger.ledger.table import Ledger

ONE = 1_000_000  # certain
EARLY, LATE = -60, 240  # days past due the curve spans; what was paid earlier or later counts at the ends
HISTORY = 730  # days back that count
PRIOR = 2  # how many invoices of their own the history of all customers weighs

_DAYS = LATE - EARLY + 1
_NONE = [0] * _DAYS


class Paid(NamedTuple):
    """How many invoices of a customer were settled so many days past due."""

    customer: str
    late: int
    number: int


def paid(ledger: Ledger, as_of: date) -> list[Paid]:
    """What was settled in the time before `as_of` that counts, as known at its end; by customer and days past due."""
    day = min(as_of.toordinal(), NEVER - 1)
    rows = ledger.rows(
        "WITH ended AS (SELECT customer, settled - due AS late FROM items WHERE total > 0 AND kind != 'deduction' "
        "AND last <= ?2 AND settled BETWEEN ?1 AND ?2 UNION ALL "
        "SELECT i.customer, MAX(e.date) - i.due FROM items i JOIN entries e ON e.item = i.item WHERE i.total > 0 "
        "AND i.kind != 'deduction' AND i.last > ?2 AND i.date <= ?2 AND i.settled >= ?1 AND e.date <= ?2 "
        "GROUP BY i.item HAVING SUM(e.amount) = 0 AND MAX(e.date) >= ?1) "
        "SELECT customer, late, COUNT(*) FROM ended GROUP BY 1, 2 ORDER BY 1, 2",
        (as_of - timedelta(days=min(HISTORY, as_of.toordinal() - 1))).toordinal(), day,
    )  # fmt: skip
    return [Paid(*row) for row in rows]


def _at(days: int) -> int:
    """The place of so many days past due on the curve."""
    return min(max(days, EARLY), LATE) - EARLY


class Behaviour:
    """How each customer pays, from what they settled and what they have open on a day."""

    def __init__(self, settled: Iterable[Paid], open_: Sequence[OpenItem], as_of: date) -> None:
        self._as_of = as_of
        self._events: dict[str, list[int]] = {}
        self._waiting: dict[str, list[int]] = {}
        self._curves: dict[str, Sequence[int]] = {}
        self.averages = averages_of(settled := list(settled))
        for customer, late, count in settled:
            self._events.setdefault(customer, [0] * _DAYS)[_at(late)] += count
        for item in open_:
            if item.total > 0 and (late := (as_of - item.due).days) >= EARLY:
                self._waiting.setdefault(item.customer, [0] * _DAYS)[_at(late)] += 1

    @cached_property
    def _everybody(self) -> Sequence[int]:
        """What the history of all customers adds to the payments of each day of the curve, in millionths.

        One invoice that is never paid is counted with theirs, so that nothing is ever certain.
        """
        events, waiting = _summed(self._events), _summed(self._waiting)
        found, risk = [], sum(events) + sum(waiting) + 1
        for paid_, open_ in zip(events, waiting, strict=True):
            found.append(ONE * PRIOR * paid_ // risk)
            risk -= paid_ + open_
        return found

    def curve(self, customer: str) -> Sequence[int]:
        """The part of a customer's invoices still unpaid after each day past due, in millionths."""
        if customer not in self._curves:
            known = customer in self._events or customer in self._waiting
            self._curves[customer] = self._curve(customer) if known or not customer else self.curve("")
        return self._curves[customer]

    def _curve(self, customer: str) -> Sequence[int]:
        events, waiting = self._events.get(customer, _NONE), self._waiting.get(customer, _NONE)
        left, found, risk = ONE, [], sum(events) + sum(waiting) + PRIOR
        for paid_, open_, theirs in zip(events, waiting, self._everybody, strict=True):
            left -= left * (ONE * paid_ + theirs) // (ONE * risk)
            found.append(left)
            risk -= paid_ + open_
        return found

    def chance(self, customer: str, due: date, first: date, last: date) -> int:
        """That an invoice open on the day is paid from `first` to `last`, in millionths."""
        curve = self.curve(customer)
        now = self._left(curve, (self._as_of - due).days)
        if not now:
            return 0
        before = self._left(curve, max((first - due).days - 1, (self._as_of - due).days))
        return ONE * (before - self._left(curve, (last - due).days)) // now

    @staticmethod
    def _left(curve: Sequence[int], days: int) -> int:
        return ONE if days < EARLY else curve[_at(days)]


def averages_of(settled: Iterable[Paid]) -> Mapping[str, int]:
    """Customer → average days past due at which they paid, rounded half-up; "" → of all."""
    sums: dict[str, tuple[int, int]] = {}
    for customer, late, count in settled:
        for whose in {customer, ""}:
            days, number = sums.get(whose, (0, 0))
            sums[whose] = (days + late * count, number + count)
    return {whose: (2 * days + number) // (2 * number) for whose, (days, number) in sums.items()}


def _summed(found: Mapping[str, Sequence[int]]) -> Sequence[int]:
    return [sum(column) for column in zip(*found.values(), strict=True)] or _NONE
