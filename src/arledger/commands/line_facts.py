"""What bank lines become once it is known what they pay: payments, and the facts for what their shares leave over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arledger.commands.bank_lines import BankLine
from arledger.commands.deductions import deduction
from arledger.commands.planned import next_id
from arledger.commands.shares import open_of
from arledger.compute.matching_types import Proposal, falls_by_item
from arledger.documents.fields import item_and_part
from arledger.documents.invoices import Share
from arledger.documents.kinds import AnyFact
from arledger.documents.payments import Application, Method, Payment, WriteOff
from arledger.documents.payments import BankLine as BankInfo
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import decimal

Facts = Iterator[tuple[str, AnyFact]]


class LineFacts:
    """The facts of the lines of one file, with ids that no two of them share."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lines: list[tuple[str, BankLine, Proposal]] = []
        self._taken: set[str] = set()

    def add(self, payment: str, line: BankLine, proposal: Proposal) -> None:
        """Take in a line that is to be posted as the payment of that id."""
        self._lines.append((payment, line, proposal))

    def facts(self) -> Facts:
        """The facts of all lines. What a line leaves open of an item counts once every line has had its part."""
        for payment, line, proposal in self._lines:
            yield payment, _payment(line, proposal)
            yield from self._differences(payment, line, proposal)
            yield from self._offsets(line, proposal)
        last = {share.item: at for at, (_, _, proposal) in enumerate(self._lines) for share in proposal.shares}
        falls = falls_by_item(proposal for _, _, proposal in self._lines)
        for at, (payment, line, proposal) in enumerate(self._lines):
            ending = [share.item for share in proposal.shares if last[share.item] == at]
            yield from self._deductions(payment, line, proposal, {item: falls[item] for item in ending})

    def _id(self, stem: str, first: int = 1) -> str:
        found = next_id(self._ledger, stem, first, self._taken)
        self._taken.add(found)
        return found

    def _item(self, item: str) -> tuple[ItemRow, int]:
        name, part = item_and_part(item)
        row = self._ledger.item(name)
        assert row, name
        return row, part

    def _differences(self, payment: str, line: BankLine, proposal: Proposal) -> Facts:
        """Small differences within tolerance: written off the item, or kept of the payment when too much came."""
        day, currency = line.line.value_date, line.line.currency
        for share in proposal.shares:
            if not share.difference:
                continue
            of_credit = share.difference < 0
            owner = proposal.customer if of_credit else self._item(share.item)[0].customer
            yield self._id(f"{item_and_part(payment if of_credit else share.item)[0]}-W"), WriteOff(
                customer=owner, date=day, currency=currency, item=payment if of_credit else share.item,
                of_credit=of_credit, reason="payment difference within tolerance",
                amount=decimal(abs(share.difference), currency),
            )  # fmt: skip

    def _deductions(self, payment: str, line: BankLine, proposal: Proposal, falls: Mapping[str, int]) -> Facts:
        """What the payer says it kept back, or by policy what it paid short, as items of their own.

        `falls`: what all lines together take off each item, in minor units.
        """
        named = {reference.number: reference for reference in line.line.references if reference.adjustment}
        short = proposal.result == "short" and not proposal.as_told
        by_policy = short and self._ledger.policy.matching.short == "deduction"
        if not named and not by_policy:
            return
        for item, taken in falls.items():
            row, part = self._item(item)
            left = open_of(self._ledger, row, part) - taken
            told = named.get(row.item)
            kept = min(left, told.adjustment if told else left if by_policy else 0)
            if kept > 0:
                fact = self._id(f"{row.item}-D")
                yield fact, deduction(row, item, kept, line.line.value_date, code=told.reason if told else "",
                                      payment=payment)  # fmt: skip

    def _offsets(self, line: BankLine, proposal: Proposal) -> Facts:
        """Credits the payer deducted, applied to the items they were deducted from."""
        by_credit: dict[str, list[Share]] = {}
        currency = line.line.currency
        for offset in proposal.offsets:
            part = Share(item=offset.item, amount=decimal(offset.amount, currency))
            by_credit.setdefault(offset.credit, []).append(part)
        for credit, shares in by_credit.items():
            yield self._id(f"{credit}-A", 2), Application(
                customer=self._item(credit)[0].customer, date=line.line.value_date, currency=currency, credit=credit,
                applied=tuple(shares), amount=sum((share.amount for share in shares), Decimal(0)),
            )  # fmt: skip


def _payment(line: BankLine, proposal: Proposal) -> Payment:
    bank, currency = line.line, line.line.currency
    customer = proposal.customer if proposal.tier != "hold" else ""
    shares = tuple(
        Share(
            item=share.item,
            amount=decimal(share.amount + min(share.difference, 0), currency),
            discount=decimal(share.discount, currency) if share.discount else None,
        )
        for share in proposal.shares
    )
    info = BankInfo(
        account=line.account, payer=bank.payer or None, payer_account=bank.payer_account or None,
        text=bank.text or None, reference=bank.bank_reference or None, line=line.key,
    )  # fmt: skip
    method: Method = "check" if bank.check_number else "transfer"
    return Payment(
        customer=customer or None, date=bank.value_date, currency=currency, method=method,
        reference=_reference(line), bank=info, applied=shares, amount=decimal(bank.amount, currency),
    )  # fmt: skip


def _reference(line: BankLine) -> str | None:
    bank = line.line
    numbers = [reference.number for reference in bank.references]
    return bank.check_number or (", ".join(numbers) if numbers else None) or (bank.end_to_end or None)
