"""Facts that move no money: what was said, agreed, decided or sent. The ledger keeps the whole of each.

They are plain dataclasses, as customers and policy are, so that a report made from a fresh index starts without
pydantic. Every one has a date and a customer (or ""), and its class says which folder it is posted to and which of
its fields name other things. What follows from them (a promise kept, a dispute open) is worked out as of a date and
stored nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Literal


class Told:
    """Base of every fact that moves no money."""

    __slots__ = ()

    FOLDER: ClassVar[str]  # under `ledgers/`
    #: Field → what it names, and must find: an item (or a list of them), or any fact.
    NAMES: ClassVar[Mapping[str, Literal["item", "fact"]]] = {}

    customer: str
    date: dt.date

    @property
    def subject(self) -> str:
        """What it is about: the id of an item or fact; "" when it is about its customer, or more than one thing."""
        named = next((value for name in self.NAMES if (value := getattr(self, name))), "")
        if isinstance(named, tuple):
            return named[0] if len(named) == 1 else ""
        return str(named)

    @property
    def money(self) -> tuple[str, Decimal]:
        """Its currency and amount; "" and 0 of one that has none."""
        return getattr(self, "currency", ""), getattr(self, "amount", None) or Decimal(0)
