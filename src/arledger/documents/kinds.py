"""The kinds of fact: which folder of the ledger holds which document."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from arledger.documents.approvals import Approval
from arledger.documents.bank_statements import BankStatement, Deposit
from arledger.documents.base import Document
from arledger.documents.bookings import AllowanceBooking, Revaluation
from arledger.documents.contacts import LoggedContact
from arledger.documents.contracts import Attachment, Contract, Termination
from arledger.documents.credit import CreditDecision, CreditReference
from arledger.documents.disputes import Dispute, DisputeComment, DisputeResolution
from arledger.documents.fields import default_of
from arledger.documents.invoices import CreditNote, Invoice
from arledger.documents.notices import HandOver, Notice, NoticeBlock
from arledger.documents.orders import Cancellation, DeliveryNote, Hold, Order, Release
from arledger.documents.payments import Application, Deduction, Payment, Recovery, Refund, Reversal, WriteOff
from arledger.documents.periods import Close
from arledger.documents.plans import Plan
from arledger.documents.promises import Promise
from arledger.documents.reconciliations import Reconciliation
from arledger.documents.reopenings import Reopening
from arledger.documents.service import ServiceRestore, ServiceStop
from arledger.documents.settlements import Settlement
from arledger.documents.told import Told

AnyFact = Document | Told

#: Facts that move no money, in the order of their folders in the docs.
TOLD: tuple[type[Told], ...] = (
    Approval, Dispute, DisputeComment, DisputeResolution, Promise, Plan, Settlement, LoggedContact, Reopening,
    Reconciliation, AllowanceBooking, Revaluation, Order, DeliveryNote, Hold, Release, Cancellation,
    CreditReference, CreditDecision, Contract, Termination, Attachment,
    Notice, NoticeBlock, HandOver, ServiceStop, ServiceRestore,
)  # fmt: skip

#: Folder under `ledgers/` → the document each file in it holds.
FACTS: Mapping[str, type[AnyFact]] = {
    "invoices": Invoice,
    "credit-notes": CreditNote,
    "payments": Payment,
    "applications": Application,
    "write-offs": WriteOff,
    "recoveries": Recovery,
    "deductions": Deduction,
    "refunds": Refund,
    "reversals": Reversal,
    "deposits": Deposit,
    "bank": BankStatement,
    "periods": Close,
    **{kind.FOLDER: kind for kind in TOLD},
}


def folder_of(document: AnyFact) -> str:
    """The folder a fact of this document's kind is posted to."""
    return next(folder for folder, model in FACTS.items() if isinstance(document, model))


class Key(NamedTuple):
    """One key of a kind of file."""

    name: str  # as Python spells it
    type: Any  # one of the field types, or a tuple, mapping, record or choice of them
    needed: bool
    default: Any  # means nothing where the key is needed


def _keys_of(kind: Any) -> tuple[Key, ...]:
    hints = typing.get_type_hints(kind, include_extras=True)
    if issubclass(kind, Document):
        fields = kind.model_fields.items()
        return tuple(Key(name, hints[name], field.is_required(), field.default) for name, field in fields)
    return tuple(
        Key(field.name, hints[field.name], (default := default_of(field)) is dataclasses.MISSING, default)
        for field in dataclasses.fields(kind)
    )


#: The keys of a kind of file, in the order a file has them.
keys_of: Callable[[type], tuple[Key, ...]] = cache(_keys_of)
