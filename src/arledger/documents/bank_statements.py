"""A bank's statement as a fact: its balances, and what became of each of its lines."""

from __future__ import annotations

from arledger.documents.base import Document, Fact
from arledger.documents.fields import Amount, Currency, Day, Id, Text


class BookedLine(Document):
    """One booked line: money in is positive. `fact` is what was posted for it, if anything was."""

    date: Day
    amount: Amount
    line: Text
    fact: Id | None = None


class BankStatement(Fact):
    """One statement of one of our accounts. Its lines and balances were proved against each other, or say why not.

    `total` is what the lines sum to.
    """

    account: Id
    date: Day
    currency: Currency
    number: Text | None = None
    file: Text | None = None
    unproved: Text | None = None
    lines: tuple[BookedLine, ...] = ()
    opening: Amount | None = None
    closing: Amount | None = None
    total: Amount


class Deposit(Fact):
    """Cheques paid in together: the bank credits them as one line. Each is a payment of its own."""

    account: Id
    date: Day
    currency: Currency
    payments: tuple[Id, ...]
    amount: Amount
