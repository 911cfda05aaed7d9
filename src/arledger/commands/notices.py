"""Sending notices: what is due on a day becomes facts, each with its letter and its fee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from arledger.commands import invoices
from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.commands.reversals import reversal
from arledger.compute.notice_drafts import Draft, draft
from arledger.compute.notice_types import Outcome, Wanted, Write
from arledger.compute.notice_values import values
from arledger.compute.notices import notices_due
from arledger.compute.notices_sent import FEE_KEY, blocks, last_run, sent
from arledger.documents.invoices import Invoice
from arledger.documents.notices import Notice, NoticeBlock
from arledger.errors import RefusedError, many
from arledger.ledger.table import Ledger
from arledger.money import decimal


class Sending(NamedTuple):
    """A run: what it adds, and for whom and for whom not."""

    planned: Planned
    outcome: Outcome
    notices: Sequence[tuple[str, Notice]]
    names: Mapping[str, str]  # of customers


def run(ledger: Ledger, day: date, write: Write, customer: str | None = None) -> Sending:
    """Every notice due on a day, with its fee billed by the ordinary numbers. A second run adds nothing.

    Raises RefusedError for a day in a closed period or before the latest notice: what is due follows from what was
    sent before.
    """
    refuse_closed(ledger, day)
    if (latest := last_run(ledger)) and day < latest:
        raise RefusedError(f"there are notices of {latest}, after {day}", f"date the run {latest} or later",
                           code="notice-order")  # fmt: skip
    outcome = notices_due(ledger, day, customer)
    drafts = [draft(ledger, due, day) for due in outcome.due]
    fees, before = _fees(ledger, drafts, day), sent(ledger, day, customer).last
    bare = [replace(one.notice, fee_item=fees[one.fact][0]) if one.fact in fees else one.notice for one in drafts]
    last = [before.get((one.due.customer, one.due.currency)) for one in drafts]
    texts = write(
        Wanted(one.template, notice.language, values(ledger, one.fact, notice, prior.date if prior else None))
        for one, notice, prior in zip(drafts, bare, last, strict=True)
    )
    notices = [(one.fact, replace(notice, text=text)) for one, notice, text in zip(drafts, bare, texts, strict=True)]
    count = len(notices)
    about = f"Post {many(count, 'notice')} of {day}"
    return Sending(Planned([*notices, *fees.values()], about=about if count else ""), outcome, notices, ledger.names)


def _fees(ledger: Ledger, drafts: Sequence[Draft], day: date) -> dict[str, tuple[str, Invoice]]:
    """Notice → the item that bills its fee, under the next number of its series."""
    billed = [draft for draft in drafts if draft.due.fee]
    procedures = ledger.policy.notices.procedures
    issued = invoices.issue(ledger, [
        Invoice(customer=due.customer, date=day, due=notice.pay_by or day, currency=due.currency,
                kind=procedures[due.procedure].fee_as, key=FEE_KEY + fact, notes=f"Fee of notice {fact}",
                references=(fact,), total=decimal(due.fee, due.currency))
        for fact, due, notice, _ in billed
    ]).facts  # fmt: skip
    pairs = zip(billed, issued, strict=True)
    return {draft.fact: (number, item) for draft, (number, item) in pairs if isinstance(item, Invoice)}


def block(ledger: Ledger, customer: str, day: date, reason: str, *, item: str, until: date | None) -> Planned:
    """A customer, or one of their items, gets no notices from a day on. Raises RefusedError for an end before it."""
    refuse_closed(ledger, day)
    if until and until < day:
        raise RefusedError(f"a block from {day} until {until}", "end it on or after its first day", code="block-order")
    fact = NoticeBlock(customer=customer, date=day, item=item, until=until, reason=reason)
    what = f"{customer} {item}".strip()
    return Planned([(next_id(ledger, f"{customer}-B"), fact)], about=f"Block notices to {what}: {reason}")


def unblock(ledger: Ledger, customer: str, day: date, reason: str) -> Planned:
    """The end of every block of a customer from a day on. Raises RefusedError when there is none."""
    refuse_closed(ledger, day)
    found = [row for row, _ in blocks(ledger, day, customer)]
    if not found:
        raise RefusedError(f"nothing blocks notices to {customer} on {day}", "see ar notices list", code="not-blocked")
    ends = [reversal(ledger, row, day, "correction", reason) for row in found]
    return Planned(ends, about=f"Unblock notices to {customer}: {reason}")
