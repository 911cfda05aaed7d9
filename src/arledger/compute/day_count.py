"""Parts of a year by each of the conventions interest is reckoned by. Exact: fractions, never floats.

The first day does not count, the last does: from the due date to a day is the days past due. All four add up: from a
to b and from b to c is from a to c. Source: ISDA 2006 definitions 4.16, act/act (b) and 30E/360 (g), the one that adds up.

>>> from datetime import date
>>> year_fraction("30/360", date(2026, 1, 31), date(2026, 3, 31)), year_fraction("act/360", date(2026, 1, 31), date(2026, 3, 31))
(Fraction(1, 6), Fraction(59, 360))
"""  # noqa: E501  # a doctest line

from __future__ import annotations

from datetime import date
from fractions import Fraction

from arledger.documents.charges import Basis


def counted_days(basis: Basis, first: date, last: date) -> int:
    """Days from `first` to `last` as the convention counts them."""
    return _thirty(last) - _thirty(first) if basis == "30/360" else (last - first).days


def year_fraction(basis: Basis, first: date, last: date) -> Fraction:
    """The part of a year from `first` to `last`."""
    if basis == "act/act":
        return sum((Fraction(days, length) for days, length in _by_year(first, last)), Fraction(0))
    return Fraction(counted_days(basis, first, last), 365 if basis == "act/365" else 360)


def _thirty(day: date) -> int:
    return day.year * 360 + day.month * 30 + min(day.day, 30)


def _by_year(first: date, last: date) -> list[tuple[int, int]]:
    """Days in each calendar year, with how many that year has."""
    found = []
    while first < last:
        new_year = date(first.year + 1, 1, 1)
        until = min(new_year, last)
        found.append(((until - first).days, (new_year - date(first.year, 1, 1)).days))
        first = until
    return found
