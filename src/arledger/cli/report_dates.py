"""The days a report or a list is for, from what was given."""

from __future__ import annotations

from datetime import date, timedelta

from arledger.cli.clock import day
from arledger.cli.session import Session
from arledger.dates import month_end
from arledger.errors import UsageError


def span(session: Session, first: str, last: str, as_of: str = "", *, months: int | None = 1) -> tuple[date, date]:
    """First and last day, both counted. Without a first day, so many calendar months up to the last; None for all.

    The last day is that of `--to`, else of `--as-of`, else today. Raises UsageError where they do not fit.
    """
    if last and as_of and last != as_of:
        raise UsageError("--as-of and --to name different days", "give one of them")
    end = day(last, "--to") if last else session.day(as_of, "--as-of")
    begins = date.min if months is None else back_by_months(end, months)
    start = day(first, "--from") if first else begins
    if start > end:
        raise UsageError(f"--from {start} is after {end}", "both days count; the first comes first")
    return start, end


def a_year_before(day_: date) -> date:
    """The last day of the month a year before a day's month."""
    year = max(day_.year - 1, 1)
    return month_end(date(year, day_.month, 1))


def back_by_months(day_: date, count: int) -> date:
    """The first of the month so that it and those up to the month of `day_` are so many."""
    start = day_.replace(day=1)
    for _ in range(count - 1):
        if start > date.min:
            start = (start - timedelta(days=1)).replace(day=1)
    return start


def last_month_end(today: date) -> date:
    """The end of the last whole month: today's, where today is its last day."""
    return today if today == month_end(today) else max(today.replace(day=1), date(1, 2, 1)) - timedelta(days=1)
