"""How well money comes in: days sales outstanding and its kin (RULES §9), defined for every period, empty ones too.

A figure that has nothing to be divided by is None. Days and percentages are rounded half-up to two decimals, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from arledger.compute.aging import Aged, aged_customers, totals
from arledger.compute.disputes import contested
from arledger.compute.losses import by_currency, losses
from arledger.compute.promises import promises
from arledger.compute.rollforward import control_before
from arledger.dates import month_end, month_of, months
from arledger.ledger.schema import NEVER
from arledger.ledger.table import Ledger
from arledger.policy.aging import Aging

_CENT = Decimal("0.01")
SALES = ("invoice", "debit-note")
_SETTLED_KINDS = "('invoice', 'debit-note', 'finance-charge')"
_OLD = 90  # days past due
_YEAR = timedelta(days=365)


class Metrics(NamedTuple):
    """The figures of a period in one currency. Amounts in minor units."""

    first: date
    last: date
    currency: str
    sales: int  # invoices and debit notes, tax included, as the roll-forward has them
    net_sales: int  # less credit notes
    opening: int
    closing: int
    current: int  # of what is open at the end: not yet due
    past_90: int  # more than 90 days past due
    debits: int  # everything billed and open, credits not counted
    unapplied: int  # credits not yet applied, positive
    disputed: int  # of debits
    written_off: int
    recovered: int
    dso: Decimal | None
    countback_dso: Decimal | None
    countback_stopped: str  # the month without sales the countback stopped at, or ""
    best_possible_dso: Decimal | None
    average_days_delinquent: Decimal | None  # DSO less best possible DSO
    average_days_late: Decimal | None  # of what was settled in the period, by amount; early counts as on time
    average_days_to_pay: Decimal | None  # likewise, from the date of the document
    cei: Decimal | None
    turnover: Decimal | None
    current_share: Decimal | None  # per cent of debits
    past_90_share: Decimal | None
    unapplied_share: Decimal | None
    disputed_share: Decimal | None
    write_off_rate: Decimal | None  # per cent of sales, net of recoveries
    applied_at_once: Decimal | None  # per cent of what the bank's files brought in that was applied as it came
    promises_kept: Decimal | None  # per cent of the promises that came due in the period


def ratio(part: int | Decimal, whole: int | Decimal, times: int = 1) -> Decimal | None:
    """`part` / `whole` × `times` to two decimals, or None where there is no whole.

    >>> ratio(212, 250, 90)
    Decimal('76.32')
    """
    return (Decimal(part) * times / whole).quantize(_CENT, ROUND_HALF_UP) if whole else None


def measured(ledger: Ledger, first: date, last: date, *, month_days: int = 0) -> list[Metrics]:
    """The figures from `first` to `last`, both counted; one row for each currency ever used up to then.

    `month_days` 30 takes every month for 30 days; 0 goes by the calendar.
    """
    moves, opening, closing = ledger.movements(first, last), control_before(ledger, first), ledger.control(last)
    open_ = {row.currency: row for row in totals(aged_customers(ledger, last, Aging("due", (_OLD,))))}
    lost, late = by_currency(losses(ledger, first, last)), _settled(ledger, first, last)
    held: dict[str, int] = {}
    for claim in contested(ledger, last):
        held[claim.currency] = held.get(claim.currency, 0) + claim.amount
    at_once, kept = _applied_at_once(ledger, first, last), _promises_kept(ledger, first, last)
    known = {currency for (currency,) in ledger.rows("SELECT DISTINCT currency FROM control WHERE date <= ?",
                                                     last.toordinal())}  # fmt: skip
    found = []
    for currency in sorted(known or {ledger.policy.currency}):
        moved = moves.get(currency, {})
        sales = sum(moved.get(why, 0) for why in SALES)
        ends = (opening.get(currency, 0), closing.get(currency, 0))
        row = open_.get(currency) or Aged("", currency, (0, 0, 0), 0)
        counted, stopped = countback(ends[1], _sales_by_day(ledger, currency, last), last, month_days)
        span = Period(first, last, month_days)
        found.append(_figures(
            span, currency, sales, moved.get("credit-note", 0), ends, row, held.get(currency, 0),
            lost.get(currency, (0, 0)), late.get(currency, (0, 0, 0)), (counted, stopped),
            (at_once.get(currency), kept.get(currency)),
        ))  # fmt: skip
    return found


def days_outstanding(ledger: Ledger, first: date, last: date) -> dict[str, Decimal]:
    """Currency → DSO from `first` to `last`, as `measured` has it, where there were sales: read from sums alone."""
    moves, closing = ledger.movements(first, last), ledger.control(last)
    days = Period(first, last, 0).days
    found = {}
    for currency, moved in moves.items():
        dso = ratio(closing.get(currency, 0), sum(moved.get(why, 0) for why in SALES), days)
        if dso is not None:
            found[currency] = dso
    return found


class Period(NamedTuple):
    """A period, and how its days are counted."""

    first: date
    last: date
    month_days: int

    @property
    def months(self) -> int:
        """How many calendar months it touches."""
        return len(list(months(self.first, self.last)))

    @property
    def days(self) -> int:
        """Its days, both ends counted; by the month where months have a fixed number."""
        return self.months * self.month_days if self.month_days else (self.last - self.first).days + 1


def _figures(
    span: Period, currency: str, sales: int, credited: int, ends: tuple[int, int], open_: Aged, disputed: int,
    lost: tuple[int, int], settled: tuple[int, int, int], counted: tuple[Decimal | None, str],
    shares: tuple[Decimal | None, Decimal | None],
) -> Metrics:  # fmt: skip
    opening, closing = ends
    current, _, old = open_.buckets
    debits = sum(open_.buckets)
    amount, late, to_pay = settled
    return Metrics(
        first=span.first, last=span.last, currency=currency, sales=sales, net_sales=sales + credited, opening=opening,
        closing=closing, current=current, past_90=old, debits=debits, unapplied=-open_.unapplied, disputed=disputed,
        written_off=lost[0], recovered=lost[1],
        dso=ratio(closing, sales, span.days), countback_dso=counted[0], countback_stopped=counted[1],
        best_possible_dso=ratio(current, sales, span.days),
        average_days_delinquent=ratio(closing - current, sales, span.days),
        average_days_late=ratio(late, amount), average_days_to_pay=ratio(to_pay, amount),
        cei=collection_effectiveness(opening, sales, closing, current, span.months),
        turnover=ratio(2 * (sales + credited), opening + closing),
        current_share=ratio(current, debits, 100), past_90_share=ratio(old, debits, 100),
        unapplied_share=ratio(-open_.unapplied, debits, 100), disputed_share=ratio(disputed, debits, 100),
        write_off_rate=ratio(lost[0] - lost[1], sales, 100), applied_at_once=shares[0], promises_kept=shares[1],
    )  # fmt: skip


def collection_effectiveness(opening: int, sales: int, closing: int, current: int, months_: int) -> Decimal | None:
    """CEI: of what could have been collected the per cent that was; sales divided by the months of the period.

    >>> collection_effectiveness(6200, 10890, 6340, 3590, 3)
    Decimal('55.93')
    """
    monthly = Decimal(sales) / months_
    return ratio(opening + monthly - closing, opening + monthly - current, 100)


def countback(
    open_: int, sales: Sequence[tuple[int, int]], last: date, month_days: int = 0
) -> tuple[Decimal | None, str]:
    """Days of the latest sales that make up what is open at the end of `last`: whole months, then a part of one.

    `sales`: day number and minor units. Stops at a month whose sales are not positive, and gives it too.

    >>> days = [date(2026, month, 10).toordinal() for month in (1, 2, 3)]
    >>> countback(212_000, list(zip(days, (70_000, 80_000, 100_000))), date(2026, 3, 31))
    (Decimal('73.17'), '')
    >>> countback(212_000, list(zip(days, (70_000, 80_000, 100_000))), date(2026, 3, 31), 30)
    (Decimal('73.71'), '')
    """
    by_month: dict[str, int] = {}
    for day, amount in sales:
        month = month_of(date.fromordinal(day))
        by_month[month] = by_month.get(month, 0) + amount
    days, left, end = Decimal(0), open_, last
    while left > 0:
        sold = by_month.get(month_of(end), 0)
        if sold <= 0:
            return (days.quantize(_CENT) if days else None), month_of(end)
        in_month = month_days or end.day
        days += in_month if left >= sold else Decimal(in_month) * left / sold
        left -= sold
        if left > 0:
            end = month_end(end.replace(day=1) - timedelta(days=1))
    return days.quantize(_CENT, ROUND_HALF_UP), ""


def _applied_at_once(ledger: Ledger, first: date, last: date) -> dict[str, Decimal | None]:
    """Currency → of the payments a bank's file brought in the period, the per cent their own files apply."""
    rows = ledger.rows(
        "SELECT f.currency, SUM(f.amount), SUM(COALESCE((SELECT SUM(e.amount) FROM entries e WHERE e.owner = f.id "
        "AND e.item = f.fact AND e.why = 'applied'), 0)) FROM facts f "
        "WHERE f.kind = 'payments' AND f.about != '' AND f.date BETWEEN ? AND ? GROUP BY 1",
        first.toordinal(), last.toordinal(),
    )  # fmt: skip
    return {currency: ratio(applied, amount, 100) for currency, amount, applied in rows}


