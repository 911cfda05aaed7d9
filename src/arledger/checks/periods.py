"""Closed periods: nothing dated in one may appear, change or go. The seal is a hash over the period's facts.

seal(p) = SHA-256 of two lines: the seal of the period before ("" for the first), and `<digest>  <month>` of every
month up to p that no earlier period sealed, oldest first. The digest of a month is the SHA-256 of the sorted
lines `<sha256 of the file>  <path>` of its facts; line ends do not count (files are hashed with LF).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from arledger.checks import Finding
from arledger.compute.approvals import approvals_of
from arledger.compute.rollforward import rolled
from arledger.documents.reopenings import Reopening
from arledger.ledger.table import Ledger
from arledger.money import plain


def seal(ledger: Ledger, period: str, previous: str, previous_seal: str) -> tuple[str, int]:
    """The seal over the period and how many facts it covers, as the files are now."""
    months = ledger.rows(
        "SELECT month, facts, digest FROM months WHERE month > ? AND month <= ? ORDER BY month", previous, period
    )
    text = previous_seal + "\n" + "".join(f"{digest}  {month}\n" for month, _, digest in months)
    return hashlib.sha256(text.encode()).hexdigest(), sum(facts for _, facts, _ in months)


def closed_periods(ledger: Ledger, _: bool) -> Iterator[Finding]:
    """Periods whose facts or balances are no longer those they were closed with."""
    before, before_seal, first = "", "", date.min
    for row in ledger.closes():
        if row.about != before:
            yield Finding(row.path, ("previous",), "period-order", f"{row.fact} follows {row.about or 'no period'}, "
                          f"but {before or 'no period'} is closed before it", "close periods in order")  # fmt: skip
        right = forwards(ledger, first, row.date) if " from " in row.currency else balances(ledger, row.date)
        if right != row.currency:
            told = f"it was closed with {_apart(row.currency, right)}"
            yield Finding(row.path, ("balances",), "closing-balance", told, "restore the facts of the period from git")
        now, facts = seal(ledger, row.fact, before, before_seal)
        if now != row.key:
            yield Finding(row.path, ("seal",), "closed-period-changed",
                          f"facts dated in {row.fact} changed since it was closed ({facts} facts now)",
                          f"see git log -- '*/{row.fact}/*'; restore them, and correct in an open period")  # fmt: skip
        before, before_seal, first = row.fact, row.key, row.date + timedelta(days=1)


def balances(ledger: Ledger, day: date) -> str:
    """The control account at the end of a day as earlier closes kept it: `EUR 1250.00, USD 10.00`, by currency."""
    return ", ".join(
        f"{currency} {plain(amount, currency)}" for currency, amount in sorted(ledger.control(day).items())
    )


def forwards(ledger: Ledger, first: date, last: date) -> str:
    """The roll-forward of a period as closes keep it: `EUR 1250.00 from 1000.00 invoices 250.00`, by currency."""
    return ", ".join(
        f"{row.currency} {plain(row.closing, row.currency)} from {plain(row.opening, row.currency)}"
        + "".join(f" {line} {plain(amount, row.currency)}" for line, amount in row.lines.items() if amount)
        for row in rolled(ledger, first, last)
    )


def _apart(then: str, now: str) -> str:
    """What differs between two such texts: `USD balance 10.00, now 12.00; USD payments -5.00, now -3.00`."""
    was, are = _figures(then), _figures(now)
    return "; ".join(
        f"{currency} {line} {was.get((currency, line), 'none')}, now {are.get((currency, line), 'none')}"
        for currency, line in was | are
        if was.get((currency, line)) != are.get((currency, line))
    )


def _figures(text: str) -> dict[tuple[str, str], str]:
    """The figures of `balances` or `forwards` by currency and line."""
    found: dict[tuple[str, str], str] = {}
    for part in text.split(", ") if text else ():
        currency, closing, *lines = part.split()
        words = ["balance", closing, "opening", *lines[1:]] if lines else ["balance", closing]
        found |= {
            (currency, line.replace("_", " ")): amount for line, amount in zip(words[::2], words[1::2], strict=True)
        }
    return found


def reopenings(ledger: Ledger, _: bool) -> Iterator[Finding]:
    """Periods reopened more often than a second person agreed to, and later ones that did not go with one of those."""
    told = ledger.told(Reopening, date.max)
    asked = [found for found in told if found[1].asked]
    for period in sorted({reopening.period for _, reopening in asked}):
        rows = [row for row, reopening in asked if reopening.period == period]
        for number, row in enumerate(rows, 1):
            if len(approvals_of(ledger, "reopen", period, row.date)) < number:
                yield Finding(row.path, ("period",), "approval-missing", f"reopening {period} needs the approval of a "
                              "second person", f"ar approve reopen {period} --by …")  # fmt: skip
    with_it = Counter((reopening.period, reopening.date) for _, reopening in asked)
    went = Counter[tuple[str, date, str]]()
    for row, one in told:
        month = one.close[:7]
        went[one.period, one.date, month] += not one.asked
        if not one.asked and (month < one.period or went[one.period, one.date, month] > with_it[one.period, one.date]):
            yield Finding(row.path, ("period",), "approval-missing", f"{one.close} did not go with a reopening of "
                          f"{one.period} on {one.date}: it needs an approval of its own",
                          f"delete it, then ar approve reopen {month} --by … and ar reopen {month}")  # fmt: skip
