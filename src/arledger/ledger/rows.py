"""The rows of the ledger: entries, and what is known of each fact and item. Dates are day numbers (proleptic
Gregorian ordinals, as `datetime.date.toordinal`), amounts whole minor units."""

from __future__ import annotations

from typing import Literal, NamedTuple

#: Why an entry was made. Entries of `applied` sum to zero over a fact: they move, they do not change what is owed.
Why = Literal[
    "invoice", "debit-note", "finance-charge", "payment", "credit-note", "applied", "discount", "write-off",
    "recovery", "refund", "reversal",
]  # fmt: skip


class Entry(NamedTuple):
    """One movement on one item: positive raises what the customer owes.

    Customer and currency are those of the item, so no entry can contradict it. `part` names one instalment of
    the item (from 1), or is 0 for the item as a whole.
    """

    date: int
    item: str
    part: int
    amount: int
    why: Why


class Item(NamedTuple):
    """What an item is, apart from what is open of it: a debit (invoice …) or a credit (payment, credit note)."""

    item: str
    kind: str  # invoice, debit-note, finance-charge, deduction, payment, credit-note
    customer: str  # "" while the payer is not identified
    currency: str
    date: int
    due: int  # of the last instalment; of credits their date
    total: int  # minor units; negative for credits
    terms: str
    po: str
    references: str  # one a line
    schedule: str  # "due:amount due:amount …" of an invoice in instalments, oldest first; else ""
    text: str  # reference of a payment, reason of a credit note
    payer: str  # of a payment: how the bank names who paid
    account: str  # of a payment: the account it came from
    tax: int = 0  # of the total


class Fact(NamedTuple):
    """A fact as the table keeps it, with everything the checks of the book need."""

    fact: str
    kind: str  # the folder it is in
    date: int
    customer: str
    currency: str  # of a close: its balances
    amount: int
    # The fact or item it is about: what is reversed, refunded, written off, credited. Of a payment, a deposit and a
    # bank statement our bank account; of an invoice its order.
    about: str
    # Of a payment its bank line; of others a key given to be safe against posting twice; of a close its seal; of a
    # reversal its kind; of a bank statement its opening balance and the deposits in it; of a write-off its settlement.
    key: str
    # As JSON: of a fact that moves no money the whole of it; of a finance charge, and of a credit note that voids or
    # corrects one, what it remembers; of an invoice its contract, and how much it bills of each line of its order.
    data: str = ""


class Lowered(NamedTuple):
    """Everything one document adds to the ledger."""

    fact: Fact
    item: Item | None
    entries: tuple[Entry, ...]
