"""What an invoice must be like before it leaves: for everybody (in ledger.yaml), or for one customer (in its file)."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from arledger.documents.fields import Day, Percent, Text, record

RequirementName = Literal[
    "po", "buyer-reference", "delivery-note", "attachment", "fields", "terms", "price", "quantity", "order-remainder",
    "tax-id", "tax-rate", "duplicate-po", "duplicate-invoice", "credit-limit", "period",
]  # fmt: skip


@record
class Requirement:
    """One thing an invoice must meet. `required` keeps it from being issued, `warn` tells, `off` takes it away."""

    rule: RequirementName
    level: Literal["required", "warn", "off"] = "required"
    format: Text = ""  # a regular expression for the whole of it: of po, buyer-reference, delivery-note
    fields: tuple[Text, ...] = ()  # of fields: the keys that must be there
    kinds: tuple[Text, ...] = ()  # of attachment: one of each
    rates: tuple[Percent, ...] = ()  # of tax-rate: the rates there are
    days: int = 7  # of duplicate-invoice: how far apart
    valid_from: Day = date.min  # invoices before are left as they are

    def __post_init__(self) -> None:
        try:
            re.compile(self.format)
        except re.error as error:
            raise ValueError(f"format {self.format!r} is no regular expression: {error}") from None


#: What holds where ledger.yaml says nothing: an invoice bills what was ordered, and no more.
DEFAULT_REQUIREMENTS = (
    Requirement("price"), Requirement("quantity"), Requirement("order-remainder"), Requirement("period"),
)  # fmt: skip
