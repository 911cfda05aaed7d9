"""Reconciliations that were kept: two figures for one thing on a day, and what stands between them."""

from __future__ import annotations

from typing import ClassVar, Literal

from arledger.documents.fields import Amount, Currency, Day, Id, Text, record
from arledger.documents.told import Told

Kind = Literal["bank", "gl", "customer"]


@record
class Difference:
    """One cause that stands between the two figures: how often, and by how much it moves theirs towards ours."""

    cause: Text
    count: int
    amount: Amount


@record
class Reconciliation(Told):
    """Their figure, the differences and our figure of one day. The three add up."""

    FOLDER: ClassVar = "reconciliations"

    date: Day
    kind: Kind
    about: Id  # the bank account, `control`, or the customer
    currency: Currency
    theirs: Amount
    ours: Amount
    differences: tuple[Difference, ...] = ()
    customer: Id = ""
    file: Text = ""  # what it was reconciled with
    sha: Text = ""  # SHA-256 of that file

    @property
    def subject(self) -> str:
        """What was reconciled."""
        return self.about
