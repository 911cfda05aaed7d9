"""An invoice beside one requirement, and beside the invoices that are to be issued together with it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from arledger.compute.exposure import CreditBook
from arledger.documents.customers import Customer
from arledger.documents.invoices import Invoice
from arledger.documents.requirements import Requirement
from arledger.ledger.table import Ledger


class Batch:
    """Invoices that are judged one after the other: what those before that may be issued do counts for the next."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.before: list[tuple[str, Invoice]] = []  # by the names they have so far
        self._credit: dict[dt.date, CreditBook] = {}

    def credit(self, day: dt.date) -> CreditBook:
        """What credit is judged by on a day, read once for all."""
        if day not in self._credit:
            self._credit[day] = CreditBook(self.ledger, day)
        return self._credit[day]


class Case(NamedTuple):
    """An invoice and one requirement it has to meet."""

    batch: Batch
    customer: Customer
    invoice: Invoice
    fact: str  # its id; "" while it has none
    requirement: Requirement

    @property
    def ledger(self) -> Ledger:
        """The books."""
        return self.batch.ledger

    @property
    def beside(self) -> list[tuple[str, Invoice]]:
        """The invoices before it in its batch that are to the same customer."""
        return [one for one in self.batch.before if one[1].customer == self.invoice.customer]
