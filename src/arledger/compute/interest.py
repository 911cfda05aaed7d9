"""Interest on one debt: segments of one principal and one rate, cut at every change, exact until rounded (RULES F1).

What is open at the end of a day bears interest from the next day on: the due date itself never does, the day of a
payment still does. A rate that begins on a day is that of the day. Rounded once for an item and run, halves up; with
`round: daily` the amount of a day is rounded first, and days are whole.

>>> from datetime import date
>>> paid = [(date(2026, 1, 31), 100_000), (date(2026, 2, 15), 60_000)]
>>> found = segments(Reckoning(), [(date.min, Decimal(12))], paid, date(2026, 1, 31), date(2026, 1, 31), date(2026, 2, 28))
>>> [(one.days, one.principal) for one in found], to_minor(sum(one.interest for one in found))
([(15, 100000), (13, 60000)], 750)
"""  # noqa: E501  # a doctest line

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import NamedTuple

from arledger.compute.day_count import counted_days, year_fraction
from arledger.dates import months_later
from arledger.documents.charges import Reckoning

Steps = Sequence[tuple[date, int]]  # an amount from the end of each day on, oldest first; nothing before the first
Rates = Sequence[tuple[date, Decimal]]  # a yearly rate from each day on, oldest first


class Segment(NamedTuple):
    """Days after `start` up to `end` with one principal (minor units) at one yearly rate."""

    start: date
    end: date
    days: int  # as the basis counts them
    rate: Decimal
    principal: int
    interest: Fraction  # minor units


def at(steps: Steps, day: date) -> int:
    """The amount at the end of a day."""
    place = bisect_right(steps, day, key=lambda step: step[0])
    return steps[place - 1][1] if place else 0


def rate_on(rates: Rates, day: date) -> Decimal:
    """The yearly rate of a day; 0 before the first."""
    place = bisect_right(rates, day, key=lambda period: period[0])
    return rates[place - 1][1] if place else Decimal(0)


def to_minor(amount: Fraction | int) -> int:
    """Whole minor units, halves up."""
    return floor(amount + Fraction(1, 2))


def whole_months(anchor: date, last: date) -> date:
    """The last day up to `last` that lies whole months after `anchor`; `anchor` itself where none does."""
    count = (last.year - anchor.year) * 12 + last.month - anchor.month
    day = months_later(anchor, max(count, 0))
    return max(anchor, day if day <= last else months_later(anchor, count - 1))


def segments(how: Reckoning, rates: Rates, steps: Steps, anchor: date, start: date, end: date) -> list[Segment]:
    """The segments of the days after `start` up to `end`, without a gap, oldest first.

    `steps` is the principal. Months are counted from `anchor`, the day interest began.
    """
    if end <= start:
        return []
    found: list[Segment] = []
    months = _months(anchor, start, end) if how.per == "month" or how.compound != "no" else ()
    added = earned = Fraction(0)  # interest that bears interest, and what will from the next month on
    for first, last in pairwise(_cuts(rates, steps, months, start, end)):
        if first in months:
            added, earned = (added + earned, Fraction(0)) if how.compound != "no" else (added, earned)
        month = next((m for m in pairwise(months) if m[0] <= first < m[1]), None)
        day = first if how.method == "daily-balance" else month[1] if month and how.per == "month" else end
        principal, rate = at(steps, day), rate_on(rates, first + timedelta(days=1))
        interest = _interest(how, principal + (added if principal else 0), rate, first, last, month)
        earned += interest
        one = Segment(first, last, counted_days(how.basis, first, last), rate, principal, interest)
        found = _joined(found, one)
    return found


def _months(anchor: date, start: date, end: date) -> tuple[date, ...]:
    """Days whole months after `anchor`, from the last up to `start` to the first from `end` on."""
    day, count = anchor, max((start.year - anchor.year) * 12 + start.month - anchor.month - 1, 0)
    found = []
    while day < end:
        day = months_later(anchor, count)
        found.append(day)
        count += 1
    return tuple(found)


def _cuts(rates: Rates, steps: Steps, months: Sequence[date], start: date, end: date) -> list[date]:
    before = timedelta(days=1)  # the day before a rate begins: the next day bears it
    days = {*months, *(day for day, _ in steps), *(day - before for day, _ in rates if day > start)}
    return sorted({start, end, *(day for day in days if start < day < end)})


def _interest(
    how: Reckoning, principal: Fraction | int, rate: Decimal, first: date, last: date, month: tuple[date, date] | None
) -> Fraction:
    """Interest in minor units, exact but for `round: daily`."""
    yearly = principal * Fraction(rate) / 100
    if how.per == "month" and month:
        return yearly * Fraction((last - first).days, 12 * (month[1] - month[0]).days)
    if how.round == "run":
        return yearly * year_fraction(how.basis, first, last)
    if how.basis != "act/act":
        length = 365 if how.basis == "act/365" else 360
        return Fraction(_daily(how, principal, yearly / length, length) * counted_days(how.basis, first, last))
    new_year = date(first.year + 1, 1, 1)
    until = min(last, new_year)
    length = (new_year - date(first.year, 1, 1)).days
    part = Fraction(_daily(how, principal, yearly / length, length) * (until - first).days)
    return part + (_interest(how, principal, rate, until, last, None) if until < last else 0)


def _daily(how: Reckoning, principal: Fraction | int, exact: Fraction, length: int) -> int:
    """The amount of a day, rounded, but never to more than the cap allows."""
    rounded = to_minor(exact)
    if how.cap is None or rounded <= exact:
        return rounded
    return min(rounded, max(floor(exact), floor(principal * Fraction(how.cap) / 100 / length)))


def _joined(found: list[Segment], one: Segment) -> list[Segment]:
    """The segments with one more, made one with the last where neither principal nor rate changes."""
    if found and (found[-1].principal, found[-1].rate) == (one.principal, one.rate):
        last = found[-1]
        one = Segment(last.start, one.end, last.days + one.days, one.rate, one.principal, last.interest + one.interest)
        return [*found[:-1], one]
    return [*found, one]
