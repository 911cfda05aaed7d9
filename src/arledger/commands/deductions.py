"""Deductions: what customers keep back becomes an item of its own, resolved one way or another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from arledger.commands.credit_notes import credit_note
from arledger.commands.invoices import issue
from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.commands.shares import debt_of, open_of
from arledger.commands.write_offs import write_off
from arledger.compute.open_items import schedule_of
from arledger.dates import Terms
from arledger.documents.fields import item_and_part
from arledger.documents.invoices import CreditNote, Invoice, Share
from arledger.documents.payments import Deduction, Reversal
from arledger.errors import RefusedError, UsageError, did_you_mean
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import Money, decimal, plain

Resolution = Literal["credit-note", "rebill", "write-off", "invalid"]

#: Reasons a payer may give. Source: ANSI X12 element 426, adjustment reason codes; ZZ is "mutually defined".
CODES: Mapping[str, str] = {
    "01": "pricing error", "03": "extension error", "04": "item not accepted, damaged",
    "05": "item not accepted, quality", "06": "quantity contested", "07": "incorrect product",
    "09": "terms of sale error", "11": "returns, damage", "12": "returns, quality", "13": "returns, dating",
    "14": "returns, promotion", "15": "returns, recall", "19": "duplicate billing", "24": "incorrect discount",
    "50": "late charge", "52": "credit for overpayment", "53": "remittance for earlier underpayment",
    "54": "freight deducted", "55": "tax deducted", "56": "advertising allowance", "57": "volume discount",
    "59": "item not received", "ZZ": "no reason given",
}  # fmt: skip


def deduction(
    row: ItemRow, item: str, amount: int, day: date, *, code: str, payment: str = "", claim: str = "", reason: str = ""
) -> Deduction:
    """The fact that moves `amount` (minor units) off an item to a deduction of its own, due when that was."""
    due, _ = schedule_of(row)[item_and_part(item)[1] - 1]  # of an invoice in instalments as a whole, the last
    return Deduction(
        customer=row.customer, date=day, due=date.fromordinal(due), currency=row.currency, item=item,
        code=code or "ZZ", claim=claim or None, reason=reason or CODES.get(code or "ZZ"), payment=payment or None,
        amount=decimal(amount, row.currency),
    )  # fmt: skip


def new(ledger: Ledger, item: str, amount: int | None, day: date, *, code: str, claim: str, reason: str) -> Planned:
    """A deduction a customer made, by hand: all that is open of the item where no amount (minor units) is said.

    Raises UsageError for what is no debt or reason code, RefusedError for more than is open.
    """
    row, part = debt_of(ledger, item)
    if code not in CODES:
        hint = did_you_mean(code, CODES) or ", ".join(f"{key} {text}" for key, text in CODES.items())
        raise UsageError(f"--code: there is no reason code {code}", hint)
    refuse_closed(ledger, day)
    open_ = open_of(ledger, row, part)
    taken = open_ if amount is None else amount
    if not 0 < taken <= open_:
        raise RefusedError(f"{plain(open_, row.currency)} of {item} is open, not {plain(taken, row.currency)}",
                           "deduct no more than that", code="over-applied")  # fmt: skip
    same = claim and ledger.rows(
        "SELECT item FROM items WHERE kind = 'deduction' AND customer = ? AND refs = ?", row.customer, claim
    )
    notes = [f"warning: {row.customer} claimed {claim} before, in {same[0][0]}"] if same else []
    fact = deduction(row, item, taken, day, code=code, claim=claim, reason=reason)
    return Planned(
        [(next_id(ledger, f"{row.item}-D"), fact)],
        notes=notes,
        about=f"Deduction of {Money(taken, row.currency).said()} from {item}",
    )


def resolve(ledger: Ledger, deduction_: str, how: Resolution, day: date, reason: str) -> Planned:
    """Ends a deduction: the customer was right (credit note), we give it up (write-off), it is billed anew
    (rebill), or it was not due and the invoice is open again (invalid).

    Raises UsageError for what is no deduction, RefusedError for one resolved already.
    """
    row = ledger.item(deduction_)
    if row is None or row.kind != "deduction":
        raise UsageError(f"{deduction_} is no deduction", "see ar deduction list")
    if row.open <= 0:
        raise RefusedError(f"{deduction_} is resolved already", f"see ar why {deduction_}", code="nothing-to-undo")
    refuse_closed(ledger, day)
    if how == "write-off":
        return write_off(ledger, deduction_, None, day, reason)
    if how == "invalid":
        return _invalid(row, day, reason)
    planned = credit_note(ledger, _credit(row, day, reason))
    if how == "credit-note":
        return planned
    terms = (customer.terms if (customer := ledger.customer(row.customer)) else "") or ledger.policy.terms
    bill = Invoice(customer=row.customer, date=day, terms=terms, due=Terms.parse(terms).due(day), currency=row.currency,
                   references=(deduction_,), kind="debit-note", notes=reason or f"Billed anew for {deduction_}",
                   total=decimal(row.open, row.currency))  # fmt: skip
    billed = issue(ledger, [bill])
    return Planned([*planned.facts, *billed.facts], about=f"Bill {deduction_} anew")


def _credit(row: ItemRow, day: date, reason: str) -> CreditNote:
    amount = decimal(row.open, row.currency)
    return CreditNote(
        customer=row.customer,
        date=day,
        currency=row.currency,
        against=row.item,
        reason=reason or row.text.partition(" ")[2],
        applied=(Share(item=row.item, amount=amount),),
        total=amount,
    )


def _invalid(row: ItemRow, day: date, reason: str) -> Planned:
    if row.open != row.total:
        raise RefusedError(f"{row.item} is resolved in part: {plain(row.open, row.currency)} of "
                           f"{plain(row.total, row.currency)} is left", "resolve the rest another way",
                           code="void-applied")  # fmt: skip
    undone = Reversal(
        of=row.item,
        date=day,
        currency=row.currency,
        kind="correction",
        customer=row.customer,
        reason=reason or "the deduction was not due",
        amount=decimal(row.total, row.currency),
    )
    return Planned([(f"{row.item}-X", undone)], about=f"Deduction {row.item} was not due")
