"""Dates and terms: when an invoice falls due and until when a discount is granted. Calendar days only.

>>> terms = Terms.parse("2/10 net 30")
>>> terms.due(date(2026, 6, 1)).isoformat()
'2026-07-01'
>>> [(str(t.percent), t.until(date(2026, 6, 1)).isoformat()) for t in terms.discounts]
[('2', '2026-06-11')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIER = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,4})?)/([0-9]{1,3})", re.ASCII)
_NET = re.compile(r"net ([0-9]{1,4})", re.ASCII)
_EOM = re.compile(r"eom(?:\+([0-9]{1,3}))?", re.ASCII)
_NTH = re.compile(r"([0-9]{1,2}) eom", re.ASCII)

TERMS_FORMS = "net 30 · 2/10 net 30 · 2/5 1/14 net 30 · due on receipt · eom · eom+45 · 15 eom · cod"


def parse_date(text: str) -> date:
    """The day written as YYYY-MM-DD. Raises ValueError for any other form and for days that do not exist."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date: write YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a day of the calendar: write YYYY-MM-DD") from None


def month_of(day: date) -> str:
    """The period a day falls in, as files and folders name it: `2026-01`."""
    return day.isoformat()[:7]


def parse_month(text: str) -> tuple[date, date]:
    """First and last day of the month written as YYYY-MM. Raises ValueError for anything else."""
    try:
        first = parse_date(f"{text}-01")
    except ValueError:
        raise ValueError(f"{text!r} is not a month: write YYYY-MM") from None
    return first, month_end(first)


def month_end(day: date) -> date:
    """The last day of the month `day` is in.

    >>> month_end(date(2024, 2, 3)).isoformat()
    '2024-02-29'
    """
    if (day.year, day.month) == (date.max.year, date.max.month):
        return date.max
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following - timedelta(days=1)


def months_later(day: date, count: int) -> date:
    """The same day so many months on; the last of the month where it has no such day, the last day there is at most.

    >>> months_later(date(2026, 1, 31), 1).isoformat(), months_later(date(2010, 8, 31), 6).isoformat()
    ('2026-02-28', '2011-02-28')
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if year > date.max.year:
        return date.max
    first = date(year, month + 1, 1)
    return min(first + timedelta(days=day.day - 1), month_end(first))


def months(first: date, last: date) -> Iterator[str]:
    """Every month from the one `first` is in to the one `last` is in, both counted."""
    day = first.replace(day=1)
    while day <= last:
        yield month_of(day)
        end = month_end(day)
        if end == date.max:
            return
        day = end + timedelta(days=1)


class Discount(NamedTuple):
    """One tier of early-payment discount: `percent` (2 means 2 %) when paid within `days` of the document date."""

    percent: Decimal
    days: int

    def until(self, issued: date) -> date:
        """The last day the tier is granted, inclusive (RULES D1)."""
        return issued + timedelta(days=self.days)


class Terms(NamedTuple):
    """Payment terms: how an invoice's due date follows from its date, and the discounts on offer."""

    text: str
    discounts: tuple[Discount, ...]  # by days, shortest first
    kind: str  # net, eom (month end + days), nth (day of the next month)
    days: int

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> Terms:
        """Terms as people write them. Raises ValueError naming the forms there are.

        >>> Terms.parse("15 eom").due(date(2026, 1, 31)).isoformat()
        '2026-02-15'
        """
        words = " ".join(text.lower().split())
        discounts = []
        while match := re.match(_TIER.pattern + r"(?: |$)", words, re.ASCII):
            discounts.append(Discount(Decimal(match[1]), int(match[2])))
            words = words[match.end() :]
        discounts.sort(key=lambda tier: (tier.days, -tier.percent))
        kind, days = _rule(words, text)
        if any(not 0 < tier.percent < 100 for tier in discounts):
            raise ValueError(f"terms {text!r}: a discount lies between 0 and 100 percent")
        if kind == "net" and discounts and discounts[-1].days > days:
            raise ValueError(f"terms {text!r}: the discount outlasts the due date")
        return cls(text, tuple(discounts), kind, days)

    def due(self, issued: date) -> date:
        """The due date of a document of that date, never before it. Raises ValueError past the calendar's end."""
        try:
            if self.kind == "net":
                return issued + timedelta(days=self.days)
            if self.kind == "eom":
                return month_end(issued) + timedelta(days=self.days)
            following = month_end(issued) + timedelta(days=1)
            return min(following.replace(day=1) + timedelta(days=self.days - 1), month_end(following))
        except OverflowError:
            raise ValueError(f"terms {self.text!r} lead past the end of the calendar from {issued}") from None

    def told(self) -> str:
        """The terms as a report has them: with what each discount costs us in a year, simple and compounded.

        That can be said where both ends are so many days after the invoice. Source: RULES T-D4.

        >>> Terms.parse("2/10 net 30").told()
        '2/10 net 30 (2% for 20 days costs 37.24% a year, 44.59% compounded)'
        >>> Terms.parse("2/10 eom").told()
        '2/10 eom'
        """
        early = [(tier.percent, self.days - tier.days) for tier in self.discounts if self.kind == "net"]
        costs = [
            f"{percent:f}% for {days} days costs {_rounded(part * 365 / days * 100)}% a year, "
            f"{_rounded(((1 + part) ** (Decimal(365) / days) - 1) * 100)}% compounded"
            for percent, days in early if days for part in [percent / (100 - percent)]
        ]  # fmt: skip
        return f"{self.text} ({'; '.join(costs)})" if costs else self.text

    def discount_on(self, issued: date, paid: date) -> Discount | None:
        """The best tier still granted on the day of payment (RULES D1: inclusive), or None."""
        granted = [tier for tier in self.discounts if (paid - issued).days <= tier.days]
        return max(granted, key=lambda tier: tier.percent, default=None)


def _rounded(percent: Decimal) -> Decimal:
    return percent.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _rule(words: str, text: str) -> tuple[str, int]:
    if words in ("due on receipt", "cod"):
        return "net", 0
    if match := _NET.fullmatch(words):
        return "net", int(match[1])
    if match := _EOM.fullmatch(words):
        return "eom", int(match[1] or 0)
    if (match := _NTH.fullmatch(words)) and 1 <= int(match[1]) <= 31:
        return "nth", int(match[1])
    raise ValueError(f"terms {text!r} are not known: write one of {TERMS_FORMS}")
