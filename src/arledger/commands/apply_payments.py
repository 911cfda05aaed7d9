"""Cash application: bank lines to payments. What one explanation stands out for is posted; the rest is listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from arledger.commands.bank_lines import BankLine, ReadStatement
from arledger.commands.bank_returns import Returned, returns
from arledger.commands.bank_statements import gaps, statement_facts
from arledger.commands.decisions import Decision, decided
from arledger.commands.deductions import deduction
from arledger.commands.deposits import credited
from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.commands.shares import open_of
from arledger.compute.match_book import match_book, match_policy
from arledger.compute.matching import match
from arledger.compute.matching_types import Proposal
from arledger.documents.fields import item_and_part
from arledger.documents.invoices import Share
from arledger.documents.kinds import AnyFact
from arledger.documents.payments import Application, Method, Payment, WriteOff
from arledger.documents.payments import BankLine as BankInfo
from arledger.ledger.table import Ledger
from arledger.money import decimal

Status = Literal["posted", "skipped", "review"]


@dataclass(frozen=True)
class Outcome:
    """What becomes of one credit line: posted or skipped as the payment named, or left for a person."""

    line: BankLine
    payment: str
    status: Status
    proposal: Proposal | None  # None: the line was posted before
    customer: str = ""  # of a line that was posted before


@dataclass(frozen=True)
class Applied:
    """What a file comes to: the plan to post, and the outcome of every credit line in file order."""

    planned: Planned
    outcomes: Sequence[Outcome]
    returns: Sequence[Returned]
    lines: int  # booked lines of the file, debits too


def apply_payments(
    ledger: Ledger,
    read: Sequence[ReadStatement],
    file: str,
    *,
    decisions: Mapping[str, Decision] | None = None,
    rest_on_account: bool = False,
) -> Applied:
    """Matches the lines that were not posted before, and keeps the statements that carry balances.

    With `rest_on_account` what is left for review is posted too, unapplied: on account of its customer where that
    is certain, else of a payer not identified. `decisions`, by the first 16 digits of a line's key, win over what
    matching says.
    """
    lines = [line for statement in read for line in statement.lines]
    credits_ = [line for line in lines if line.line.amount > 0 and not line.line.returned]
    known = _posted(ledger, [line.key for line in credits_])
    told, deposits = credited(ledger, [line for line in credits_ if line.key not in known])
    known |= told | deposits
    new = [line for line in credits_ if line.key not in known]
    day = max((line.line.value_date for line in new), default=date.min)
    proposals = match([line.line for line in new], match_book(ledger, day), match_policy(ledger))
    outcomes = {
        line.key: Outcome(line, fact, "skipped", None, _customer(ledger, fact))
        for line in credits_
        if (fact := known.get(line.key))
    }
    facts: list[tuple[str, AnyFact]] = []
    taken: set[str] = set()
    learned: list[tuple[str, str, str]] = []
    for line, proposed in zip(new, proposals, strict=True):
        payment = _payment_id(ledger, line, taken)
        decision = (decisions or {}).get(line.key[:16])
        proposal = decided(ledger, line, decision) if decision else proposed
        if decision and decision.learn and decision.customer:
            learned.append((decision.customer, line.line.payer, line.line.payer_account))
        status: Status = "posted" if proposal.tier == "auto" or decision or rest_on_account else "review"
        if status == "posted":
            refuse_closed(ledger, line.line.value_date)
            facts += _facts(ledger, payment, line, proposal)
        outcomes[line.key] = Outcome(line, payment, status, proposal)
    undone, returned = returns(ledger, lines)
    facts += undone
    facts += statement_facts(ledger, read, file, deposits)
    planned = Planned(facts, notes=gaps(ledger, read), learned=learned, about=_subject(outcomes.values(), returned))
    return Applied(planned, [outcomes[line.key] for line in credits_], returned, len(lines))


def _subject(outcomes: Iterable[Outcome], returned: Sequence[Returned]) -> str:
    posted = sum(outcome.status == "posted" for outcome in outcomes)
    undone = sum(line.status == "posted" for line in returned)
    back = f", {undone} returned" if undone else ""
    return f"Apply {posted} payment{'' if posted == 1 else 's'} from the bank{back}"


def _customer(ledger: Ledger, payment: str) -> str:
    fact = ledger.fact(payment)
    return fact.customer if fact else ""


def _posted(ledger: Ledger, keys: Sequence[str]) -> dict[str, str]:
    """Key → payment of the lines that were posted before."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        marks = ", ".join("?" * len(some))
        found.update(ledger.rows(f"SELECT key, fact FROM facts WHERE kind = 'payments' AND key IN ({marks})", *some))
    return found


