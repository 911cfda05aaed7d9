"""What of a part of an invoice is net and what is tax, by rate: in the ratio of the invoice, losing nothing.

Source: INVARIANTS G2; a write-off claims relief for the tax in it, a recovery gives that back.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from arledger.documents.invoices import CreditNote, Invoice, Line
from arledger.documents.lines import footing
from arledger.documents.payments import TaxPart
from arledger.ledger.table import Ledger
from arledger.money import allocate, decimal, minor_of, share_of


class Part(NamedTuple):
    """Net and tax at one rate, minor units."""

    rate: Decimal | None
    net: int
    tax: int


def parts_of(invoice: Invoice) -> list[Part]:
    """Net and tax of an invoice by rate, as it was billed; nothing where it bears no tax or has a negative rate sum."""
    sums = footing(invoice.lines, invoice.currency, invoice.adjustments())
    total = invoice.minor(invoice.total)
    total += invoice.minor(invoice.prepaid) if invoice.prepaid else 0
    implied = total - sums.net if invoice.lines else 0
    tax = invoice.minor(invoice.tax) if invoice.tax is not None else implied
    if not tax:
        return []
    by_line = tax != sums.tax_by_rate
    nets: dict[Decimal, list[int]] = {}
    for rate, net in sums.nets:
        nets.setdefault(rate, []).append(net)
    found = [
        Part(rate, sum(some), sum(share_of(one, rate) for one in some) if by_line else share_of(sum(some), rate))
        for rate, some in nets.items()
    ]
    if not found or min(min(part.net, part.tax) for part in found) < 0:
        return [Part(None, total - tax, tax)]
    return found


def parts_known(ledger: Ledger, item: str) -> list[Part]:
    """Net and tax of an item as the table knows them, all rates together; nothing where it bears no tax."""
    rows = ledger.rows("SELECT total, tax FROM items WHERE item = ? AND tax > 0", item)
    return [Part(None, total - tax, tax) for total, tax in rows]


def split(amount: int, parts: Sequence[Part], currency: str) -> tuple[TaxPart, ...]:
    """An amount (minor units) in the ratio of these parts; they sum to it exactly."""
    weights = [weight for part in parts for weight in (part.net, part.tax)]
    if not any(weights):
        return ()
    shares = iter(allocate(amount, weights))
    return tuple(
        TaxPart(rate=part.rate, net=decimal(next(shares), currency), tax=decimal(next(shares), currency))
        for part in parts
    )


def tax_in(amount: int, parts: Sequence[Part], currency: str) -> int:
    """The tax in a part of an invoice, minor units: what `split` says of it, all rates together."""
    sign = -1 if amount < 0 else 1
    return sign * sum(minor_of(part.tax, currency) for part in split(abs(amount), parts, currency))


def itemised(note: CreditNote, invoice: Invoice) -> CreditNote:
    """A credit note over an amount alone with what of it is net and tax, by the rates of its invoice.

    What it says itself is net and what tax, it is together. One that has lines, or whose invoice does not say its
    rates, is left as it is.
    """
    parts = parts_of(invoice)
    category = {"tax_category": invoice.tax_category, "tax_reason": invoice.tax_reason}
    if note.lines or (parts and parts[0].rate is None):
        return note
    if not parts:
        return note.model_copy(update=category)
    taxes = split(note.minor(note.total), parts, note.currency) if note.tax is None else _as_said(note, parts)
    lines = tuple(
        Line(description=note.reason or note.against or "", unit_price=part.net, tax=part.rate or Decimal(0))
        for part in taxes if part.net
    )  # fmt: skip
    sums = {"net": sum((part.net for part in taxes), Decimal(0)), "tax": sum((part.tax for part in taxes), Decimal(0))}
    return note.model_copy(update={**category, **sums, "lines": lines})


def _as_said(note: CreditNote, parts: Sequence[Part]) -> tuple[TaxPart, ...]:
    """The net and the tax of a credit note, each in the ratio of these parts."""
    tax = note.minor(note.tax or Decimal(0))
    nets = allocate(note.minor(note.total) - tax, [part.net for part in parts])
    taxes = allocate(tax, [part.tax for part in parts])
    return tuple(
        TaxPart(rate=part.rate, net=decimal(net, note.currency), tax=decimal(tax, note.currency))
        for part, net, tax in zip(parts, nets, taxes, strict=True)
    )


def parts_again(taxes: Sequence[TaxPart], currency: str) -> list[Part]:
    """The parts that were split, as they can be split again."""
    return [Part(part.rate, minor_of(part.net, currency), minor_of(part.tax, currency)) for part in taxes]
