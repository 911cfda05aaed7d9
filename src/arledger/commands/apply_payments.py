"""Cash application: bank lines to payments. What one explanation stands out for is posted; the rest is listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from arledger.commands.bank_lines import BankLine, ReadStatement
from arledger.commands.bank_returns import Returned, returns
from arledger.commands.bank_statements import gaps, statement_facts
from arledger.commands.decisions import Decision, decided
from arledger.commands.deposits import credited
from arledger.commands.line_facts import LineFacts
from arledger.commands.planned import Planned, refuse_closed
from arledger.compute.approvals import Wanted, done, lacking
from arledger.compute.match_book import match_book, match_policy, without
from arledger.compute.matching import Progress, match
from arledger.compute.matching_types import Candidate, Proposal
from arledger.errors import many
from arledger.ledger.table import Ledger

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
    progress: Progress | None = None,
) -> Applied:
    """Matches the lines that were not posted before, and keeps the statements that carry balances.

    With `rest_on_account` what is left for review is posted too, unapplied: on account of its customer where that
    is certain, else of a payer not identified. `decisions`, by the first 16 digits of a line's key, win over what
    matching says.
    """
    lines = [line for statement in read for line in statement.lines]
    credits_ = [line for line in lines if line.line.amount > 0]
    known = _posted(ledger, [line.key for line in credits_])
    told, deposits = credited(ledger, [line for line in credits_ if line.key not in known and not line.line.returned])
    known |= told | deposits
    new = [line for line in credits_ if line.key not in known]
    chosen, used = decisions or {}, dict[str, int]()
    settled = {line.key: decided(ledger, line, chosen[line.key[:16]], used) for line in new if line.key[:16] in chosen}
    ours = {line.key: _came_back(line) for line in new if line.line.returned and line.key not in settled}
    left = [line for line in new if line.key not in settled and line.key not in ours]
    proposals = settled | ours | _matched(ledger, left, list(settled.values()), progress)
    outcomes = {
        line.key: Outcome(line, fact, "skipped", None, _customer(ledger, fact))
        for line in credits_
        if (fact := known.get(line.key))
    }
    posted, taken = LineFacts(ledger), set[str]()
    for line in new:
        payment = _payment_id(ledger, line, taken)
        proposal = _if_approved(ledger, payment, line, proposals[line.key])
        post = proposal.tier == "auto" or line.key in settled or (rest_on_account and line.key not in ours)
        if post:
            refuse_closed(ledger, line.line.value_date)
            posted.add(payment, line, proposal)
        outcomes[line.key] = Outcome(line, payment, "posted" if post else "review", proposal)
    undone, returned = returns(ledger, lines, new)
    facts = [*posted.facts(), *undone, *statement_facts(ledger, read, file, deposits)]
    absent = set(chosen) - {line.key[:16] for line in credits_}
    notes = [*gaps(ledger, read), *(f"warning: {file} has no line {key}, which was decided" for key in sorted(absent))]
    planned = Planned(facts, notes=notes, learned=_learned(new, chosen),
                      about=_subject(outcomes.values(), returned))  # fmt: skip
    return Applied(planned, [outcomes[line.key] for line in credits_], returned, len(lines))


def _matched(
    ledger: Ledger, lines: Sequence[BankLine], decided_: Sequence[Proposal], progress: Progress | None
) -> dict[str, Proposal]:
    """What matching says of lines, by key, once what a person decided of other lines has had its part."""
    days = [line.line.value_date for line in lines] or [date.min]
    book = without(match_book(ledger, min(days), max(days)), decided_)
    proposals = match([line.line for line in lines], book, match_policy(ledger), progress)
    return {line.key: proposal for line, proposal in zip(lines, proposals, strict=True)}


def _came_back(line: BankLine) -> Proposal:
    """What is said of money of ours that the bank gave back: it is no customer's payment, and waits for a person."""
    evidence = "a payment of ours that came back, not a customer's"
    return Proposal(0, "hold", "unidentified", "", (), line.line.amount, (evidence,))


def _if_approved(ledger: Ledger, payment: str, line: BankLine, proposal: Proposal) -> Proposal:
    """The proposal; left for review where a small difference it would write off needs somebody's approval."""
    if not ledger.policy.approvals:
        return proposal
    currency, day = line.line.currency, line.line.value_date
    for share in proposal.shares:
        about = share.item if share.difference > 0 else payment
        amount = abs(share.difference) + done(ledger, "write-offs", about, day)
        wanted = Wanted("write-off", about, amount, currency, day)
        if share.difference and (told := lacking(ledger, wanted)):
            may_be = Candidate(proposal.customer, proposal.items, f"{proposal.evidence[-1]}; not posted: {told}")
            return replace(proposal, tier="suggest", shares=(), offsets=(), unapplied=line.line.amount,
                           candidates=(may_be,))  # fmt: skip
    return proposal


def _learned(lines: Sequence[BankLine], decisions: Mapping[str, Decision]) -> list[tuple[str, str, str]]:
    """Customer, payer name and account of the lines somebody decided and wants remembered."""
    told = [(decisions[line.key[:16]], line.line) for line in lines if line.key[:16] in decisions]
    return [(how.customer, bank.payer, bank.payer_account) for how, bank in told if how.learn and how.customer]


def _subject(outcomes: Iterable[Outcome], returned: Sequence[Returned]) -> str:
    posted = sum(outcome.status == "posted" for outcome in outcomes)
    undone = sum(line.status == "posted" for line in returned)
    back = f", {undone} returned" if undone else ""
    return f"Apply {many(posted, 'payment')} from the bank{back}"


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
