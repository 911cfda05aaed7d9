"""What an e-invoice of another system says: one shape whatever the format of its file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class IncomingLine:
    """One line: what, how much of it, at which price and rate of tax."""

    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: Decimal
    category: str
    net: Decimal


@dataclass(frozen=True)
class Incoming:
    """An invoice or credit note as its file has it."""

    number: str
    date: dt.date
    currency: str
    payable: int  # minor units still to be paid; negative when we owe it
    due: dt.date | None
    seller: str
    buyer: str
    buyer_vat: str
    po: str
    net: int | None
    tax: int | None
    prepaid: int
    lines: Sequence[IncomingLine]
