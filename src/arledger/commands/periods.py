"""Closing a period: totals and a seal over its facts, after which nothing dated in it may change."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from arledger.checks.periods import seal
from arledger.commands.planned import Planned
from arledger.dates import month_of, parse_month
from arledger.documents.periods import Close, ClosingBalance
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger
from arledger.money import plain


def close(ledger: Ledger, period: str, today: date) -> Planned:
    """Closes a month; nothing when it is closed already, so that a command cut short can be given again.

    Raises UsageError for what is no month, RefusedError when it is not over or not next.
    """
    try:
        _, last = parse_month(period)
    except ValueError as error:
        raise UsageError(f"PERIOD: {error}", "such as ar close 2026-10") from None
    if last >= today:
        raise RefusedError(f"{period} is not over on {today}", "close a month after its last day", code="period-open")
    before = ledger.facts("kind = 'periods'", order="date DESC")
    if any(closed.fact == period for closed in before):
        return Planned(notes=[f"{period} is closed already: nothing to do"])
    if before and last <= before[0].date:
        raise RefusedError(f"the books are closed through {before[0].date}", "close the month after it",
                           code="closed-period")  # fmt: skip
    if before and (due := month_of(before[0].date + timedelta(days=1))) != period:
        raise RefusedError(f"{due} comes before {period}", f"close {due} first", code="period-order")
    previous, previous_seal = (before[0].fact, before[0].key) if before else ("", "")
    sealed, facts = seal(ledger, period, previous, previous_seal)
    balances = [
        ClosingBalance(currency=currency, balance=Decimal(plain(amount, currency)))
        for currency, amount in sorted(ledger.control(last).items())
    ]
    document = Close(date=last, facts=facts, previous=previous or None, balances=tuple(balances), seal=sealed)
    return Planned([(period, document)], about=f"Close {period}")