def _promises_kept(ledger: Ledger, first: date, last: date) -> dict[str, Decimal | None]:
    """Currency → of the promises whose last day lies in the period, the per cent that was kept whole."""
    due: dict[str, list[bool]] = {}
    for promised in promises(ledger, last):
        if first <= promised.last and promised.state not in ("pending", "replaced"):
            due.setdefault(promised.promise.currency, []).append(promised.state == "kept")
    return {currency: ratio(sum(kept), len(kept), 100) for currency, kept in due.items()}


def _sales_by_day(ledger: Ledger, currency: str, last: date) -> list[tuple[int, int]]:
    return [(day, amount) for day, amount in ledger.rows(
        "SELECT date, SUM(amount) FROM control WHERE currency = ? AND why IN ('invoice', 'debit-note') AND date <= ? "
        "GROUP BY date", currency, last.toordinal())]  # fmt: skip


def _settled(ledger: Ledger, first: date, last: date) -> dict[str, tuple[int, int, int]]:
    """Of debts settled in the period, by currency, as `settled_debts` has them by customer."""
    found: dict[str, tuple[int, int, int]] = {}
    for _, currency, *sums in settled_debts(ledger, first, last):
        total, late, to_pay = (a + b for a, b in zip(found.get(currency, (0, 0, 0)), sums, strict=True))
        found[currency] = (total, late, to_pay)
    return found


