"""Credit notes: what we take back of what we billed, in part or whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from arledger.checks.numbers import last_count, number
from arledger.commands.invoices import Asked, refuse_earlier, sums
from arledger.commands.planned import Planned, already, on_account, refuse_closed
from arledger.compute.discounts import taken_back
from arledger.compute.taxes import parts_known, split
from arledger.documents.fields import item_and_part
from arledger.documents.invoices import CreditNote, Invoice, Share
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import decimal, plain


def new(ledger: Ledger, asked: Asked, *, against: str = "", reason: str = "", billed: Invoice | None = None) -> Planned:
    """A credit note of an amount or of lines, applied at once to the invoice it is against as far as that is open.

    With lines, what is not said of tax and for the buyer is as on that invoice (`billed`). Raises RefusedError for an
    invoice of somebody else, or dated later.
    """
    currency = asked.currency
    total, net, tax, _ = sums(ledger, asked, currency, "write an invoice or debit note for what is billed")
    applied, back = _applied(ledger, asked, against, total) if against else ((), 0)
    own = {"buyer_reference": asked.buyer_reference, "tax_category": asked.tax_category, "tax_reason": asked.tax_reason}
    like = {name: getattr(billed, name) for name in own} if billed and asked.lines else {}
    note = CreditNote(
        customer=asked.customer, date=asked.day, currency=currency, against=against or None, reason=reason or None,
        key=asked.key or None, applied=applied, lines=tuple(asked.lines), rebates=tuple(asked.rebates),
        surcharges=tuple(asked.surcharges), net=net, tax=tax, discount=decimal(back, currency) if back else None,
        total=decimal(total, currency), **(like | {name: value for name, value in own.items() if value}),
    )  # fmt: skip
    planned = credit_note(ledger, note)
    if not against or not planned.facts:
        return planned
    left = note.total - sum((share.amount for share in applied), note.discount or Decimal(0))
    notes = [*planned.notes, *_other_rates(note, billed), *on_account(planned.facts[0][0], left, currency)]
    return replace(planned, notes=notes)


def _applied(ledger: Ledger, asked: Asked, against: str, amount: int) -> tuple[tuple[Share, ...], int]:
    """What of an amount (minor units) goes to the invoice it is against, and what is early-payment discount it had."""
    item = ledger.item(against)
    assert item
    if item.customer != asked.customer:
        raise RefusedError(f"{against} is of {item.customer}, not of {asked.customer}",
                           "name the customer's own invoice", code="wrong-customer")  # fmt: skip
    if item.date > asked.day.toordinal():
        raise RefusedError(f"{against} is dated {date.fromordinal(item.date)}, after {asked.day}",
                           "date the credit note on or after its invoice", code="applied-too-early")  # fmt: skip
    share = max(min(item.open, amount), 0)
    applied = (Share(item=against, amount=decimal(share, asked.currency)),) if share else ()
    return applied, taken_back(ledger, item, amount - share)


def rate_of(billed: Invoice | None, default: Decimal) -> Decimal:
    """The rate of tax of a line that says none: that of all lines of the invoice, where they have one."""
    rates = {line.tax for line in billed.lines} if billed else set()
    return rates.pop() if len(rates) == 1 else default


def _other_rates(note: CreditNote, billed: Invoice | None) -> Iterator[str]:
    """For people: rates of tax that are credited and were not billed."""
    if billed and billed.lines:
        rates = {line.tax for line in billed.lines} | {rate for rate, _ in billed.adjustments()}
        for rate in sorted({line.tax for line in note.lines} - rates):
            yield f"note: {note.against} bills nothing at {rate:f}%"


def void(ledger: Ledger, fact: str, invoice: Invoice, day: date, reason: str) -> Planned:
    """Voids an invoice: a credit note over the whole of it. Raises RefusedError where it is not wholly open."""
    item = ledger.item(fact)
    assert item
    if item.open != item.total:
        raise RefusedError(
            f"{fact} is not wholly open: {plain(item.open, item.currency)} of {plain(item.total, item.currency)}",
            "take back what was applied to it first (ar payment unapply), or write a credit note for what is open",
            code="void-applied",
        )
    return credit_note(
        ledger,
        CreditNote(
            customer=invoice.customer, date=day, currency=invoice.currency, against=fact, void=True, reason=reason,
            applied=(Share(item=fact, amount=invoice.total),), total=invoice.total,
            **({} if invoice.prepaid else _taken_back(invoice)),
        ),
    )  # fmt: skip


def _taken_back(invoice: Invoice) -> dict[str, Any]:
    """What a credit note over the whole of an invoice has of it."""
    names = ("lines", "rebates", "surcharges", "net", "tax", "tax_category", "tax_reason", "buyer_reference")
    return {name: getattr(invoice, name) for name in names}


def credit_note(ledger: Ledger, note: CreditNote) -> Planned:
    """Issues a credit note under the next number of its series."""
    if nothing := already(ledger, "credit-notes", note.key):
        return nothing
    what = f"Void {note.against}" if note.void else f"Credit {note.customer} {note.total:,f} {note.currency}"
    return Planned(credit_notes(ledger, [note]), about=what)


def credit_notes(ledger: Ledger, notes: Sequence[CreditNote]) -> list[tuple[str, CreditNote]]:
    """Credit notes of one day under the next numbers of their series. Raises RefusedError as `issue` does."""
    if not notes:
        return []
    day, template = notes[0].date, ledger.policy.numbering.credit_note
    refuse_closed(ledger, day)
    count = last_count(ledger, template, day.year)
    if count:
        refuse_earlier(ledger, template, day)
    return [(number(template, day.year, count + place), _with_tax(ledger, note)) for place, note in enumerate(notes, 1)]


def _with_tax(ledger: Ledger, note: CreditNote) -> CreditNote:
    """The note with what of it is net and what is tax, in the ratio of what it is against, where that bears tax."""
    if not note.against or note.lines or note.tax is not None:
        return note
    fact = ledger.fact(note.against)
    about = item_and_part(fact.about)[0] if fact and fact.kind == "deductions" else note.against
    parts = split(note.minor(note.total), parts_known(ledger, about), note.currency)
    return note.model_copy(update={"net": parts[0].net, "tax": parts[0].tax}) if parts else note
