"""A closed period: what it held when it was closed, and the seal over it."""

from __future__ import annotations

from arledger.documents.base import Document
from arledger.documents.fields import Amount, Currency, Day, Text


class Moved(Document):
    """One line of the roll-forward: invoices, payments …, signed so that they add up."""

    line: Text
    amount: Amount


class ClosingBalance(Document):
    """What customers owed in one currency at the end of the period, the control account, and how it came about.

    Closes of earlier versions have the balance alone.
    """

    currency: Currency
    opening: Amount | None = None
    moved: tuple[Moved, ...] = ()
    balance: Amount


class Close(Document):
    """The end of a period. Its id is the month; from then on no fact dated in it may appear, change or go."""

    date: Day
    facts: int
    previous: Text | None = None
    balances: tuple[ClosingBalance, ...] = ()  # none: nobody owed anything
    content: Text | None = None  # digest of what the facts say, whatever their layout
    seal: Text
