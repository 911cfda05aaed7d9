"""A customer's rating from how they paid in the last year: 100 less points for what speaks against them.

    days late          up to 60   2 for each day of the average, over what was paid and what is overdue, by amount
    worse than before  up to 10   1 for each 2 days the later half of the year is worse than the earlier one
    overdue now        up to 10   1 for each 10 % of what is open
    promises broken    up to 15   5 each
    payments returned  up to 10   5 each
    disputes lost      up to 6    2 each: what they contested was due
    over the limit     up to 10   2 for each month end on which they owed more than their limit of that day

Half a point or more counts as one. A from 80 points on, B from 60, C from 40, below that D. Money paid early is not
late: it counts with no days. Whoever has neither paid nor is overdue has no rating.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from arledger.compute.disputes import disputes
from arledger.compute.exposure import CreditBook
from arledger.compute.open_items import open_items
from arledger.compute.plans import by_plan, holding
from arledger.compute.promises import promises
from arledger.compute.rates import converted
from arledger.compute.sales import sold
from arledger.dates import Terms
from arledger.ledger.schema import NEVER
from arledger.ledger.table import Ledger

YEAR, HALF = 365, 182  # days back
GRADES = (("A", 80), ("B", 60), ("C", 40), ("D", 0))
_FACTORS = {"A": Fraction(2), "B": Fraction(3, 2), "C": Fraction(1), "D": Fraction(0)}
_REVIEW = {"A": 365, "B": 182, "C": 91, "D": 30, "": 91}  # days


class Paid(NamedTuple):
    """Money that is late or was, as a sum of amounts (minor units) and of amounts times days."""

    amount: int
    days: int  # amount × days late

    @property
    def average(self) -> Fraction:
        """Days late, weighted by amount; 0 of nothing."""
        return Fraction(self.days, self.amount) if self.amount else Fraction(0)


class Conduct(NamedTuple):
    """How a customer paid in the year up to a day. Amounts in minor units of their own currency."""

    earlier: Paid  # what they paid in the first half of it
    later: Paid  # in the second
    overdue: Paid  # what they have not
    open: int  # of debits
    broken: int  # promises
    returned: int  # payments
    lost: int  # disputes
    over_limit: int  # month ends
    billed: int
    missing: frozenset[str]  # currencies left out, for no rate is stated

    @property
    def late(self) -> Fraction:
        """Days late of all that was paid or is overdue, weighted by amount."""
        parts = (self.earlier, self.later, self.overdue)
        return Paid(sum(p.amount for p in parts), sum(p.days for p in parts)).average

    @property
    def known(self) -> bool:
        """Whether there is anything to go by."""
        return any(part.amount for part in (self.earlier, self.later, self.overdue))


class Mark(NamedTuple):
    """One thing that speaks against a customer: in words, and the points it takes away."""

    what: str
    figure: str
    points: int


class Rating(NamedTuple):
    """A rating with its reasons, and what follows from it."""

    points: int | None  # None: nothing to go by
    grade: str
    marks: Sequence[Mark]
    limit: int | None  # suggested, in minor units of the customer's currency
    terms: str
    review: date


def rate(conduct: Conduct, terms: str, as_of: date) -> Rating:
    """The rating that follows from a customer's conduct, with a limit, terms and the day to look again."""
    if not conduct.known:
        return Rating(None, "", (), None, terms, as_of + timedelta(_REVIEW[""]))
    marks = _marks(conduct)
    points = max(100 - sum(mark.points for mark in marks), 0)
    grade = next(name for name, least in GRADES if points >= least)
    days = (Terms.parse(terms).due(as_of) - as_of).days
    months = Fraction(days + rounded(conduct.late), 30)
    limit = rounded(conduct.billed * months * _FACTORS[grade] / 12)
    allowed = terms if grade in "AB" else min(terms, "net 30", key=lambda t: Terms.parse(t).due(as_of))
    return Rating(points, grade, marks, limit, allowed if grade != "D" else "cod", as_of + timedelta(_REVIEW[grade]))


