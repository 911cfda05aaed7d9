"""The rules an invoice may have to meet: each gives what is not right, in words, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from arledger.checks.requirement_case import Case
from arledger.checks.requirement_order import delivery_note, order_remainder, price, quantity
from arledger.compute.orders import order_row
from arledger.compute.rates import converted
from arledger.compute.tax_ids import tax_id_problem
from arledger.dates import Terms
from arledger.documents.invoices import Invoice
from arledger.ledger.table import Ledger
from arledger.money import plain


def _numbered(what: str, number: str | None, case: Case) -> Iterator[str]:
    form = case.requirement.format
    if not number:
        yield f"{what} is missing"
    elif form and not re.fullmatch(form, number):
        yield f"{what} {number!r} is not of the form {form}"


def _po(case: Case) -> Iterator[str]:
    yield from _numbered("the purchase order (po)", case.invoice.po, case)


def _buyer_reference(case: Case) -> Iterator[str]:
    number = case.invoice.buyer_reference or case.customer.buyer_reference
    yield from _numbered("the buyer's reference (buyer_reference)", number, case)


def _attachment(case: Case) -> Iterator[str]:
    have = {paper.kind for paper in case.invoice.attachments}
    have |= attached_kinds(case.ledger, [case.fact, case.invoice.order or "", case.invoice.contract or ""])
    for kind in case.requirement.kinds or ("",):
        if kind not in have if kind else not have:
            yield f"no {kind} is attached" if kind else "nothing is attached"


def attached_kinds(ledger: Ledger, about: Sequence[str]) -> set[str]:
    """The kinds of paper attached to any of these facts."""
    found: set[str] = set()
    for fact in filter(None, about):
        rows = ledger.rows(
            "SELECT json_extract(data, '$.kind') FROM facts a WHERE kind = 'attachments' AND about = ? AND NOT EXISTS "
            "(SELECT 1 FROM facts r WHERE r.about = a.fact AND r.about != '' AND r.kind = 'reversals')", fact,
        )  # fmt: skip
        found |= {kind or "" for (kind,) in rows}
    return found


def _fields(case: Case) -> Iterator[str]:
    for key in case.requirement.fields:
        if not getattr(case.invoice, key, None):
            yield f"{key} is missing"


class Agreed(NamedTuple):
    """Terms that were agreed, with what, and where that is written."""

    terms: str
    what: str
    path: str
    keys: tuple[str | int, ...] = ("terms",)


def _agreed(case: Case) -> Agreed:
    """The terms of the contract, else of the order, else the customer's of the day."""
    ledger, invoice = case.ledger, case.invoice
    contract = ledger.rows(
        "SELECT json_extract(data, '$.terms'), fact, path FROM facts WHERE kind = 'contracts' AND fact = ?",
        invoice.contract or "",
    )
    if contract and contract[0][0]:
        return Agreed(*contract[0])
    if invoice.order and (row := order_row(ledger, invoice.order, invoice.date)) and row.terms:
        return Agreed(row.terms, row.order, row.path)
    terms, path = case.customer.terms_on(invoice.date, ledger.policy.terms), ledger.customer_path(invoice.customer)
    later = [n for n, one in enumerate(case.customer.terms_from) if one.valid_from <= invoice.date]
    if later:
        newest = max(later, key=lambda n: case.customer.terms_from[n].valid_from)
        return Agreed(terms, "the customer", path, ("terms_from", newest))
    return Agreed(terms, "the customer", path if case.customer.terms else "ledger.yaml")


def _terms(case: Case) -> Iterator[str]:
    """Terms as agreed, and the due date they give."""
    invoice, (agreed, what, *_) = case.invoice, _agreed(case)
    if (invoice.terms or "") != agreed:
        yield f"terms are {invoice.terms or 'not given'}, agreed with {what} is {agreed}"
    elif invoice.due and not invoice.instalments and invoice.due != Terms.parse(agreed).due(invoice.date):
        yield f"due {invoice.due}, by {agreed} it is {Terms.parse(agreed).due(invoice.date)}"


def _tax_id(case: Case) -> Iterator[str]:
    number, country = case.customer.tax_id, case.customer.country
    if not number:
        yield "the customer has no tax number (tax_id)"
    elif told := tax_id_problem(number, country):
        yield told


def _tax_rate(case: Case) -> Iterator[str]:
    rates = case.requirement.rates
    wanted = " or ".join(f"{rate:f}%" for rate in rates) or "any, for none is listed"
    for number, line in enumerate(case.invoice.lines, 1):
        if line.tax not in rates:
            yield f"line {number}: tax of {line.tax:f}%, not {wanted}"


_VOIDED = (
    "EXISTS (SELECT 1 FROM facts c WHERE c.about = i.item AND c.about != '' AND c.kind = 'credit-notes' "
    "AND c.amount = i.total)"
)


#: The invoices of one order, or of one contract, are of one purchase: each has the key of its own period or milestone.
_ANOTHER = "(f.about = '' OR f.about != ?) AND f.key NOT GLOB ?"


