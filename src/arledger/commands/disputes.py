"""Disputes: opening one, saying what was found out, and ending it with the facts that follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from arledger.commands.credit_notes import credit_note
from arledger.commands.invoices import Asked, draft, issue
from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.commands.shares import debt_of, open_of
from arledger.commands.write_offs import write_off
from arledger.compute.disputes import Disputed, disputes, named
from arledger.documents.disputes import Dispute, DisputeComment, DisputeResolution, Outcome
from arledger.documents.fields import item_and_part
from arledger.documents.invoices import CreditNote, Share
from arledger.documents.kinds import AnyFact
from arledger.errors import RefusedError, UsageError, did_you_mean
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import Money, decimal, plain


def new(
    ledger: Ledger, item: str, amount: int | None, day: date, *, reason: str, owner: str, due: date | None, text: str,
    evidence: Sequence[str],
) -> Planned:  # fmt: skip
    """A dispute of an item: of all that is open and not disputed yet where no amount (minor units) is said; of
    nothing, a question alone, where it is 0.

    Raises UsageError for what is no debt or reason, RefusedError for more than is open and not disputed yet.
    """
    policy = ledger.policy.collections.disputes
    if reason not in policy.reasons:
        hint = did_you_mean(reason, policy.reasons) or f"one of {', '.join(policy.reasons)}"
        raise UsageError(f"--reason: there is no reason {reason}", hint)
    refuse_closed(ledger, day)
    row, part = debt_of(ledger, item)
    left = open_of(ledger, row, part) - _disputed_of(ledger, item, row.customer)
    wanted = left if amount is None else amount
    if wanted > max(left, 0) or (wanted <= 0 and amount != 0):
        rest = plain(left, row.currency) if left > 0 else "nothing"
        raise RefusedError(f"{rest} of {item} is open and not disputed yet",
                           "dispute no more than that; --amount 0 asks a question", code="over-disputed")  # fmt: skip
    fact = Dispute(
        customer=row.customer, date=day, item=item, reason=reason, owner=owner or policy.owners.get(reason, ""),
        due=due or day + timedelta(policy.days), text=text, evidence=tuple(evidence), currency=row.currency,
        amount=decimal(wanted, row.currency) if wanted else Decimal(0),
    )  # fmt: skip
    what = f"{Money(wanted, row.currency).said()} of {item} is disputed" if wanted else f"Inquiry about {item}"
    return Planned([(next_id(ledger, f"{row.item}-Q"), fact)], about=f"{what}: {policy.reasons[reason]}")


def _disputed_of(ledger: Ledger, item: str, customer: str) -> int:
    """Minor units of the item, or of its invoice, that are disputed already."""
    name = item_and_part(item)[0]
    live = [d for d in disputes(ledger, date.max, customer) if not d.resolved]
    return sum(d.amount for d in live if d.dispute.item in (item, name) or item == item_and_part(d.dispute.item)[0])


def comment(
    ledger: Ledger, id_: str, day: date, text: str, *, owner: str, due: date | None, evidence: Sequence[str]
) -> Planned:
    """What was found out about an open dispute; it may change hands, and get another day."""
    dispute = _open(ledger, id_, day)
    fact = DisputeComment(customer=dispute.dispute.customer, date=day, dispute=dispute.fact, text=text, owner=owner,
                          due=due, evidence=tuple(evidence))  # fmt: skip
    return Planned([(next_id(ledger, f"{dispute.fact}-C"), fact)], about=f"On {dispute.fact}: {text}")


def _open(ledger: Ledger, id_: str, day: date) -> Disputed:
    refuse_closed(ledger, day)
    dispute = named(ledger, id_, day)
    if dispute.resolved:
        row, end = dispute.resolved
        raise RefusedError(f"{dispute.fact} was resolved on {row.date}: {end.outcome}",
                           f"ar reverse {row.fact} opens it again", code="nothing-to-undo")  # fmt: skip
    return dispute


def resolve(
    ledger: Ledger, id_: str, outcome: Outcome, amount: int | None, day: date, *, text: str, bill: int | None
) -> Planned:
    """Ends a dispute, with the credit note, new invoice or write-off that follows from it.

    `amount` (minor units) of it is granted, all where none is said; `bill` is what is billed anew, as much as was
    granted where nothing is said. Raises RefusedError for more than was disputed.
    """
    dispute = _open(ledger, id_, day)
    grants = outcome in ("credit-note", "rebill", "goodwill")
    if (outcome == "answered") != (dispute.amount == 0):
        what = "a question: it is answered" if not dispute.amount else "about money: it is granted or invalid"
        raise UsageError(f"--as: {dispute.fact} is {what}", "give another outcome")
    if amount is not None and not grants:
        raise UsageError(f"--amount: nothing is granted when it is {outcome}", "leave --amount out")
    row = ledger.item(item_and_part(dispute.dispute.item)[0])
    assert row  # the check of names holds
    granted = (dispute.amount if amount is None else amount) if grants else 0
    if granted > dispute.amount:
        raise RefusedError(f"{plain(dispute.amount, row.currency)} is disputed, not {plain(granted, row.currency)}",
                           "grant no more than that", code="over-disputed")  # fmt: skip
    facts = _money(ledger, dispute, row, outcome, granted, day, text, bill) if grants else []
    end = DisputeResolution(
        customer=row.customer, date=day, dispute=dispute.fact, outcome=outcome, facts=tuple(fact for fact, _ in facts),
        text=text, currency=row.currency, amount=decimal(granted, row.currency) if granted else Decimal(0),
    )  # fmt: skip
    about = f"{dispute.fact} is resolved: {outcome}" + (f", {end.amount:,f} {row.currency}" if granted else "")
    return Planned([*facts, (next_id(ledger, f"{dispute.fact}-R"), end)], about=about)


def _money(
    ledger: Ledger, dispute: Disputed, row: ItemRow, outcome: Outcome, granted: int, day: date, text: str,
    bill: int | None,
) -> list[tuple[str, AnyFact]]:  # fmt: skip
    """The facts that move money when a dispute is granted."""
    item, why = dispute.dispute.item, text or ledger.policy.collections.disputes.reasons.get(dispute.dispute.reason, "")
    if outcome == "goodwill":
        return list(write_off(ledger, item, granted, day, f"goodwill: {why}").facts)
    share = min(open_of(ledger, row, item_and_part(item)[1]), granted)
    note = CreditNote(
        customer=row.customer, date=day, currency=row.currency, against=row.item, reason=why or None,
        applied=(Share(item=item, amount=decimal(share, row.currency)),) if share > 0 else (),
        total=decimal(granted, row.currency),
    )  # fmt: skip
    facts = list(credit_note(ledger, note).facts)
    if outcome == "rebill":
        asked = Asked(
            row.customer, day, amount=plain(granted if bill is None else bill, row.currency), currency=row.currency,
            po=row.po, references=(row.item,), notes=f"In place of a part of {row.item}",
        )  # fmt: skip
        facts += issue(ledger, [draft(ledger, asked)]).facts
    return facts
