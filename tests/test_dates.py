"""Dates and terms against an independent table, for every day of four years (INVARIANTS D7)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arledger.dates import Terms, month_end, month_of, months, parse_date, parse_month

FIRST = dt.date(2023, 1, 1)
DAYS = [FIRST + dt.timedelta(n) for n in range(4 * 365 + 1)]  # with 29 February 2024


def _last(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _following(day: dt.date) -> tuple[int, int]:
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)


def _net(days: int) -> Callable[[dt.date], int]:
    return lambda day: day.toordinal() + days


def _eom(days: int) -> Callable[[dt.date], int]:
    return lambda day: dt.date(day.year, day.month, _last(day.year, day.month)).toordinal() + days


def _nth(number: int) -> Callable[[dt.date], int]:
    return lambda day: dt.date(*_following(day), min(number, _last(*_following(day)))).toordinal()


TERMS: dict[str, Callable[[dt.date], int]] = {
    "net 0": _net(0), "net 1": _net(1), "net 14": _net(14), "net 30": _net(30), "NET  30": _net(30),
    "net 365": _net(365), "due on receipt": _net(0), "cod": _net(0), "COD": _net(0), "2/10 net 30": _net(30),
    "2/5 1/14 net 30": _net(30),
    "1/14 2/5 net 30": _net(30), "0.5/10 net 60": _net(60), "eom": _eom(0), "eom+1": _eom(1), "eom+30": _eom(30),
    "eom+45": _eom(45), "2/10 eom": _eom(0), "1 eom": _nth(1), "15 eom": _nth(15), "28 eom": _nth(28),
    "29 eom": _nth(29), "30 eom": _nth(30), "31 eom": _nth(31), "2/10 15 eom": _nth(15),
}  # fmt: skip


@pytest.mark.parametrize("text", TERMS)
def test_due_dates_for_four_years(text: str) -> None:
    terms = Terms.parse(text)
    for day in DAYS:
        due = terms.due(day)
        assert due.toordinal() == TERMS[text](day), day
        assert due >= day


@pytest.mark.parametrize(
    "text", ["", "soon", "net", "net -1", "net 30 days", "30", "net thirty", "2/10", "2/40 net 30", "0/10 net 30",
             "100/10 net 30", "2/10net 30", "eom-1", "eom+", "0 eom", "32 eom", "net 30 2/10", "net ٣٠", "net 3.5"],
)  # fmt: skip
def test_what_no_terms_are(text: str) -> None:
    with pytest.raises(ValueError, match="terms"):
        Terms.parse(text)


@pytest.mark.parametrize(
    ("text", "paid", "percent"),
    [
        ("2/10 net 30", "2026-06-11", 2), ("2/10 net 30", "2026-06-12", None), ("2/10 net 30", "2026-06-01", 2),
        ("2/5 1/14 net 30", "2026-06-06", 2), ("2/5 1/14 net 30", "2026-06-07", 1),
        ("2/5 1/14 net 30", "2026-06-15", 1), ("2/5 1/14 net 30", "2026-06-16", None), ("net 30", "2026-06-01", None),
    ],
)  # fmt: skip
def test_the_best_tier_still_granted(text: str, paid: str, percent: int | None) -> None:
    """RULES D1: through day n after the date of the document, that day included."""
    tier = Terms.parse(text).discount_on(dt.date(2026, 6, 1), parse_date(paid))
    assert (tier.percent if tier else None) == percent


@given(st.dates())
def test_dates_are_written_one_way(day: dt.date) -> None:
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "text", ["2026-6-1", "20260601", "2026-06-31", "2025-02-29", "01.06.2026", "2026/06/01", "2026-06-01T00:00",
             "0000-01-01", "2026-W23-1", "2026-152", "٢٠٢٦-٠٦-٠١", " 2026-06-01", "2026-06-01\n", "today", ""],
)  # fmt: skip
def test_what_no_date_is(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        parse_date(text)


def test_months() -> None:
    for day in DAYS:
        assert month_end(day) == dt.date(day.year, day.month, _last(day.year, day.month))
        first, last = parse_month(month_of(day))
        assert first <= day <= last == month_end(day)
    assert list(months(dt.date(2025, 11, 30), dt.date(2026, 2, 1))) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(months(dt.date(9999, 12, 1), dt.date.max)) == ["9999-12"]
    assert list(months(dt.date(2026, 2, 1), dt.date(2026, 1, 31))) == []


@pytest.mark.parametrize("text", ["net 9999", "eom+45", "31 eom"])
def test_the_end_of_the_calendar_is_a_reason_not_a_crash(text: str) -> None:
    with pytest.raises(ValueError, match="end of the calendar"):
        Terms.parse(text).due(dt.date.max)
