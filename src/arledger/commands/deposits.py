"""Deposits: cheques paid in together, which the bank credits as one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arledger.commands import payments
from arledger.commands.bank_lines import BankLine
from arledger.commands.planned import Planned, next_id
from arledger.commands.shares import Wanted
from arledger.documents.bank_statements import Deposit
from arledger.documents.kinds import AnyFact
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import decimal

_CREDITED_WITHIN = 10  # days after the deposit that the bank may take to credit it


@dataclass(frozen=True)
class Cheque:
    """One cheque of a deposit."""

    customer: str
    number: str
    amount: int  # minor units
    wanted: Sequence[Wanted] = ()


def deposit(ledger: Ledger, account: str, day: date, cheques: Sequence[Cheque]) -> Planned:
    """A payment for each cheque, and the deposit of them all. Raises RefusedError for a cheque given before."""
    currency = ledger.policy.bank_accounts[account].currency
    facts: list[tuple[str, AnyFact]] = []
    for cheque in cheques:
        key = f"cheque {cheque.customer} {cheque.number}"
        if ledger.facts("kind = 'payments' AND key = ?", key) or key in {getattr(d, "key", None) for _, d in facts}:
            raise RefusedError(f"cheque {cheque.number} of {cheque.customer} was deposited before", "check its number",
                               code="posted-twice")  # fmt: skip
        received = payments.Received(cheque.customer, day, cheque.amount, currency, "check", cheque.number, key)
        facts += payments.new(ledger, received, cheque.wanted).facts
    total = sum(cheque.amount for cheque in cheques)
    slip = Deposit(account=account, date=day, currency=currency, payments=tuple(fact for fact, _ in facts),
                   amount=decimal(total, currency))  # fmt: skip
    return Planned([*facts, (next_id(ledger, f"{account}-{day}-dep"), slip)],
                   about=f"Deposit {len(cheques)} cheques, {slip.amount:,f} {currency}")  # fmt: skip


def credited(ledger: Ledger, lines: Sequence[BankLine]) -> tuple[dict[str, str], dict[str, str]]:
    """Key of a line → the deposit it credits: those a kept bank statement tells of, and those that are new.

    New is a deposit of the same account and amount, up to ten days earlier, that no line has credited yet.
    """
    told = _told(ledger)
    known = {line.key: told[line.key[:16]] for line in lines if line.key[:16] in told}
    found: dict[str, str] = {}
    open_ = [row for row in ledger.facts("kind = 'deposits'") if row.fact not in told.values()]
    for line in sorted(lines, key=lambda line: (line.line.value_date, line.key)):
        since = line.line.value_date - timedelta(days=_CREDITED_WITHIN)
        fits = [
            row.fact
            for row in open_
            if row.about == line.account
            and row.amount == line.line.amount
            and since <= row.date <= line.line.value_date
            and row.fact not in found.values()
        ]
        if fits and line.key not in known:
            found[line.key] = fits[0]
    return known, found


def _told(ledger: Ledger) -> dict[str, str]:
    """First digits of a line's key → deposit, from the kept bank statements."""
    texts = [
        text
        for (key,) in ledger.rows("SELECT key FROM facts WHERE kind = 'bank'")
        for text in key.split()
        if "@" in text
    ]
    return {line: deposit for deposit, _, line in (text.partition("@") for text in texts)}
