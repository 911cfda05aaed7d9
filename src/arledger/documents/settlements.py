"""Settlements: we take less than is owed, if it is here by a day."""

from __future__ import annotations

from dataclasses import KW_ONLY
from decimal import Decimal
from typing import ClassVar

from arledger.documents.fields import Amount, Currency, Day, Id, Text, record
from arledger.documents.told import Told


@record
class Settlement(Told):
    """An offer: when `amount` has come in by `expires`, the rest of these items, at most `waived`, is written off."""

    FOLDER: ClassVar = "settlements"
    NAMES: ClassVar = {"items": "item"}

    _: KW_ONLY
    customer: Id
    date: Day
    items: tuple[Id, ...]
    expires: Day  # last day the money may have, by value date
    reason: Text = ""
    currency: Currency
    waived: Amount
    amount: Amount

    @property
    def money(self) -> tuple[str, Decimal]:
        """What is given up: what an approval has to cover."""
        return self.currency, self.waived
