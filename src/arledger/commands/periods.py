"""Closing periods, after which nothing dated in them may change, and reopening them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from arledger.checks.periods import seal
from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.approvals import Wanted, approvals_of, lacking
from arledger.compute.rollforward import Forward, rolled
from arledger.dates import month_end, month_of, parse_month
from arledger.documents.periods import Close, ClosingBalance, Moved
from arledger.documents.reopenings import Reopening
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger
from arledger.money import plain


def months_of(period: str) -> list[date]:
    """The last days of the months of a period: a month, or a year. Raises UsageError for what is neither.

    >>> [str(day) for day in months_of("2026-02")], len(months_of("2026"))
    (['2026-02-28'], 12)
    """
    try:
        if len(period) == 4 and period.isascii() and period.isdigit():
            return [month_end(date(int(period), month, 1)) for month in range(1, 13)]
        return [parse_month(period)[1]]
    except ValueError as error:
        raise UsageError(f"PERIOD: {error}", "such as ar close 2026-10, or 2026 for the year") from None


def to_close(ledger: Ledger, period: str, today: date) -> list[date]:
    """The months a close of the period closes, by their last days; none when it is closed already.

    Raises UsageError for what is no period, RefusedError when it is not over or not next.
    """
    months, closed = months_of(period), ledger.closed_through()
    if months[-1] >= today:
        raise RefusedError(f"{period} is not over on {today}", "close a month after its last day", code="period-open")
    if closed and months[-1] < closed and not _closed(ledger, months[-1]):
        raise RefusedError(f"the books are closed through {closed}", "close the month after it", code="closed-period")
    left = [month for month in months if not closed or month > closed]
    if not closed and len(months) > 1:
        ((first,),) = ledger.rows("SELECT COALESCE(MIN(month), '') FROM facts")
        left = [month for month in left if month_of(month) >= first]
    if left and (due := _next(ledger, closed)) and due != month_of(left[0]):
        raise RefusedError(f"{due} comes before {period}", f"close {due} first", code="period-order")
    return left


def _next(ledger: Ledger, closed: date | None) -> str:
    """The month to be closed next: the one after the last closed, or the first that was reopened; "" for any."""
    if closed:
        return month_of(closed + timedelta(days=1))
    reopened = ledger.facts("kind = 'periods'")
    return month_of(min(row.date for row in reopened)) if reopened else ""


def close(ledger: Ledger, period: str, today: date, content: Callable[[Ledger, str, str, str], str]) -> Planned:
    """Closes a month, or what is left of a year; nothing when it is closed already, so that a command cut short can
    be given again. `content` gives the digest of what the facts after one close up to a month say, and of its seal.
    Raises as `to_close`.
    """
    months = to_close(ledger, period, today)
    if not months:
        return Planned(notes=[f"{period} is closed already: nothing to do"])
    before = ledger.closes()
    previous, previous_seal = (before[-1].fact, before[-1].key) if before else ("", "")
    first = before[-1].date + timedelta(days=1) if before else date.min
    facts = []
    for last in months:
        month = month_of(last)
        fact = month if not ledger.fact(month) else next_id(ledger, f"{month}-C", 2)
        sealed, count = seal(ledger, month, previous, previous_seal)
        balances = tuple(map(_balance, rolled(ledger, first, last)))
        facts.append((fact, Close(date=last, facts=count, previous=previous or None, balances=balances,
                                  content=content(ledger, previous, month, sealed) or None, seal=sealed)))  # fmt: skip
        previous, previous_seal, first = fact, sealed, last + timedelta(days=1)
    return Planned(facts, about=f"Close {period}")


def _balance(row: Forward) -> ClosingBalance:
    def money(minor: int) -> Decimal:
        return Decimal(plain(minor, row.currency))

    moved = tuple(Moved(line=line, amount=money(amount)) for line, amount in row.lines.items() if amount)
    return ClosingBalance(currency=row.currency, opening=money(row.opening), moved=moved, balance=money(row.closing))


def reopen(ledger: Ledger, period: str, day: date, reason: str) -> Planned:
    """Takes back the close of a month and of every later one, once a second person has approved it.

    Raises UsageError for what is no month, RefusedError for one that is not closed or without an approval.
    """
    months = months_of(period)
    closes = [row for row in ledger.closes() if row.date >= months[0]]
    if not closes or month_of(closes[0].date) != month_of(months[0]):
        raise RefusedError(f"{period} is not closed", "see ar check for what is", code="period-open")
    refuse_closed(ledger, day)
    if told := reopening_lacks(ledger, period, day):
        raise RefusedError(told, f"ar approve reopen {period} --by …", code="approval-missing")
    facts = [
        (next_id(ledger, f"{row.fact}-R"), Reopening(date=day, close=row.fact, period=period, reason=reason))
        for row in closes
    ]
    months_again = ", ".join(month_of(row.date) for row in closes)
    return Planned(facts, notes=[f"close again, in order: {months_again}"], about=f"Reopen {period}: {reason}")


def reopening_lacks(ledger: Ledger, period: str, day: date) -> str:
    """What is missing for a period to be reopened once more, in words; "" when nothing is.

    Policy may name who has to agree; where it names nobody, anybody of `people` may.
    """
    if told := lacking(ledger, Wanted("reopen", period, 0, "", day)):
        return told
    if len(approvals_of(ledger, "reopen", period, day)) <= times_reopened(ledger, period):
        return f"reopening {period} needs the approval of a second person"
    return ""


def times_reopened(ledger: Ledger, period: str) -> int:
    """How often a period was reopened by its own name, not because an earlier one was."""
    return sum(one.asked for _, one in ledger.told(Reopening, date.max) if one.period == period)


def _closed(ledger: Ledger, last: date) -> bool:
    return any(row.date == last for row in ledger.closes())
