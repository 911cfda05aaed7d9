"""Payments and what is done with credits and debts: applications, refunds, write-offs, recoveries, reversals."""

from __future__ import annotations

from typing import Literal, get_args

from arledger.documents.base import Document, Fact
from arledger.documents.fields import Amount, Currency, Day, Flag, Id, ItemId, Percent, Text
from arledger.documents.invoices import Share

Method = Literal["transfer", "check", "card", "cash", "direct-debit", "other"]
METHODS: tuple[str, ...] = get_args(Method)


class BankLine(Document):
    """Where a payment came from: the line of the bank's file, as the bank gave it."""

    account: Id
    payer: Text | None = None
    payer_account: Text | None = None
    text: Text | None = None
    reference: Text | None = None
    line: Text


class Payment(Fact):
    """Money that came in, and the items it was first applied to. No customer: the payer is not identified."""

    customer: Id | None = None
    date: Day
    currency: Currency
    method: Method = "transfer"
    reference: Text | None = None
    key: Text | None = None
    bank: BankLine | None = None
    applied: tuple[Share, ...] = ()
    amount: Amount


class Application(Fact):
    """A credit set against items later than it came in. `amount` is the sum of the shares."""

    customer: Id
    date: Day
    currency: Currency
    credit: Id
    applied: tuple[Share, ...]
    amount: Amount


class Refund(Fact):
    """Money of a credit paid back to the customer."""

    customer: Id
    date: Day
    currency: Currency
    credit: Id
    method: Method = "transfer"
    reference: Text | None = None
    amount: Amount


class TaxPart(Document):
    """What of an amount is net and what is tax, at one rate of the invoice's; no rate where the invoice names none."""

    rate: Percent | None = None
    net: Amount
    tax: Amount


class WriteOff(Fact):
    """A part of an item given up: a small difference, or a debt nobody will pay. Its parts are for relief from tax."""

    customer: Id
    date: Day
    currency: Currency
    item: ItemId
    of_credit: Flag = False  # a small rest of a payment or credit note, kept
    settlement: Id | None = None  # the one it was agreed to in
    reason: Text
    taxes: tuple[TaxPart, ...] = ()
    amount: Amount


class Recovery(Fact):
    """What was written off and is paid after all: the item is open again by so much, for the payment to be applied."""

    customer: Id
    date: Day
    currency: Currency
    item: ItemId
    write_off: Id
    reason: Text | None = None
    taxes: tuple[TaxPart, ...] = ()
    amount: Amount


class Reversal(Fact):
    """One earlier fact undone, whole, from this date on: a returned cheque, an un-applied credit."""

    of: Id
    date: Day
    currency: Currency
    kind: Literal["return", "unapply", "correction"] = "correction"
    customer: Id | None = None
    line: Text | None = None
    reason: Text
    amount: Amount


class Deduction(Fact):
    """What a customer kept back of an item, as an item of its own with the reason they gave.

    `due` is that of the item: what was late before stays as late. Without one it is due on its date.

    Source of the codes: ANSI X12 element 426, adjustment reason codes.
    """

    customer: Id
    date: Day
    due: Day | None = None
    currency: Currency
    item: ItemId
    code: Text
    claim: Text | None = None
    reason: Text | None = None
    payment: Id | None = None
    amount: Amount
