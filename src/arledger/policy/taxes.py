"""How tax is rounded, what it is called elsewhere, and when that on a bad debt is claimed back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Literal

from arledger.documents.fields import Percent, Text, record


@record
class TaxRelief:
    """When the tax on a bad debt may be claimed back: months after the later of due date and invoice date."""

    after_months: int
    within_months: int
    source: Text = ""


@record
class Tax:
    """How tax is rounded on a new invoice: once per rate over the document, or line by line; relief for bad debts."""

    rounding: Literal["rate", "line"] = "rate"
    default: Percent = Decimal(0)
    relief: TaxRelief | None = None
    names: Mapping[Text, Text] = field(default_factory=dict)  # what Xero or QuickBooks call a rate: 19%: 19% VAT
