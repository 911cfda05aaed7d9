"""Promises to pay: how much, for which items, by when. Whether one was kept is worked out, never written."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar

from arledger.documents.fields import Amount, Currency, Day, Id, ItemId, Text, record
from arledger.documents.told import Told


@record
class Promise(Told):
    """What a customer said they will pay. The days of tolerance are those of the day it was made."""

    FOLDER: ClassVar = "promises"
    NAMES: ClassVar = {"items": "item", "replaces": "fact"}

    _: KW_ONLY
    customer: Id
    date: Day
    items: tuple[ItemId, ...]
    due: Day  # the day the money is to be here
    tolerance_days: int = 0  # after `due`, by value date
    person: Text = ""  # who promised
    text: Text = ""
    replaces: Id | None = None  # an earlier promise for the same items, put off
    currency: Currency
    amount: Amount
