"""Approvals: a second person's agreement, given before the fact that needs it."""

from __future__ import annotations

from typing import ClassVar, Literal

from arledger.documents.fields import Amount, Currency, Day, Id, Text, record
from arledger.documents.told import Told

#: What may need a second person's agreement.
Action = Literal[
    "write-off",
    "credit-note",
    "refund",
    "settlement",
    "waiver",
    "release",
    "credit-limit",
    "bank-account",
    "service",
    "hand-over",
    "reopen",
]


@record
class Approval(Told):
    """Who agrees to what: one action on one subject, up to an amount."""

    FOLDER: ClassVar = "approvals"

    date: Day
    action: Action
    about: Id  # the item, credit, customer, order or period it may be done to
    by: Id  # as `people` in ledger.yaml name them
    customer: Id = ""
    reason: Text = ""
    currency: Currency = ""
    amount: Amount | None = None  # none: whatever the amount

    @property
    def subject(self) -> str:
        """What may be done something to."""
        return self.about
