"""Invoices, debit notes, finance charges and credit notes: what we billed and what we took back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from arledger.dates import Terms
from arledger.documents.base import Document, Fact
from arledger.documents.charges import Charged, Compensated, Memory, Reckoning
from arledger.documents.fields import Amount, Currency, Day, Flag, Id, ItemId, Percent, Quantity, TermsText, Text
from arledger.documents.lines import TaxCategory, net_of


class Line(Document):
    """One line of an invoice. Its net is quantity × unit price less its discount, rounded once."""

    description: Text
    quantity: Quantity = Decimal(1)
    unit_price: Quantity
    discount: Percent = Decimal(0)
    tax: Percent = Decimal(0)
    order_line: int | None = None  # of the invoice's order, counted from 1
    unit: Text | None = None  # UN/ECE recommendation 20; one (C62) where nothing is said
    article: Text | None = None  # our number of what is sold
    tax_category: TaxCategory | None = None  # the document's where nothing is said

    def net(self, currency: str) -> int:
        """Net of the line in minor units, halves away from zero."""
        return net_of(self, currency)


class Adjustment(Document):
    """What is taken off a whole document before tax, or added to it: a rebate, freight."""

    reason: Text
    amount: Amount
    tax: Percent = Decimal(0)
    tax_category: TaxCategory | None = None


class Delivery(Document):
    """When and where to what is billed went, where that is not who is billed."""

    date: Day | None = None
    name: Text | None = None
    address: tuple[Text, ...] = ()
    country: Text | None = None


class Pay(Document):
    """How an invoice is paid, where that is not by transfer to any of our accounts of its currency."""

    by: Literal["transfer", "direct-debit"] = "transfer"
    account: Text | None = None  # of bank_accounts: where the money goes
    mandate: Text | None = None  # that a direct debit is under


class Billed(Fact):
    """What invoices and credit notes share beyond their lines: all of it optional."""

    def adjustments(self) -> Iterator[tuple[Decimal, int]]:
        """Rate of tax and minor units of each surcharge, and of each rebate, negative."""
        for sign, parts in ((1, self.surcharges), (-1, self.rebates)):  # type: ignore[attr-defined]
            for part in parts:
                yield part.tax, sign * self.minor(part.amount)


class Instalment(Document):
    """A part of an invoice with its own due date."""

    due: Day
    amount: Amount


class Share(Document):
    """One line of an application: this much of the credit goes to that item, with the discount granted on it."""

    item: ItemId
    amount: Amount
    discount: Amount | None = None


class Attached(Document):
    """A file that goes with a draft: where it lies under the folder of the books, and its SHA-256."""

    path: Text
    sha256: Text
    kind: Text = ""  # timesheet, delivery note, contract …


class Invoice(Billed):
    """What a customer owes us from its date on: an invoice, a debit note or a finance charge."""

    customer: Id
    date: Day
    terms: TermsText | None = None
    due: Day | None = None
    instalments: tuple[Instalment, ...] = ()
    currency: Currency
    po: Text | None = None
    order: Id | None = None
    contract: Id | None = None
    buyer_reference: Text | None = None  # what the customer's office routes it by
    references: tuple[Text, ...] = ()
    kind: Literal["invoice", "debit-note", "finance-charge"] = "invoice"
    key: Text | None = None
    notes: Text | None = None
    delivery: Delivery | None = None
    pay: Pay | None = None
    tax_category: TaxCategory | None = None
    tax_reason: Text | None = None  # why no tax is charged
    reckoned: Reckoning = Reckoning()  # of a finance charge, as are the next two
    charged: tuple[Charged, ...] = ()
    compensation: tuple[Compensated, ...] = ()
    attachments: tuple[Attached, ...] = ()  # of a draft: when it is issued, each becomes a fact of its own
    lines: tuple[Line, ...] = ()
    rebates: tuple[Adjustment, ...] = ()
    surcharges: tuple[Adjustment, ...] = ()
    net: Amount | None = None
    tax: Amount | None = None
    prepaid: Amount | None = None  # billed and paid before: net and tax less this are the total
    total: Amount

    @property
    def memory(self) -> Memory:
        """What a finance charge remembers; of any other, nothing."""
        return Memory(self.reckoned, self.charged, self.compensation)

    def schedule(self) -> tuple[tuple[Day, int], ...]:
        """Due date and minor units of each instalment, oldest first; one of the whole total where there are none.

        Raises ValueError when the file gives neither due date nor instalments nor terms.
        """
        if self.instalments:
            return tuple(sorted((part.due, self.minor(part.amount)) for part in self.instalments))
        if self.due is None and self.terms is None:
            raise ValueError("neither due date nor terms nor instalments")
        due = self.due or Terms.parse(self.terms or "").due(self.date)
        return ((due, self.minor(self.total)),)


class CreditNote(Billed):
    """What we took back from what we billed, and the items it was first applied to."""

    customer: Id
    date: Day
    currency: Currency
    against: Id | None = None
    void: Flag = False
    reason: Text | None = None
    key: Text | None = None
    buyer_reference: Text | None = None
    tax_category: TaxCategory | None = None
    tax_reason: Text | None = None
    applied: tuple[Share, ...] = ()
    reckoned: Reckoning = Reckoning()  # of one that corrects a finance charge, as are the next two
    charged: tuple[Charged, ...] = ()
    compensation: tuple[Compensated, ...] = ()
    lines: tuple[Line, ...] = ()
    rebates: tuple[Adjustment, ...] = ()
    surcharges: tuple[Adjustment, ...] = ()
    net: Amount | None = None
    tax: Amount | None = None
    discount: Amount | None = None  # of the total: early-payment discount the customer had taken on it
    total: Amount

    @property
    def memory(self) -> Memory:
        """What the finance charge it is against ought to have been; nothing where it corrects none."""
        return Memory(self.reckoned, self.charged, self.compensation, self.void)
