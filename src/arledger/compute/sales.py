"""What was billed to whom: invoices and debit notes less credit notes, with the tax in them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from arledger.ledger.table import Ledger


class Sold(NamedTuple):
    """Sales to a customer in one currency, minor units. Credit notes are negative."""

    customer: str
    currency: str
    invoices: int
    debit_notes: int
    credit_notes: int
    tax: int  # in all of them

    @property
    def gross(self) -> int:
        """All together, tax included."""
        return self.invoices + self.debit_notes + self.credit_notes


def sold(ledger: Ledger, first: date, last: date) -> list[Sold]:
    """Sales from `first` to `last` by customer: by currency, the most first. Finance charges are no sales."""
    rows = ledger.rows(
        "SELECT i.customer, i.currency, SUM(iif(e.why = 'invoice', e.amount, 0)), "
        "SUM(iif(e.why = 'debit-note', e.amount, 0)), SUM(iif(e.why = 'credit-note', e.amount, 0)), SUM(i.tax) "
        "FROM entries e JOIN items i ON i.item = e.item AND i.owner = e.owner "
        "WHERE e.date BETWEEN ? AND ? AND e.why IN ('invoice', 'debit-note', 'credit-note') GROUP BY 1, 2",
        first.toordinal(), last.toordinal(),
    )  # fmt: skip
    return sorted((Sold(*row) for row in rows), key=lambda row: (row.currency, -row.gross, row.customer))
