"""Issuing invoices and debit notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from arledger.checks.numbers import SERIES, last_count, number, prefix_of
from arledger.checks.requirement_case import Batch
from arledger.checks.requirements import verify
from arledger.commands.attachments import of_issued
from arledger.commands.planned import Planned, already, refuse_closed
from arledger.dates import Terms, months_later
from arledger.documents.customers import Customer
from arledger.documents.invoices import Adjustment, Delivery, Instalment, Invoice, Line, Pay
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
    total, net, tax, prepaid = sums(ledger, asked, currency)
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


def sums(
    ledger: Ledger, asked: Asked, currency: str, instead: str = "write a credit note for what is given back"
) -> tuple[int, Decimal | None, Decimal | None, Decimal | None]:
    """Total in minor units; net, tax and what was prepaid where there are lines.

    Raises UsageError where that is nothing or less, with what to do `instead`.
    """
    if asked.prepaid and not asked.lines:
        raise UsageError("--prepaid is for an invoice with lines", "give as --amount what is to be paid")
    if not asked.lines:
        return amount_of(asked.amount, currency, "--amount"), None, None, None
    more = [
        (part.tax, sign * minor_of(part.amount, currency))
        for sign, parts in ((1, asked.surcharges), (-1, asked.rebates)) for part in parts
    ]  # fmt: skip
    found = footing(tuple(asked.lines), currency, more)
    tax = found.tax_by_rate if ledger.policy.tax.rounding == "rate" else found.tax_by_line
    prepaid = amount_of(asked.prepaid, currency, "--prepaid") if asked.prepaid else 0
    total = found.net + tax - prepaid
    if total <= 0 and prepaid:
        raise UsageError(f"--prepaid: nothing is left of {plain(total + prepaid, currency)}", "post what is to be paid")
    if total <= 0:
        raise UsageError(f"the lines sum to {plain(total, currency)}", instead)
    before = decimal(prepaid, currency) if prepaid else None
    return total, decimal(found.net, currency), decimal(tax, currency), before


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
    if nothing := already(ledger, "invoices", asked.key):
        return nothing
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
            refuse_earlier(ledger, template, invoice.date)
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


def refuse_earlier(ledger: Ledger, template: str, day: date) -> None:
    """Numbers rise with dates (INVARIANTS E3): nothing is issued before the last number of its series."""
    prefix = prefix_of(template, day.year)
    ((last,),) = ledger.rows("SELECT MAX(date) FROM facts WHERE fact >= ? AND fact < ?", prefix, prefix + "~")
    if last and day.toordinal() < last:
        raise RefusedError(
            f"{day} is before {date.fromordinal(last)}, the date of the last number of the series {template}",
            f"date it {date.fromordinal(last)} or later",
            code="number-order",
        )


def defaults(ledger: Ledger, customer: Customer, day: date) -> tuple[str, str]:
    """Currency and terms a new invoice of the customer has on a day when nothing else is said."""
    return customer.currency or ledger.policy.currency, customer.terms_on(day, ledger.policy.terms)
