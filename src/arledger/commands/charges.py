"""Posting finance charges: an invoice for each customer and currency, a credit note for what is given back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from arledger.commands.credit_notes import credit_notes
from arledger.commands.invoices import issue
from arledger.commands.planned import Planned, refuse_closed
from arledger.compute.charge_rates import ChargeTerms
from arledger.compute.charges import Correction, CustomerCharge, ItemCharge, Run, run
from arledger.documents.charges import Charged, Compensated
from arledger.documents.invoices import CreditNote, Invoice, Line, Share
from arledger.errors import many
from arledger.ledger.table import Ledger
from arledger.money import decimal


def charge(ledger: Ledger, terms: ChargeTerms, as_of: date, first: date | None, customer: str) -> tuple[Run, Planned]:
    """A run up to a day, dated on it, and the facts it comes to: earlier charges count whatever their date."""
    refuse_closed(ledger, as_of)
    found = run(ledger, terms, as_of, known=date.max, first=first, customer=customer)
    invoices = issue(ledger, [_invoice(one, terms, as_of) for one in found.charges])
    credits_ = credit_notes(ledger, [_credit_note(ledger, one, as_of) for one in found.corrections])
    charges, back = len(found.charges), len(found.corrections)
    about = f"Charge {many(charges, 'customer')} for late payment up to {as_of}"
    return found, Planned([*invoices.facts, *credits_], about=about + (f", correct {back}" if back else ""))


def _invoice(charge_: CustomerCharge, terms: ChargeTerms, day: date) -> Invoice:
    currency = charge_.currency
    lines = [_line(f"Interest on {one.item}, {one.segments[0].start} to {one.segments[-1].end}", one.charge, currency)
             for one in charge_.items]  # fmt: skip
    lines += [_line(f"Compensation for late payment of {one.item}", one.amount, currency)
              for one in charge_.compensation]  # fmt: skip
    total = decimal(charge_.total, currency)
    return Invoice(
        customer=charge_.customer, date=day, terms="due on receipt", due=day, currency=currency, kind="finance-charge",
        notes=terms.charges.terms_ref or (terms.pack.law if terms.pack else None),
        reckoned=terms.charges.reckoning, charged=tuple(_charged(charge_.items, currency)),
        compensation=tuple(Compensated(one.item, decimal(one.amount, currency)) for one in charge_.compensation),
        lines=tuple(lines), net=total, tax=decimal(0, currency), total=total,
    )  # fmt: skip


def _line(description: str, amount: int, currency: str) -> Line:
    return Line(description=description, unit_price=decimal(amount, currency), tax=Decimal(0))


def _charged(items: tuple[ItemCharge, ...], currency: str) -> Iterator[Charged]:
    """What is remembered of each item: its segments, with the charge split over them."""
    for item in items:
        for one, share in zip(item.segments, item.shares, strict=True):
            yield Charged(item.item, one.start, one.end, one.rate, decimal(one.principal, currency),
                          decimal(share, currency))  # fmt: skip


def _credit_note(ledger: Ledger, correction: Correction, day: date) -> CreditNote:
    fact, currency, memory = correction.charge.fact, correction.charge.currency, correction.charge.memory
    row = ledger.item(fact)
    open_ = min(row.open if row else 0, correction.amount)
    items = ", ".join(one.item for one in correction.items if one.charge < correction.before[one.item])
    return CreditNote(
        customer=correction.charge.customer, date=day, currency=currency, against=fact,
        reason=f"Less was open of {items} than {fact} charged for",
        applied=(Share(item=fact, amount=decimal(open_, currency)),) if open_ > 0 else (),
        reckoned=memory.reckoned, charged=tuple(_charged(correction.items, currency)),
        compensation=tuple(one for one in memory.compensation if one.item in correction.compensated),
        total=decimal(correction.amount, currency),
    )  # fmt: skip
