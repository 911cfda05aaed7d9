"""The papers attached to a fact or a customer, as a table of other reports."""

from __future__ import annotations

from datetime import date

from arledger.documents.contracts import Attachment
from arledger.ledger.table import Ledger
from arledger.reports.report import Cell, Column, Table

_PAPERS = (
    Column("date", "Date", "date"), Column("to", "To"), Column("kind", "Kind"), Column("path", "File"),
    Column("text", "Text"), Column("sha256", "SHA-256", shown=False),
)  # fmt: skip


def papers_table(ledger: Ledger, as_of: date, customer: str, about: str | None = None) -> Table | None:
    """What is attached: to one fact, or to a customer and all of theirs; None where nothing is."""
    found = ledger.told(Attachment, as_of, customer, about=about or "")
    rows: list[list[Cell]] = [[f.date, f.to or f.customer, f.kind, f.path, f.text, f.sha256] for _, f in found]
    return Table(_PAPERS, rows, name="attachments", title="Attached") if rows else None