def _payment_id(ledger: Ledger, line: BankLine, taken: set[str]) -> str:
    """`<value date>-<first digits of the key>`: eight of them, more where another payment has the same."""
    size = 8
    while (found := f"{line.line.value_date}-{line.key[:size]}") in taken or ledger.fact(found):
        size += 4
    taken.add(found)
    return found


def _facts(ledger: Ledger, payment: str, line: BankLine, proposal: Proposal) -> Iterator[tuple[str, AnyFact]]:
    """The payment with its shares, and the facts for what the shares leave over or set off."""
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
    yield payment, Payment(
        customer=customer or None, date=bank.value_date, currency=currency, method=method,
        reference=_reference(line), bank=info, applied=shares, amount=decimal(bank.amount, currency),
    )  # fmt: skip
    yield from _differences(ledger, payment, line, proposal)
    yield from _deductions(ledger, payment, line, proposal)
    yield from _offsets(ledger, line, proposal)


def _reference(line: BankLine) -> str | None:
    bank = line.line
    numbers = [reference.number for reference in bank.references]
    return bank.check_number or (", ".join(numbers) if numbers else None) or (bank.end_to_end or None)


def _differences(ledger: Ledger, payment: str, line: BankLine, proposal: Proposal) -> Iterator[tuple[str, AnyFact]]:
    """Small differences within tolerance: written off the item, or kept of the payment when too much came."""
    day, currency = line.line.value_date, line.line.currency
    for share in proposal.shares:
        if not share.difference:
            continue
        item, of_credit = (share.item, False) if share.difference > 0 else (payment, True)
        name = item_and_part(item)[0]
        yield next_id(ledger, f"{name}-W"), WriteOff(
            customer=proposal.customer, date=day, currency=currency, item=item, of_credit=of_credit,
            reason="payment difference within tolerance", amount=decimal(abs(share.difference), currency),
        )  # fmt: skip


def _deductions(ledger: Ledger, payment: str, line: BankLine, proposal: Proposal) -> Iterator[tuple[str, AnyFact]]:
    """What the payer says it kept back, or by policy what it paid short, as items of their own."""
    named = {reference.number: reference for reference in line.line.references if reference.adjustment}
    by_policy = ledger.policy.matching.short == "deduction" and proposal.result == "short"
    for share in proposal.shares:
        name, part = item_and_part(share.item)
        row = ledger.item(name)
        assert row
        left = open_of(ledger, row, part) - share.amount - share.discount - share.difference
        told = named.get(name)
        kept = min(left, told.adjustment if told else left if by_policy else 0)
        if kept > 0:
            yield deduction(ledger, row, share.item, kept, line.line.value_date, code=told.reason if told else "",
                            payment=payment)  # fmt: skip


def _offsets(ledger: Ledger, line: BankLine, proposal: Proposal) -> Iterator[tuple[str, AnyFact]]:
    """Credits the payer deducted, applied to the items they were deducted from."""
    by_credit: dict[str, list[Share]] = {}
    currency = line.line.currency
    for offset in proposal.offsets:
        by_credit.setdefault(offset.credit, []).append(Share(item=offset.item, amount=decimal(offset.amount, currency)))
    for credit, shares in by_credit.items():
        yield next_id(ledger, f"{credit}-A", 2), Application(
            customer=proposal.customer, date=line.line.value_date, currency=currency, credit=credit,
            applied=tuple(shares), amount=sum((share.amount for share in shares), Decimal(0)),
        )  # fmt: skip
