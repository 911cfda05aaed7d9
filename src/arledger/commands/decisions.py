"""What a person decided about a bank line that matching left for review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from arledger.commands.bank_lines import BankLine
from arledger.commands.shares import open_of, parse_apply, shares
from arledger.compute.matching_types import Class, Offset, Proposal, Share
from arledger.documents.fields import item_and_part
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
    wanted: Sequence[str] = ()  # ITEM, ITEM=AMOUNT or ITEM=AMOUNT+DISCOUNT
    learn: bool = False  # remember the payer's name and account with the customer


def decided(ledger: Ledger, line: BankLine, decision: Decision, used: dict[str, int]) -> Proposal:
    """The decision as a proposal to be posted. Raises UsageError and RefusedError when the books do not allow it.

    `used` is what decisions before this one take of each item and credit; this one is added to it.
    """
    bank = line.line
    if decision.how == "unidentified":
        return Proposal(0, "hold", "unidentified", "", (), bank.amount, ("left unidentified by a person",))
    if decision.customer not in ledger.names or not decision.customer:
        raise RefusedError(f"line {decision.line}: there is no customer {decision.customer or '(none named)'}",
                           "name the customer of the payment", code="unknown-customer")  # fmt: skip
    wanted = [parse_apply(text, bank.currency) for text in decision.wanted]
    owed_back = {
        want.item: -row.open - used.get(want.item, 0)
        for want in wanted
        if (row := ledger.item(want.item)) and row.total < 0
    }
    debts = [want for want in wanted if want.item not in owed_back]
    covers = bank.amount + sum(owed_back.values())
    found = shares(ledger, decision.customer, bank.currency, bank.value_date, covers, debts, used)
    taken = [
        Share(s.item, _minor(s.amount, bank.currency), _minor(s.discount, bank.currency) if s.discount else 0)
        for s in found
    ]
    offsets = list(_deducted(taken, owed_back))
    for offset in offsets:
        used[offset.credit] = used.get(offset.credit, 0) + offset.amount
    left = bank.amount - sum(share.amount for share in taken)
    return Proposal(0, "auto", "on-account" if left else _class(ledger, taken, used), decision.customer,
                    tuple(share for share in taken if share.amount), left, ("decided by a person",),
                    offsets=tuple(offsets), as_told=any(want.amount is not None for want in debts))  # fmt: skip


def _class(ledger: Ledger, taken: Sequence[Share], used: Mapping[str, int]) -> Class:
    """What the whole of a line is to the items it pays, once `used` is taken of each."""
    for share in taken:
        name, part = item_and_part(share.item)
        row = ledger.item(name)
        if row and open_of(ledger, row, part) > used.get(share.item, 0):
            return "short"
    return "discount" if any(share.discount for share in taken) else "exact"


def _deducted(shares_: list[Share], owed_back: dict[str, int]) -> Iterator[Offset]:
    """Credits taken off the shares, from the last on; what a credit covers the payment need not."""
    for credit, owed in owed_back.items():
        left = owed
        for at in reversed(range(len(shares_))):
            part = min(left, shares_[at].amount - bool(shares_[at].discount))
            if part:
                yield Offset(credit, shares_[at].item, part)
                shares_[at] = replace(shares_[at], amount=shares_[at].amount - part)
                left -= part


def _minor(amount: object, currency: str) -> int:
    return minor_units(f"{amount:f}", currency)


def told(line: BankLine) -> str:
    """A line in words: date, amount, payer, text."""
    bank = line.line
    text = f" «{bank.text}»" if bank.text else ""
    return f"{bank.value_date}  {Money(bank.amount, bank.currency).said()}  {bank.payer or 'unknown payer'}{text}"
