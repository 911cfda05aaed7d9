"""Returns on a bank statement: a cheque or debit that came back undoes the payment it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arledger.commands import payments
from arledger.commands.bank_lines import BankLine
from arledger.documents.bank import compact
from arledger.documents.kinds import AnyFact
from arledger.ledger.table import Ledger

_NOT_RETURNED = "item NOT IN (SELECT about FROM facts WHERE kind = 'reversals' AND key NOT LIKE 'unapply%')"


@dataclass(frozen=True)
class Returned:
    """What becomes of a line that takes money back: the payment it undoes, or why a person must look."""

    line: BankLine
    payment: str
    status: str  # posted, skipped, review
    why: str


def returns(ledger: Ledger, lines: Sequence[BankLine]) -> tuple[list[tuple[str, AnyFact]], list[Returned]]:
    """The reversals that the returned lines ask for, and the outcome of each line.

    Posted is only what one payment stands out for: the same amount, and the payer's account, name, cheque number or
    reference that of the line.
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
        candidates = [payment for payment in _candidates(ledger, line) if payment not in taken]
        if len(candidates) != 1:
            why = f"{len(candidates)} payments fit" if candidates else "no payment of this amount and payer is left"
            found.append(Returned(line, "", "review", why))
            continue
        taken.add(candidates[0])
        reason = line.line.return_reason or line.line.text or "returned by the bank"
        plan = payments.return_(ledger, candidates[0], line.line.value_date, reason, 0, line.key)
        facts += plan.facts
        found.append(Returned(line, candidates[0], "posted", f"the only payment it can be: {candidates[0]}"))
    return facts, found


def _candidates(ledger: Ledger, line: BankLine) -> list[str]:
    """Payments of the amount, not later and not returned yet, that the line names in some way."""
    bank = line.line
    rows = ledger.rows(
        "SELECT item, payer, account, text FROM items WHERE kind = 'payment' AND total = ? AND currency = ? "
        f"AND date <= ? AND {_NOT_RETURNED} ORDER BY item",
        bank.amount,
        bank.currency,
        bank.value_date.toordinal(),
    )
    told = " ".join((bank.text, bank.check_number, bank.end_to_end, *(r.number for r in bank.references))).casefold()
    return [
        item
        for item, payer, account, text in rows
        if _same(bank.payer, payer)
        or (bank.payer_account and compact(account) == compact(bank.payer_account))
        or (len(text) >= 4 and text.casefold() in told)
    ]


def _same(one: str, other: str) -> bool:
    return bool(one) and one.casefold().split() == other.casefold().split()
