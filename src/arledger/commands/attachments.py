"""Keeping a file with a fact, a customer or a draft, by its path and SHA-256."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.documents.contracts import Attachment
from arledger.documents.invoices import Attached, Invoice
from arledger.documents.kinds import AnyFact
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger


def attach(
    ledger: Ledger, to: str, customer: str, day: date, *, path: str, sha256: str, kind: str, text: str
) -> Planned:
    """A file kept with a fact, or with a customer where `to` is nothing. Raises RefusedError for one that is there."""
    refuse_closed(ledger, day)
    for _, known in ledger.told(Attachment, day, customer, about=to):
        if known.to == to and known.sha256 == sha256:
            raise RefusedError(
                f"{path} is attached to {to or customer} already", "nothing to do", code="attached-twice"
            )
    fact = Attachment(customer=customer, date=day, to=to, path=path, sha256=sha256, kind=kind, text=text)
    return Planned([(next_id(ledger, f"{to or customer}-P"), fact)], about=f"Attach {path} to {to or customer}")


def to_draft(invoice: Invoice, path: str, sha256: str, kind: str) -> Invoice:
    """A draft with one file more; when it is issued, the file is attached to the invoice."""
    paper = Attached(path=path, sha256=sha256, kind=kind)
    return invoice.model_copy(update={"attachments": (*invoice.attachments, paper)})


def of_issued(numbered: Sequence[tuple[str, Invoice]]) -> list[tuple[str, AnyFact]]:
    """Invoices as they are posted: what was attached to their drafts as facts of its own."""
    found: list[tuple[str, AnyFact]] = []
    for fact, invoice in numbered:
        found.append((fact, invoice.model_copy(update={"attachments": ()})))
        for number, paper in enumerate(invoice.attachments, 1):
            found.append((f"{fact}-P{number}", Attachment(
                customer=invoice.customer, date=invoice.date, to=fact, path=paper.path, sha256=paper.sha256,
                kind=paper.kind,
            )))  # fmt: skip
    return found
