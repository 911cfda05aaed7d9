"""Drafts: invoices without a number, edited freely until they are issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from arledger.commands import invoices
from arledger.commands.invoices import Asked
from arledger.commands.planned import Planned
from arledger.dates import Terms
from arledger.documents.invoices import Invoice
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger


def new(ledger: Ledger, asked: Asked) -> Planned:
    """Keeps an invoice as a draft, named by customer and date; the poster finds a free name."""
    return Planned(
        drafts={f"{asked.customer}-{asked.day}": invoices.draft(ledger, asked)}, about=f"Draft for {asked.customer}"
    )


def issue(ledger: Ledger, drafts: Mapping[str, Invoice], day: date | None) -> Planned:
    """Issues drafts, dated anew where a day is given (due dates then follow from their terms), and removes them.

    Raises RefusedError where there are none, and as `invoices.issue` does.
    """
    if not drafts:
        raise RefusedError("there are no drafts", "write one with ar invoice new --draft", code="nothing-to-issue")
    dated = [invoice if day is None else _redated(invoice, day) for invoice in drafts.values()]
    planned = invoices.issue(ledger, dated, list(drafts))
    return replace(planned, files={f"drafts/{name}.yaml": None for name in drafts})


def _redated(invoice: Invoice, day: date) -> Invoice:
    due = Terms.parse(invoice.terms).due(day) if invoice.terms and invoice.due else invoice.due
    return invoice.model_copy(update={"date": day, "due": due})