def _same_purchase(invoice: Invoice) -> tuple[str, str]:
    """The values `_ANOTHER` is asked with: the order, and what keys of the invoices of the contract look like."""
    return invoice.order or "", f"{invoice.contract or ''} *"


def _apart(one: Invoice, other: Invoice) -> bool:
    """Whether two invoices are neither of one order nor of one contract."""
    return not ((one.order and one.order == other.order) or (one.contract and one.contract == other.contract))


def _duplicate_po(case: Case) -> Iterator[str]:
    """The purchase order is on another invoice; those of one order or contract share it."""
    invoice = case.invoice
    if invoice.po:
        rows = case.ledger.rows(
            "SELECT i.item FROM items i JOIN facts f ON f.id = i.owner WHERE i.customer = ? AND i.po = ? "
            f"AND i.item != ? AND i.kind = 'invoice' AND {_ANOTHER} AND NOT {_VOIDED} ORDER BY i.item",
            invoice.customer, invoice.po, case.fact, *_same_purchase(invoice),
        )  # fmt: skip
        beside = [name for name, one in case.beside if one.po == invoice.po and _apart(one, invoice)]
        if found := [*(item for (item,) in rows), *beside]:
            yield f"purchase order {invoice.po} is on {', '.join(found)} too"


def _duplicate_invoice(case: Case) -> Iterator[str]:
    """The same total, to the same customer, within some days, with the same purchase order."""
    invoice, span = case.invoice, timedelta(case.requirement.days)
    first, last = (invoice.date - span).toordinal(), (invoice.date + span).toordinal()
    rows = case.ledger.rows(
        "SELECT i.item FROM items i JOIN facts f ON f.id = i.owner WHERE i.customer = ? AND i.currency = ? "
        "AND i.total = ? AND i.po = ? AND i.kind = ? AND i.item != ? AND i.date BETWEEN ? AND ? "
        f"AND {_ANOTHER} AND NOT {_VOIDED} ORDER BY i.item",
        invoice.customer, invoice.currency, invoice.minor(invoice.total), invoice.po or "", invoice.kind, case.fact,
        first, last, *_same_purchase(invoice),
    )  # fmt: skip
    alike = [
        name for name, one in case.beside if abs(one.date - invoice.date) <= span and _apart(one, invoice)
        and (one.kind, one.currency, one.total, one.po) == (invoice.kind, invoice.currency, invoice.total, invoice.po)
    ]  # fmt: skip
    if found := [*(item for (item,) in rows), *alike]:
        yield f"{', '.join(found)} of about the same day has the same total"


def _credit_limit(case: Case) -> Iterator[str]:
    """What the customer owes with this invoice is within its limits. What an order counts for already is not new."""
    policy, invoice = case.ledger.policy, case.invoice
    book = case.batch.credit(invoice.date)
    new = [invoice] if not case.fact else []
    for limit in book.limits.of(invoice.customer):
        if limit.allowed is None:
            continue
        exposure, where = book.exposure(limit), case.ledger.place(limit.path, *limit.keys)
        members = set(book.limits.members(limit)) if case.batch.before else set()
        together = [*new, *(one for _, one in case.batch.before if one.customer in members)]
        values = [
            converted(policy, one.minor(one.total), one.currency, limit.currency, invoice.date)
            for one in together if not one.order
        ]  # fmt: skip
        total = exposure.total + sum(value or 0 for value in values)
        if exposure.missing or None in values:
            unknown = ", ".join(exposure.missing) or invoice.currency
            yield f"the limit in {where} cannot be judged: no rate is stated for {unknown}"
        elif total > limit.allowed:
            shown, allowed = plain(total, limit.currency), plain(limit.allowed, limit.currency)
            yield f"exposure {shown} {limit.currency} with it, the limit in {where} allows {allowed}"


def _period(case: Case) -> Iterator[str]:
    closed = case.ledger.closed_through()
    if closed and case.invoice.date <= closed and not case.fact:
        yield f"{case.invoice.date} lies in a closed period: the books are closed through {closed}"


RULES: Mapping[str, Callable[[Case], Iterator[str]]] = {
    "po": _po, "buyer-reference": _buyer_reference, "delivery-note": delivery_note, "attachment": _attachment,
    "fields": _fields, "terms": _terms, "price": price, "quantity": quantity, "order-remainder": order_remainder,
    "tax-id": _tax_id, "tax-rate": _tax_rate, "duplicate-po": _duplicate_po, "duplicate-invoice": _duplicate_invoice,
    "credit-limit": _credit_limit, "period": _period,
}  # fmt: skip


def against(case: Case) -> Iterator[str]:
    """Where the order, the contract or the customer's file stands that the invoice is measured against."""
    ledger, rule = case.ledger, case.requirement.rule
    if rule == "terms":
        agreed = _agreed(case)
        yield ledger.place(agreed.path, *agreed.keys)
    elif rule == "tax-id":
        yield ledger.place(ledger.customer_path(case.invoice.customer), "tax_id")
    elif (
        rule in ("price", "quantity", "order-remainder", "delivery-note")
        and case.invoice.order
        and (order := order_row(ledger, case.invoice.order, case.invoice.date))
    ):
        yield ledger.place(order.path, "total" if rule == "order-remainder" else "lines")
