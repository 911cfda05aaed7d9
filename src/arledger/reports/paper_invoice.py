"""Invoices, debit notes, finance charges and credit notes on paper, as they were issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from arledger.dates import Terms
from arledger.documents.invoices import CreditNote, Delivery, Invoice, Line
from arledger.ledger.table import Ledger
from arledger.money import Money, minor_of, share_of
from arledger.reports.paper import Paper, carried, head, language_of, payment


def invoice(ledger: Ledger, number: str, document: Invoice) -> Paper:
    """An invoice, debit note or finance charge."""
    currency = document.currency
    schedule = document.schedule()
    data = {
        **head(ledger, document.customer, document.date), **_body(number, document), "kind": document.kind,
        "po": document.po or "", "references": list(document.references), "notes": document.notes or "",
        "buyer_reference": document.buyer_reference or "", **_delivery(document.delivery),
        "due": schedule[-1][0], "instalments": _instalments(schedule, currency), "discounts": _discounts(document),
        "pay": payment(ledger.policy, currency, schedule[0][1], number, schedule[0][0], document.pay),
    }  # fmt: skip
    language = language_of(ledger, document.customer)
    return Paper("invoice", f"{document.kind}-{number}", document.customer, document.date, language, data)


def credit_note(ledger: Ledger, number: str, document: CreditNote) -> Paper:
    """A credit note, and what it was set against when it was issued."""
    currency = document.currency
    data = {
        **head(ledger, document.customer, document.date), **_body(number, document), "against": document.against or "",
        "buyer_reference": document.buyer_reference or "", "void": document.void, "reason": document.reason or "",
        "applied": [
            {"item": share.item, "amount": Money(document.minor(share.amount), currency)} for share in document.applied
        ],
    }  # fmt: skip
    language = language_of(ledger, document.customer)
    return Paper("credit-note", f"credit-note-{number}", document.customer, document.date, language, data)


def _delivery(went: Delivery | None) -> Mapping[str, Any]:
    """When and where to what is billed went, as far as it is told."""
    if went is None:
        return {"delivered": None, "delivered_to": []}
    to = [part for part in (went.name, *went.address, went.country) if part]
    return {"delivered": went.date, "delivered_to": to}


def _body(number: str, document: Invoice | CreditNote) -> Mapping[str, Any]:
    """Lines, taxes and totals. A document without lines has its total alone."""
    currency, total = document.currency, document.minor(document.total)
    prepaid = document.minor(document.prepaid) if isinstance(document, Invoice) and document.prepaid else 0
    nets = [line.net(currency) for line in document.lines]
    sums = carried(nets, currency)
    more = list(document.adjustments())
    net = document.minor(document.net) if document.net is not None else sum([*nets, *(n for _, n in more)]) or total
    by_rate = [*((line.tax, amount) for line, amount in zip(document.lines, nets, strict=True)), *more]
    reasons = [part.reason for part in (*document.surcharges, *document.rebates)]
    return {
        "number": number, "date": document.date, "currency": currency,
        "taxed": any(line.tax for line in document.lines),
        "discounted": any(line.discount for line in document.lines),
        "lines": [
            {"number": at, **_line(line, currency), "net": Money(amount, currency), "carried": after}
            for at, (line, amount, after) in enumerate(zip(document.lines, nets, sums, strict=True), 1)
        ],
        "adjustments": [
            {"reason": reason, "amount": Money(amount, currency)}
            for reason, (_, amount) in zip(reasons, more, strict=True)
        ],
        "subtotal": Money(sum(nets), currency) if more else None, "net": Money(net, currency),
        "taxes": _taxes(by_rate, total + prepaid - net, currency), "tax_reason": document.tax_reason or "",
        "gross": Money(total + prepaid, currency) if prepaid else None,
        "prepaid": Money(-prepaid, currency) if prepaid else None, "total": Money(total, currency),
    }  # fmt: skip


def _line(line: Line, currency: str) -> dict[str, Any]:
    return {
        "description": line.description, "quantity": line.quantity, "unit_price": _price(line.unit_price, currency),
        "discount": line.discount or None, "tax": line.tax, "unit": line.unit or "", "article": line.article or "",
    }  # fmt: skip


def _price(price: Decimal, currency: str) -> Money | Decimal:
    """A price with the currency's decimals, or with more where it has more."""
    try:
        return Money(minor_of(price, currency), currency)
    except ValueError:
        return price


def _taxes(nets: Sequence[tuple[Decimal, int]], tax: int, currency: str) -> list[dict[str, Any]]:
    """Net and tax by rate, the highest rate first. What line-by-line rounding gave more or less goes to the highest."""
    by_rate: dict[Decimal, int] = {}
    for rate, net in nets:
        by_rate[rate] = by_rate.get(rate, 0) + net
    rates = sorted(by_rate, reverse=True)
    taxes = [share_of(by_rate[rate], rate) for rate in rates]
    if taxes:
        taxes[0] += tax - sum(taxes)
    found = [
        {"rate": rate, "net": Money(by_rate[rate], currency), "tax": Money(amount, currency)}
        for rate, amount in zip(rates, taxes, strict=True)
    ]
    return found if any(rates) else []


def _instalments(schedule: Sequence[tuple[date, int]], currency: str) -> list[dict[str, Any]]:
    if len(schedule) == 1:
        return []
    return [
        {"number": number, "due": due, "amount": Money(amount, currency)}
        for number, (due, amount) in enumerate(schedule, 1)
    ]


def _discounts(document: Invoice) -> list[dict[str, Any]]:
    """What paying early is worth: each tier with its last day and what is then to be paid."""
    total = document.minor(document.total)
    if document.terms is None or document.instalments:
        return []
    found = []
    for tier in Terms.parse(document.terms).discounts:
        amount = share_of(total, tier.percent)
        found.append({
            "percent": tier.percent, "until": tier.until(document.date), "discount": Money(amount, document.currency),
            "pay": Money(total - amount, document.currency),
        })  # fmt: skip
    return found
