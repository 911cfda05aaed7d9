"""Interest on one debt: worked examples with their exact figures, and what must hold of any."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arledger.compute.charge_rates import ChargeTerms
from arledger.compute.interest import Segment, segments, to_minor, whole_months
from arledger.documents.charges import Reckoning
from arledger.policy.charges import Charges, Pack, Tier

DUE = dt.date(2026, 1, 31)
DAY = dt.timedelta(days=1)


def charged(
    principal: str, rate: str, days: int | dt.date, paid: dict[dt.date, str] | None = None, **how: str
) -> tuple[int, list[Segment]]:
    """Minor units charged on a debt due on 31 January 2026, rounded once, and the segments."""
    left = Decimal(principal) * 100
    steps = [(dt.date(2026, 1, 1), int(left))]
    for day, amount in (paid or {}).items():
        left -= Decimal(amount) * 100
        steps.append((day, int(left)))
    end = DUE + days * DAY if isinstance(days, int) else days
    found = segments(Reckoning(**how), [(dt.date.min, Decimal(rate))], steps, DUE, DUE, end)
    return to_minor(sum(one.interest for one in found)), found


@pytest.mark.parametrize(
    ("principal", "rate", "end", "paid", "how", "expected"),
    [
        # RULES T-F1; its two naive figures are what the other method, and no cut, give
        ("1000", "12", dt.date(2026, 2, 28), {dt.date(2026, 2, 15): "400"}, {}, 750),
        ("1000", "12", dt.date(2026, 2, 28), {dt.date(2026, 2, 15): "400"}, {"method": "balance-due"}, 552),
        ("1000", "12", dt.date(2026, 2, 28), {}, {}, 921),
        ("1000", "12", dt.date(2026, 2, 15), {}, {}, 493),  # T-F2
        ("80", "18", 20, {}, {}, 79),  # T-F5
        ("1000", "18", dt.date(2026, 4, 30), {}, {"per": "month"}, 4500),  # T-F6: 1.5 % a month
        ("1000", "18", dt.date(2026, 4, 30), {}, {"per": "month", "compound": "monthly"}, 4568),
        ("10000", "12", dt.date(2026, 3, 31), {}, {}, 19397),  # T-F8
        ("10000", "12", dt.date(2026, 3, 31), {}, {"basis": "30/360"}, 20000),
        ("10000", "12", dt.date(2026, 3, 31), {}, {"basis": "act/360"}, 19667),
        ("10000", "12", dt.date(2026, 3, 31), {}, {"basis": "act/act"}, 19397),
        # gov.uk, interest on late commercial payments: 1,000 at 0.5 + 8 %, 50 days, the daily 0.23 first; and exact
        ("1000", "8.5", 50, {}, {"round": "daily"}, 1150),
        ("1000", "8.5", 1, {}, {"round": "daily"}, 23),
        ("1000", "8.5", 365, {}, {}, 8500),
        ("1000", "8.5", 50, {}, {}, 1164),
        ("2000", "13.25", 45, {}, {}, 3267),  # toolfy.io, which prints 32.66: it rounds 45/365 first
        ("1500", "6.5", 10, {}, {"basis": "act/360"}, 271),  # 5 CFR 1315.17
    ],
)
def test_worked_examples(principal, rate, end, paid, how, expected):
    assert charged(principal, rate, end, paid, **how)[0] == expected


@pytest.mark.parametrize(("debt", "fixed"), [("999.99", 40), ("1000", 70), ("9999.99", 70), ("10000", 100), ("0", 0)])
def test_compensation_by_the_size_of_the_debt(debt, fixed):
    """Late Payment of Commercial Debts (Interest) Act 1998, s. 5A."""
    tiers = (Tier(Decimal(40), Decimal(1000)), Tier(Decimal(70), Decimal(10000)), Tier(Decimal(100)))
    pack = Pack("UK", "Act", "its text", currency="GBP", compensation=tiers)
    terms = ChargeTerms(Charges(rate=Decimal(8), pack="uk"), pack)
    assert terms.compensation(int(Decimal(debt) * 100), "GBP") == fixed * 100
    assert terms.compensation(int(Decimal(debt) * 100), "EUR") == 0


def test_a_leap_year_has_366_days():
    how = Reckoning(basis="act/act")
    steps = [(dt.date(2023, 1, 1), 3_650_000)]
    (one,) = segments(how, [(dt.date.min, Decimal(10))], steps, dt.date(2023, 12, 31), dt.date(2023, 12, 31),
                      dt.date(2024, 12, 31))  # fmt: skip
    assert one.interest == Fraction(365_000) * (Fraction(1, 365) + Fraction(365, 366))


@pytest.mark.parametrize(
    ("last", "expected"),
    [("2026-02-27", "2026-01-31"), ("2026-02-28", "2026-02-28"), ("2026-03-30", "2026-02-28"),
     ("2026-04-30", "2026-04-30"), ("2026-01-01", "2026-01-31")],
)  # fmt: skip
def test_whole_months(last, expected):
    assert whole_months(DUE, dt.date.fromisoformat(last)).isoformat() == expected


AMOUNTS, RATES = st.integers(0, 10_000_000), st.decimals(0, 40, places=2)
HOWS = st.builds(
    Reckoning, basis=st.sampled_from(["act/365", "act/360", "act/act", "30/360"]),
    round=st.sampled_from(["run", "daily"]),
)  # fmt: skip
STEPS = st.dictionaries(st.integers(-20, 500), AMOUNTS, max_size=6).map(
    lambda found: [(DUE + days * DAY, amount) for days, amount in sorted(found.items())]
)
PERIODS = st.dictionaries(st.integers(-20, 500), RATES, max_size=4).map(
    lambda found: [(dt.date.min, Decimal(7)), *((DUE + days * DAY, rate) for days, rate in sorted(found.items()))]
)
DAYS = st.integers(0, 500).map(lambda days: DUE + days * DAY)


@given(HOWS, PERIODS, STEPS, st.tuples(DAYS, DAYS, DAYS))
def test_two_windows_come_to_one(how, rates, steps, days):
    """INVARIANTS D8, exact before rounding: so rounded it is within half a unit a run."""
    first, middle, last = sorted(days)

    def interest(start: dt.date, end: dt.date) -> Fraction:
        return sum((one.interest for one in segments(how, rates, steps, DUE, start, end)), Fraction(0))

    assert interest(first, middle) + interest(middle, last) == interest(first, last)
    assert interest(first, first) == 0
    assert abs(to_minor(interest(first, middle)) + to_minor(interest(middle, last)) - interest(first, last)) <= 1


@given(PERIODS, STEPS, st.tuples(DAYS, DAYS))
def test_every_day_bears_the_rate_of_its_own_and_what_was_open_the_day_before(rates, steps, days):
    """Another way to the same figure: one day after the other."""
    first, last = sorted(days)
    expected, day = Fraction(0), first
    while day < last:
        open_ = next((amount for since, amount in reversed(steps) if since <= day), 0)
        rate = next(rate for since, rate in reversed(rates) if since <= day + DAY)
        expected += open_ * Fraction(rate) / 100 / 365
        day += DAY
    found = segments(Reckoning(), rates, steps, DUE, first, last)
    assert sum(one.interest for one in found) == expected
    assert [one.end for one in found[:-1]] == [one.start for one in found[1:]]
    assert not found or (found[0].start, found[-1].end) == (first, last)


@given(AMOUNTS, st.decimals("0.01", 40, places=2), st.integers(1, 400), HOWS)
def test_never_more_than_the_cap(principal, rate, days, how):
    how = Reckoning(how.basis, round=how.round, cap=rate)
    end = DUE + days * DAY
    found = segments(how, [(dt.date.min, rate)], [(DUE, principal)], DUE, DUE, end)
    exact = segments(Reckoning(how.basis), [(dt.date.min, rate)], [(DUE, principal)], DUE, DUE, end)
    assert sum(one.interest for one in found) <= sum(one.interest for one in exact)
