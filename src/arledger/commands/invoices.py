"""Issuing invoices and debit notes, and voiding them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from arledger.checks.numbers import SERIES, last_count, number, prefix_of
from arledger.checks.requirement_case import Batch
from arledger.checks.requirements import verify
from arledger.commands.attachments import of_issued
from arledger.commands.planned import Planned, already, on_account, refuse_closed
from arledger.compute.discounts import taken_back
from arledger.dates import Terms, months_later
from arledger.documents.customers import Customer
from arledger.documents.invoices import Adjustment, CreditNote, Delivery, Instalment, Invoice, Line, Pay, Share
from arledger.documents.lines import TaxCategory, footing
from arledger.errors import RefusedError, UsageError, did_you_mean
from arledger.ledger.table import Ledger
from arledger.money import amount_hint, decimal, equal_parts, minor_of, minor_units, plain

Kind = Literal["invoice", "debit-note", "finance-charge"]


@dataclass(frozen=True)
class Asked:
    """What was asked to be invoiced. Empty text: take the customer's or the ledger's default."""

    customer: str
    day: date
    lines: Sequence[Line] = ()
    amount: str = ""
    terms: str = ""
    due: date | None = None
    instalments: int = 1
    currency: str = ""
    po: str = ""
    references: Sequence[str] = ()
    kind: Kind = "invoice"
    key: str = ""
    notes: str = ""
    order: str = ""
    contract: str = ""
    buyer_reference: str = ""
    rebates: Sequence[Adjustment] = ()
    surcharges: Sequence[Adjustment] = ()
    prepaid: str = ""
    delivery: Delivery | None = None
    tax_category: TaxCategory | None = None
    tax_reason: str = ""
    pay: Pay | None = None


def draft(ledger: Ledger, asked: Asked) -> Invoice:
    """The invoice as it would be issued, without a number. Raises UsageError and RefusedError."""
    customer = ledger.customer(asked.customer)
    if customer is None:
        raise UsageError(f"there is no customer {asked.customer}", "see ar customer list")
    if customer.merged_into:
        raise RefusedError(f"{asked.customer} was merged into {customer.merged_into}", f"name {customer.merged_into}",
                           code="customer-merged")  # fmt: skip
    agreed = _contract_terms(ledger, asked.contract, asked.customer) if asked.contract else ""
    currency = asked.currency or customer.currency or ledger.policy.currency
    total, net, tax, prepaid = _sums(ledger, asked, currency)
    terms = asked.terms or agreed or customer.terms_on(asked.day, ledger.policy.terms)
    due, instalments = _dues(asked, terms, total, currency)
    return Invoice(
        customer=asked.customer, date=asked.day, terms=terms, due=due, instalments=instalments, currency=currency,
        po=asked.po or None, order=asked.order or None, contract=asked.contract or None,
        buyer_reference=asked.buyer_reference or None, references=tuple(asked.references), kind=asked.kind,
        key=asked.key or None, notes=asked.notes or None, delivery=asked.delivery, pay=asked.pay,
        tax_category=asked.tax_category, tax_reason=asked.tax_reason or None, lines=tuple(asked.lines),
        rebates=tuple(asked.rebates), surcharges=tuple(asked.surcharges), net=net, tax=tax, prepaid=prepaid,
        total=decimal(total, currency),
    )  # fmt: skip


def _contract_terms(ledger: Ledger, contract: str, customer: str) -> str:
    """The terms of a contract, "" where it has none.

    Raises UsageError for what is no contract, RefusedError for one with somebody else.
    """
    row = ledger.fact(contract)
    if row is None or row.kind != "contracts":
        known = ledger.rows("SELECT fact FROM facts WHERE kind = 'contracts'")
        hint = did_you_mean(contract, (id_ for (id_,) in known)) or "see ar contract list"
        raise UsageError(f"--contract: there is no contract {contract}", hint)
    if row.customer != customer:
        raise RefusedError(f"{contract} is with {row.customer}, not with {customer}",
                           "name a contract with the same customer", code="wrong-customer")  # fmt: skip
    ((terms,),) = ledger.rows("SELECT json_extract(data, '$.terms') FROM facts WHERE id = ?", row.id)
    return terms or ""


def _sums(ledger: Ledger, asked: Asked, currency: str) -> tuple[int, Decimal | None, Decimal | None, Decimal | None]:
    """Total in minor units; net, tax and what was prepaid where there are lines."""
    if asked.prepaid and not asked.lines:
        raise UsageError("--prepaid is for an invoice with lines", "give as --amount what is to be paid")
    if not asked.lines:
        return amount_of(asked.amount, currency, "--amount"), None, None, None
    more = [
        (part.tax, sign * minor_of(part.amount, currency))
        for sign, parts in ((1, asked.surcharges), (-1, asked.rebates)) for part in parts
    ]  # fmt: skip
    sums = footing(tuple(asked.lines), currency, more)
    tax = sums.tax_by_rate if ledger.policy.tax.rounding == "rate" else sums.tax_by_line
    prepaid = amount_of(asked.prepaid, currency, "--prepaid") if asked.prepaid else 0
    total = sums.net + tax - prepaid
    if total <= 0 and prepaid:
        raise UsageError(f"--prepaid: nothing is left of {plain(total + prepaid, currency)}", "post what is to be paid")
    if total <= 0:
        raise UsageError(f"the lines sum to {plain(total, currency)}", "write a credit note for what is given back")
    before = decimal(prepaid, currency) if prepaid else None
    return total, decimal(sums.net, currency), decimal(tax, currency), before


def amount_of(text: str, currency: str, option: str, *, zero: bool = False) -> int:
    """An amount given as an argument, in minor units, more than zero (`zero`: or that). Raises UsageError naming the
    option."""
    try:
        minor = minor_units(text, currency)
    except ValueError as error:
        raise UsageError(f"{option}: {error}", amount_hint(text, currency)) from None
    if minor < 0 or (minor == 0 and not zero):
        raise UsageError(f"{option}: {text} is not more than zero", "amounts are positive")
    return minor


def _dues(asked: Asked, terms: str, total: int, currency: str) -> tuple[date | None, tuple[Instalment, ...]]:
    """The due date, or monthly instalments from the first one on; odd cents go to the last (RULES T-P2)."""
    try:
        due = asked.due or Terms.parse(terms).due(asked.day)
    except ValueError as error:
        raise UsageError(f"--terms: {error}", "or give --due") from None
    if asked.instalments == 1:
        return due, ()
    amounts = equal_parts(total, asked.instalments)
    dues = [months_later(due, n) for n in range(asked.instalments)]
    return None, tuple(
        Instalment(due=day, amount=decimal(amount, currency)) for day, amount in zip(dues, amounts, strict=True)
    )


def new(ledger: Ledger, asked: Asked) -> Planned:
    """Issues one invoice under the next number of its series."""
    if fact := already(ledger, "invoices", asked.key):
        return Planned(notes=[f"{fact} was posted with this key before: nothing to do"])
    return issue(ledger, [draft(ledger, asked)])


def issue(ledger: Ledger, invoices: Sequence[Invoice], called: Sequence[str] = ()) -> Planned:
    """Issues invoices under the next numbers of their series, in the order of their dates.

    `called` is what people know them by so far, such as the names of drafts. Raises RefusedError for a date in a closed
    period, or before the last number of the series was issued.
    """
    numbered: list[tuple[str, Invoice]] = []
    counts: dict[tuple[str, int], int] = {}
    by_date = sorted(range(len(invoices)), key=lambda n: invoices[n].date)
    for invoice in (invoices[n] for n in by_date):
        refuse_closed(ledger, invoice.date)
        template = getattr(ledger.policy.numbering, SERIES[invoice.kind])
        year = invoice.date.year
        count = counts.get((template, year)) or last_count(ledger, template, year)
        if count and (template, year) not in counts:
            _refuse_earlier(ledger, template, invoice.date)
        counts[template, year] = count + 1
        numbered.append((number(template, year, count + 1), invoice))
    names = [called[n] for n in by_date] if called else [fact for fact, _ in numbered]
    notes = refuse_unmet(ledger, [(name, invoice) for name, (_, invoice) in zip(names, numbered, strict=True)])
    first = ", ".join(fact for fact, _ in numbered[:3]) + (" …" if len(numbered) > 3 else "")
    return Planned(
        of_issued(numbered),
        notes=notes,
        about=f"Issue {first} to {', '.join(sorted({i.customer for _, i in numbered})[:3])}",
    )


def refuse_unmet(ledger: Ledger, invoices: Sequence[tuple[str, Invoice]]) -> list[str]:
    """What invoices, by what they are called so far, do not meet that is not required, for people.

    Raises RefusedError with all that is required. Each is compared with those before it, too.
    """
    batch, found = Batch(ledger), list[tuple[str, str]]()
    for name, invoice in invoices:
        whose = f"{name}: " if len(invoices) > 1 else ""
        for failed in verify(batch, invoice, name=name) if invoice.kind == "invoice" else ():
            found.append((failed.level, f"{whose}{failed.rule}: {failed.text} [{failed.source}]"))
    if required := [text for level, text in found if level == "required"]:
        raise RefusedError("; ".join(required), "put it right, then see ar invoice verify", code="requirement-unmet")
    return [f"note: {text}" for _, text in found]


def _refuse_earlier(ledger: Ledger, template: str, day: date) -> None:
    """Numbers rise with dates (INVARIANTS E3): nothing is issued before the last number of its series."""
    prefix = prefix_of(template, day.year)
    ((last,),) = ledger.rows("SELECT MAX(date) FROM facts WHERE fact >= ? AND fact < ?", prefix, prefix + "~")
    if last and day.toordinal() < last:
        raise RefusedError(
            f"{day} is before {date.fromordinal(last)}, the date of the last number of the series {template}",
            f"date it {date.fromordinal(last)} or later",
            code="number-order",
        )


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
    if fact := already(ledger, "credit-notes", note.key):
        return Planned(notes=[f"{fact} was posted with this key before: nothing to do"])
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
        _refuse_earlier(ledger, template, day)
    return [(number(template, day.year, count + place), note) for place, note in enumerate(notes, 1)]


def new_credit_note(
    ledger: Ledger, customer: str, day: date, amount: int, currency: str, *, against: str, reason: str, key: str
) -> Planned:
    """A credit note of an amount (minor units), applied at once to the invoice it is against as far as that is open.

    Raises RefusedError for an invoice of somebody else, or dated later.
    """
    applied: tuple[Share, ...] = ()
    back = 0
    if against:
        item = ledger.item(against)
        assert item
        if item.customer != customer:
            raise RefusedError(
                f"{against} is of {item.customer}, not of {customer}",
                "name the customer's own invoice",
                code="wrong-customer",
            )
        if item.date > day.toordinal():
            raise RefusedError(f"{against} is dated {date.fromordinal(item.date)}, after {day}",
                               "date the credit note on or after its invoice", code="applied-too-early")  # fmt: skip
        share = min(item.open, amount)
        if share > 0:
            applied = (Share(item=against, amount=decimal(share, currency)),)
        back = taken_back(ledger, item, amount - max(share, 0))
    note = CreditNote(
        customer=customer, date=day, currency=currency, against=against or None, reason=reason or None,
        key=key or None, applied=applied, discount=decimal(back, currency) if back else None,
        total=decimal(amount, currency),
    )  # fmt: skip
    planned = credit_note(ledger, note)
    left = note.total - sum((share.amount for share in applied), note.discount or Decimal(0))
    if not against or not planned.facts:
        return planned
    return replace(planned, notes=[*planned.notes, *on_account(planned.facts[0][0], left, currency)])


def defaults(ledger: Ledger, customer: Customer, day: date) -> tuple[str, str]:
    """Currency and terms a new invoice of the customer has on a day when nothing else is said."""
    return customer.currency or ledger.policy.currency, customer.terms_on(day, ledger.policy.terms)
