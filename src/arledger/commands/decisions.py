"""What a person decided about a bank line that matching left for review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from arledger.commands.bank_lines import BankLine
from arledger.commands.shares import Wanted, shares
from arledger.compute.matching_types import Proposal, Share
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import Money, minor_units

How = Literal["apply", "on-account", "unidentified", "skip"]


@dataclass(frozen=True)
class Decision:
    """One line, named by the first 16 digits of its key, and what is to be done with it."""

    line: str
    how: How
    customer: str = ""
    wanted: Sequence[Wanted] = ()
    learn: bool = False  # remember the payer's name and account with the customer


def decided(ledger: Ledger, line: BankLine, decision: Decision) -> Proposal:
    """The decision as a proposal to be posted. Raises RefusedError when the books do not allow it."""
    bank = line.line
    if decision.how == "unidentified":
        return Proposal(0, "hold", "unidentified", "", (), bank.amount, ("left unidentified by a person",))
    if decision.customer not in ledger.names or not decision.customer:
        raise RefusedError(f"line {decision.line}: there is no customer {decision.customer or '(none named)'}",
                           "name the customer of the payment", code="unknown-customer")  # fmt: skip
    found = shares(ledger, decision.customer, bank.currency, bank.value_date, bank.amount, decision.wanted)
    taken = tuple(
        Share(s.item, _minor(s.amount, bank.currency), _minor(s.discount, bank.currency) if s.discount else 0)
        for s in found
    )
    left = bank.amount - sum(share.amount for share in taken)
    return Proposal(0, "auto", "exact" if taken and not left else "on-account", decision.customer, taken, left,
                    ("decided by a person",))  # fmt: skip


def _minor(amount: object, currency: str) -> int:
    return minor_units(f"{amount:f}", currency)


def told(line: BankLine) -> str:
    """A line in words: date, amount, payer, text."""
    bank = line.line
    text = f" «{bank.text}»" if bank.text else ""
    return f"{bank.value_date}  {Money(bank.amount, bank.currency)}  {bank.payer or 'unknown payer'}{text}"
