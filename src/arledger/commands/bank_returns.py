"""Returns on a bank statement: a cheque or debit that came back undoes the payment it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from arledger.commands import payments
from arledger.commands.bank_lines import BankLine
from arledger.documents.bank import StatementLine, compact
from arledger.documents.kinds import AnyFact
from arledger.ledger.table import Ledger

_NEAR = timedelta(days=10)  # between the day a person gave a return and the bank's
_NOT_RETURNED = "item NOT IN (SELECT about FROM facts WHERE kind = 'reversals' AND key NOT LIKE 'unapply%')"
_BY_HAND = "item IN (SELECT about FROM facts WHERE kind = 'reversals' AND key = 'return' AND date BETWEEN ? AND ?)"


@dataclass(frozen=True)
class Returned:
    """What becomes of a line that takes money back: the payment it undoes, or why a person must look."""

    line: BankLine
    payment: str
    status: str  # posted, skipped, review
    why: str


def returns(
    ledger: Ledger, lines: Sequence[BankLine], coming: Sequence[BankLine] = ()
) -> tuple[list[tuple[str, AnyFact]], list[Returned]]:
    """The reversals that the returned lines ask for, and the outcome of each line.

    Posted is only what one payment stands out for: the same amount, and the payer's account, name, cheque number or
    reference that of the line. `coming` are the lines that become payments only now.
    """
    facts: list[tuple[str, AnyFact]] = []
    found: list[Returned] = []
    taken: set[str] = set()
    for line in lines:
        if not (line.line.returned and line.line.amount < 0):
            continue
        known = ledger.facts("kind = 'reversals' AND key = ?", f"return {line.key}")
        if known:
            found.append(Returned(line, known[0].about, "skipped", f"posted before as {known[0].fact}"))
            continue
        if by_hand := [payment for payment in _returned_by_hand(ledger, line) if payment not in taken]:
            taken.add(by_hand[0])
            found.append(Returned(line, by_hand[0], "skipped", f"{by_hand[0]} was returned by hand before"))
            continue
        candidates = [payment for payment in _named(ledger, line, _NOT_RETURNED) if payment not in taken]
        if why := _why_not(candidates, [other for other in coming if _may_be(line, other)]):
            found.append(Returned(line, "", "review", why))
            continue
        taken.add(candidates[0])
        reason = line.line.return_reason or line.line.text or "returned by the bank"
        plan = payments.return_(ledger, candidates[0], line.line.value_date, reason, 0, line.key)
        facts += plan.facts
        found.append(Returned(line, candidates[0], "posted", f"the only payment it can be: {candidates[0]}"))
    return facts, found


def _why_not(candidates: Sequence[str], coming: Sequence[BankLine]) -> str:
    """Why a person must look, or "" where it can be one payment only."""
    if coming:
        return "it may be a payment of this file: give the command again once that is posted"
    if len(candidates) > 1:
        return f"several payments fit: {', '.join(candidates)}; ar payment return the right one"
    return (
        "" if candidates else "no payment of this amount and payer is left; ar payment return, if you know which it is"
    )


def _returned_by_hand(ledger: Ledger, line: BankLine) -> list[str]:
    """Payments a person took back about that day, without saying of which line."""
    day = line.line.value_date
    return _named(ledger, line, _BY_HAND, (day - _NEAR).toordinal(), (day + _NEAR).toordinal())


def _named(ledger: Ledger, line: BankLine, which: str, *values: int) -> list[str]:
    """Payments of the amount, not later than the line, that it names in some way."""
    bank = line.line
    rows = ledger.rows(
        "SELECT item, payer, account, text FROM items WHERE kind = 'payment' AND total = ? AND currency = ? "
        f"AND date <= ? AND {which} ORDER BY item",
        bank.amount,
        bank.currency,
        bank.value_date.toordinal(),
        *values,
    )
    return [item for item, payer, account, text in rows if _tells(bank, payer, account, text)]


def _may_be(back: BankLine, line: BankLine) -> bool:
    """Whether a line that becomes a payment only now may be the one that came back."""
    bank = line.line
    if bank.amount != -back.line.amount or bank.value_date > back.line.value_date:
        return False
    return any(_tells(back.line, bank.payer, bank.payer_account, text) for text in (bank.check_number, bank.end_to_end))


def _tells(back: StatementLine, payer: str, account: str, text: str) -> bool:
    """Whether a line that takes money back names a payment: by its payer, its account or what it was known by."""
    told = " ".join((back.text, back.check_number, back.end_to_end, *(r.number for r in back.references))).casefold()
    if _same(back.payer, payer) or (back.payer_account and compact(account) == compact(back.payer_account)):
        return True
    return len(text) >= 4 and text.casefold() in told


def _same(one: str, other: str) -> bool:
    return bool(one) and one.casefold().split() == other.casefold().split()