def rounded(value: Fraction) -> int:
    """The nearest whole number, halves up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def shown(value: Fraction) -> str:
    """A number of days with one decimal, halves up.

    >>> shown(Fraction(25, 2)), shown(Fraction(1, 3))
    ('12.5', '0.3')
    """
    tenths = rounded(value * 10)
    return f"{Decimal(tenths) / 10:.1f}"


def _marks(c: Conduct) -> list[Mark]:
    worse = c.later.average - c.earlier.average if c.earlier.amount and c.later.amount else Fraction(0)
    share = Fraction(100 * c.overdue.amount, c.open) if c.open else Fraction(0)
    return [
        Mark("days late, weighted by amount", shown(c.late), min(rounded(c.late * 2), 60)),
        Mark("days worse in the later half year", shown(worse), min(max(rounded(worse / 2), 0), 10)),
        Mark("overdue of what is open", f"{shown(share)}%", min(rounded(share / 10), 10)),
        Mark("promises broken", str(c.broken), min(5 * c.broken, 15)),
        Mark("payments returned", str(c.returned), min(5 * c.returned, 10)),
        Mark("disputes lost", str(c.lost), min(2 * c.lost, 6)),
        Mark("month ends over the limit", str(c.over_limit), min(2 * c.over_limit, 10)),
    ]


def conducts(book: CreditBook) -> Mapping[str, Conduct]:
    """How every customer paid in the year up to the day of the book."""
    ledger, day = book.ledger, book.as_of
    first, half = day - timedelta(YEAR), day - timedelta(HALF)
    missing: dict[str, set[str]] = {}

    def own(rows: Iterable[tuple[str, str, int, int]]) -> dict[str, Paid]:
        found: dict[str, Paid] = {}
        for customer, currency, amount, days in rows:
            to = book.limits.accounts[customer].currency
            values = [converted(book.policy, minor, currency, to, day) for minor in (amount, days)]
            if None in values:
                missing.setdefault(customer, set()).add(currency)
                continue
            before = found.get(customer, Paid(0, 0))
            found[customer] = Paid(before.amount + (values[0] or 0), before.days + (values[1] or 0))
        return found

    earlier, later = own(_paid(ledger, first, half)), own(_paid(ledger, half + timedelta(1), day))
    overdue = own(_overdue(ledger, day))
    open_ = own((customer, one.currency, one.debits, 0) for customer, all_ in book.owed.items() for one in all_)
    billed = own((s.customer, s.currency, s.gross, 0) for s in sold(ledger, first + timedelta(1), day))
    broken, returned, lost = _broken(ledger, first, day), _returned(ledger, first, day), _lost(ledger, first, day)
    over, none = _over(book), Paid(0, 0)
    return {
        customer: Conduct(
            earlier.get(customer, none), later.get(customer, none), overdue.get(customer, none),
            open_.get(customer, none).amount, broken.get(customer, 0), returned.get(customer, 0),
            lost.get(customer, 0), over.get(customer, 0), billed.get(customer, none).amount,
            frozenset(missing.get(customer, ())),
        )
        for customer in book.limits.accounts
    }  # fmt: skip


_TAKEN_BACK = (
    "EXISTS (SELECT 1 FROM facts r WHERE r.about = {0}.fact AND r.about != '' AND r.kind = 'reversals' "
    "AND r.date <= ?2)"
)


def _paid(ledger: Ledger, first: date, last: date) -> list[tuple[str, str, int, int]]:
    """Customer, currency, what came in for debits after `first` up to `last`, and that times its days late.

    What counts is the day the money was there. Payments that were taken back paid nothing.
    """
    return ledger.rows(
        "SELECT i.customer, i.currency, -SUM(e.amount), -SUM(e.amount * max(COALESCE(c.date, e.date) - i.due, 0)) "
        "FROM entries e JOIN items i ON i.item = e.item AND i.total > 0 JOIN facts o ON o.id = e.owner "
        "LEFT JOIN facts c ON o.kind = 'applications' AND c.fact = o.about COLLATE NOCASE "
        "WHERE e.why = 'applied' AND e.date > ?1 AND e.date <= ?2 AND COALESCE(c.kind, o.kind) = 'payments' "
        f"AND NOT {_TAKEN_BACK.format('o')} AND NOT (c.fact IS NOT NULL AND {_TAKEN_BACK.format('c')}) GROUP BY 1, 2",
        first.toordinal(), last.toordinal(),
    )  # fmt: skip


def _overdue(ledger: Ledger, as_of: date) -> list[tuple[str, str, int, int]]:
    """Customer, currency, what is overdue as the ageing has it, and that times its days late.

    Items in instalments and under a plan are few, and gone through one by one.
    """
    held = holding(ledger, as_of)
    parts = [item for item in open_items(ledger, as_of, in_parts=True) if item.item.partition("/")[0] not in held]
    parts += by_plan(open_items(ledger, as_of, among=held), held) if held else []
    late = [(i.customer, i.currency, i.open, i.open * i.days_past_due(as_of)) for i in parts if i.due < as_of]
    return [*_overdue_whole(ledger, as_of, held), *late]


def _overdue_whole(ledger: Ledger, as_of: date, held: Iterable[str]) -> list[tuple[str, str, int, int]]:
    day = min(as_of.toordinal(), NEVER - 1)
    then = f"(SELECT COALESCE(SUM(amount), 0) FROM entries e WHERE e.item = items.item AND e.date <= {day})"
    return ledger.rows(
        f"SELECT customer, currency, SUM(at_day), SUM(at_day * ({day} - due)) FROM (SELECT customer, currency, due, "
        f"iif(last <= {day}, open, {then}) AS at_day FROM items WHERE settled > {day} AND date <= {day} AND total > 0 "
        f"AND due < {day} AND schedule = '' AND item NOT IN (SELECT value FROM json_each(?))) GROUP BY 1, 2",
        json.dumps(list(held)),
    )


def _broken(ledger: Ledger, first: date, last: date) -> dict[str, int]:
    lost = [p for p in promises(ledger, last) if p.state in ("broken", "partly kept") and p.promise.due > first]
    return _counted(p.promise.customer for p in lost)


def _lost(ledger: Ledger, first: date, last: date) -> dict[str, int]:
    ends = [(d.dispute.customer, d.resolved) for d in disputes(ledger, last)]
    return _counted(who for who, end in ends if end and end[1].outcome == "invalid" and end[1].date > first)


def _returned(ledger: Ledger, first: date, last: date) -> dict[str, int]:
    return dict(
        ledger.rows(
            "SELECT f.customer, COUNT(*) FROM facts r JOIN facts f ON f.fact = r.about COLLATE NOCASE AND "
            "f.kind = 'payments' WHERE r.kind = 'reversals' AND (r.key = 'return' OR r.key LIKE 'return %') "
            "AND r.date > ? AND r.date <= ? AND f.customer != '' GROUP BY 1",
            first.toordinal(), last.toordinal(),
        )
    )  # fmt: skip


def _counted(customers: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for customer in customers:
        found[customer] = found.get(customer, 0) + 1
    return found


def _over(book: CreditBook) -> dict[str, int]:
    """Customer → month ends of the year on which they owed more, in their currency, than they were allowed then."""
    ends = _month_ends(book.as_of)
    sums = ", ".join(f"SUM(iif(e.date <= {end.toordinal()}, e.amount, 0))" for end in ends)
    books = [CreditBook(book.ledger, end, policy=book.policy) for end in ends]
    found: dict[str, int] = {}
    for customer, currency, *balances in book.ledger.rows(
        f"SELECT i.customer, i.currency, {sums} FROM entries e JOIN items i ON i.item = e.item "
        "WHERE i.customer IN (SELECT value FROM json_each(?)) AND e.date <= ? GROUP BY 1, 2",
        json.dumps([customer for customer in book.limits.accounts if book.limits.of(customer)[0].amount is not None]),
        book.as_of.toordinal(),
    ):
        limits = [then.limits.of(customer)[0] for then in books]
        over = sum(
            limit.currency == currency and limit.allowed is not None and balance > limit.allowed
            for limit, balance in zip(limits, balances, strict=True)
        )
        found[customer] = found.get(customer, 0) + over
    return found


def _month_ends(as_of: date) -> list[date]:
    """The last twelve month ends before a day."""
    found, day = [], as_of.replace(day=1)
    for _ in range(12):
        found.append(day - timedelta(1))
        day = found[-1].replace(day=1)
    return found
