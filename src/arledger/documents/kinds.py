"""The kinds of fact: which folder of the ledger holds which document."""

from __future__ import annotations

from collections.abc import Mapping

from arledger.documents.bank_statements import BankStatement, Deposit
from arledger.documents.base import Document
from arledger.documents.invoices import CreditNote, Invoice
from arledger.documents.payments import Application, Deduction, Payment, Refund, Reversal, WriteOff
from arledger.documents.periods import Close

#: Folder under `ledgers/` → the document each file in it holds.
FACTS: Mapping[str, type[Document]] = {
    "invoices": Invoice,
    "credit-notes": CreditNote,
    "payments": Payment,
    "applications": Application,
    "write-offs": WriteOff,
    "deductions": Deduction,
    "refunds": Refund,
    "reversals": Reversal,
    "deposits": Deposit,
    "bank": BankStatement,
    "periods": Close,
}


def folder_of(document: Document) -> str:
    """The folder a fact of this document's kind is posted to."""
    return next(folder for folder, model in FACTS.items() if isinstance(document, model))