def settled_debts(ledger: Ledger, first: date, last: date) -> list[tuple[str, str, int, int, int]]:
    """Customer, currency, and of their debts settled in the period: total, that × days late, that × days from date.

    A debt is settled on the day from which nothing of it is open, as known at the end of `last`.
    """
    day, start = min(last.toordinal(), NEVER - 1), first.toordinal()
    return ledger.rows(
        "WITH ended AS (SELECT customer, currency, date, due, total, settled AS at FROM items "
        f"WHERE total > 0 AND last <= ?2 AND settled BETWEEN ?1 AND ?2 AND kind IN {_SETTLED_KINDS} UNION ALL "
        "SELECT i.customer, i.currency, i.date, i.due, i.total, MAX(e.date) FROM items i JOIN entries e "
        "ON e.item = i.item "
        f"WHERE i.total > 0 AND i.last > ?2 AND i.date <= ?2 AND e.date <= ?2 AND i.kind IN {_SETTLED_KINDS} "
        "GROUP BY i.item HAVING SUM(e.amount) = 0 AND MAX(e.date) BETWEEN ?1 AND ?2) "
        "SELECT customer, currency, SUM(total), SUM(total * max(at - due, 0)), SUM(total * (at - date)) FROM ended "
        "GROUP BY 1, 2",
        start, day,
    )  # fmt: skip


def usually_late(ledger: Ledger, as_of: date) -> dict[tuple[str, str], int]:
    """Customer and currency → by how many days they paid late on average over a year, by amount, rounded half-up."""
    rows = settled_debts(ledger, as_of - _YEAR, as_of)
    return {(customer, currency): (2 * late + total) // (2 * total) for customer, currency, total, late, _ in rows}
