"""What must hold by itself of what a finance charge remembers: its days, its amounts, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from arledger.checks import Finding, Loc
from arledger.checks.told_documents import bad_amount
from arledger.documents.charges import Charged, Compensated
from arledger.documents.invoices import CreditNote, Invoice


def charged_amounts(part: Charged | Compensated, currency: str, loc: Loc) -> list[Finding]:
    """Amounts that are finer than the currency, or negative."""
    names = ("principal", "charge") if isinstance(part, Charged) else ("amount",)
    found = [bad_amount(getattr(part, name), currency, (*loc, name)) for name in names]
    return [finding for finding in found if finding]


def charges_of(document: Invoice | CreditNote) -> Iterator[Finding]:
    """Days out of order or not over, amounts that do not come to the total, and what is no finance charge."""
    if not (document.charged or document.compensation):
        return
    for index, one in enumerate(document.charged):
        if not one.valid_from < one.to <= document.date:
            message = f"charged from {one.valid_from} to {one.to}, in a document of {document.date}"
            yield Finding("", ("charged", index), "bad-period", message, "charge days that are over, the last day last")
    if isinstance(document, CreditNote):
        if document.charged and not document.against:
            yield Finding("", ("charged",), "missing-key", "charged, but not against anything",
                          "name the finance charge it corrects")  # fmt: skip
        return
    parts = [one.charge for one in document.charged] + [one.amount for one in document.compensation]
    if parts and document.kind != "finance-charge":
        yield Finding("", ("kind",), "not-a-charge", f"interest is charged in this {document.kind}",
                      "write kind: finance-charge")  # fmt: skip
    elif parts and sum(parts, Decimal(0)) != document.total:
        yield Finding("", ("total",), "does-not-foot", f"total is {document.total:f}, what is charged sums to "
                      f"{sum(parts, Decimal(0)):f}", "make them agree")  # fmt: skip
