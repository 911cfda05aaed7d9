"""What an invoice must meet before it leaves, and whether it does: one function a rule.

The same rules hold for a draft, for an invoice about to be issued and for one that was: `ar invoice verify`, issuing
and `ar check` ask here. Each finding names the rule and where that is set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from arledger.compute.exposure import CreditBook
from arledger.compute.orders import LineRow, order_lines, order_row
from arledger.compute.rates import converted
from arledger.compute.tax_ids import tax_id_problem
from arledger.dates import Terms
from arledger.documents.customers import Customer
from arledger.documents.invoices import Invoice
from arledger.documents.requirements import DEFAULT_REQUIREMENTS, Requirement
from arledger.ledger.table import Ledger
from arledger.money import plain


class Failed(NamedTuple):
    """A requirement an invoice does not meet: which, how, and where it is set."""

    rule: str
    level: str  # required or warn
    text: str
    source: str


class Case(NamedTuple):
    """An invoice and one requirement it has to meet."""

    ledger: Ledger
    customer: Customer
    invoice: Invoice
    fact: str  # its id; "" while it has none
    requirement: Requirement


def requirements(ledger: Ledger, customer: str, data: Customer) -> list[tuple[str, Requirement]]:
    """What invoices to a customer have to meet, each with where it is set. The customer's own word on a rule counts."""
    policy = ledger.policy.requirements
    ours = "ledger.yaml requirements" if policy != DEFAULT_REQUIREMENTS else "default requirement"
    own = [(f"customers/{customer}.yaml requirements.{n}", rule) for n, rule in enumerate(data.requirements)]
    told = {rule.rule for _, rule in own}
    common = [
        (f"{ours}.{n}" if policy != DEFAULT_REQUIREMENTS else f"{ours} {rule.rule}", rule)
        for n, rule in enumerate(policy) if rule.rule not in told
    ]  # fmt: skip
    return [(source, rule) for source, rule in (*common, *own) if rule.level != "off"]


def verify(ledger: Ledger, invoice: Invoice, fact: str = "") -> list[Failed]:
    """Everything an invoice does not meet, in the order the requirements are set."""
    customer = ledger.customer(invoice.customer)
    if customer is None:
        return [Failed("customer", "required", f"there is no customer {invoice.customer}", "customers/")]
    return [
        Failed(rule.rule, rule.level, text, source)
        for source, rule in requirements(ledger, invoice.customer, customer) if invoice.date >= rule.valid_from
        for text in _RULES[rule.rule](Case(ledger, customer, invoice, fact, rule))
    ]  # fmt: skip


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


def _delivery_note(case: Case) -> Iterator[str]:
    """Of an order, what it bills was delivered; else a number among the references."""
    if case.invoice.order:
        for row, quantity in _bills(case):
            if row.delivered < _others(case, row) + quantity:
                yield f"line {row.number} bills {quantity:f}, delivered were {row.delivered:f}"
        return
    form = case.requirement.format
    if not any(not form or re.fullmatch(form, number) for number in case.invoice.references):
        yield "no delivery note among the references" + (f" of the form {form}" if form else "")


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


def _terms(case: Case) -> Iterator[str]:
    """Terms as agreed: in the contract, else the order, else the customer's of the day."""
    invoice, agreed, where = case.invoice, "", ""
    if invoice.contract:
        agreed = agreed_terms(case.ledger, invoice.contract)
        where = invoice.contract
    if not agreed and invoice.order and (row := order_row(case.ledger, invoice.order, invoice.date)):
        agreed, where = row.terms, invoice.order
    agreed, where = (
        (agreed, where) if agreed else (case.customer.terms_on(invoice.date, case.ledger.policy.terms), "the customer")
    )
    if (invoice.terms or "") != agreed:
        yield f"terms are {invoice.terms or 'not given'}, agreed with {where} is {agreed}"
    elif invoice.due and not invoice.instalments and invoice.due != Terms.parse(agreed).due(invoice.date):
        yield f"due {invoice.due}, by {agreed} it is {Terms.parse(agreed).due(invoice.date)}"


def agreed_terms(ledger: Ledger, contract: str) -> str:
    """The terms of a contract; nothing where it has none, or there is no such contract."""
    rows = ledger.rows(
        "SELECT json_extract(data, '$.terms') FROM facts WHERE kind = 'contracts' AND fact = ?", contract
    )
    return rows[0][0] or "" if rows else ""


def _bills(case: Case) -> list[tuple[LineRow, Decimal]]:
    """The lines of the order the invoice bills, each with how much of it."""
    order = case.invoice.order
    if not order or not order_row(case.ledger, order, case.invoice.date):
        return []
    _, lines = order_lines(case.ledger, order, case.invoice.date)
    sums: dict[int, Decimal] = {}
    for line in case.invoice.lines:
        if line.order_line:
            sums[line.order_line] = sums.get(line.order_line, Decimal(0)) + line.quantity
    return [(row, sums[row.number]) for row in lines if row.number in sums]


def _others(case: Case, row: LineRow) -> Decimal:
    """How much of a line of the order other invoices bill."""
    own = sum((li.quantity for li in case.invoice.lines if li.order_line == row.number), Decimal(0))
    return row.billed - (own if case.fact else Decimal(0))


def _price(case: Case) -> Iterator[str]:
    rows = {row.number: row.line for row, _ in _bills(case)}
    for number, line in enumerate(case.invoice.lines, 1):
        if ordered := rows.get(line.order_line or 0):
            for key, percent in (("unit_price", ""), ("discount", "%"), ("tax", "%")):
                billed, agreed = getattr(line, key), getattr(ordered, key)
                if billed != agreed:
                    what = key.replace("_", " ")
                    yield f"line {number}: {what} {billed:f}{percent}, in the order {agreed:f}{percent}"


def _quantity(case: Case) -> Iterator[str]:
    for row, quantity in _bills(case):
        left = row.line.quantity - _others(case, row)
        if quantity > left:
            yield f"line {row.number} of {case.invoice.order}: {quantity:f} billed, {left:f} left to bill"


def _order_remainder(case: Case) -> Iterator[str]:
    invoice = case.invoice
    row = order_row(case.ledger, invoice.order, invoice.date) if invoice.order else None
    if row is None:
        return
    total = invoice.minor(invoice.total)
    left = row.total - row.billed + (total if case.fact else 0)
    if row.state == "cancelled" and not case.fact:
        yield f"{row.order} is cancelled"
    elif total > left:
        yield f"{plain(total, invoice.currency)} billed, {plain(max(left, 0), invoice.currency)} left of {row.order}"


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


def _duplicate_po(case: Case) -> Iterator[str]:
    """The purchase order is on another invoice; those of one order share it."""
    invoice = case.invoice
    if invoice.po:
        rows = case.ledger.rows(
            "SELECT i.item FROM items i JOIN facts f ON f.id = i.owner WHERE i.customer = ? AND i.po = ? "
            "AND i.item != ? AND i.kind = 'invoice' AND (f.about = '' OR f.about != ?) "
            f"AND NOT {_VOIDED} ORDER BY i.item",
            invoice.customer, invoice.po, case.fact, invoice.order or "",
        )  # fmt: skip
        if rows:
            yield f"purchase order {invoice.po} is on {', '.join(item for (item,) in rows)} too"


def _duplicate_invoice(case: Case) -> Iterator[str]:
    """The same total, to the same customer, within some days, with the same purchase order."""
    invoice, span = case.invoice, timedelta(case.requirement.days)
    first, last = (invoice.date - span).toordinal(), (invoice.date + span).toordinal()
    rows = case.ledger.rows(
        "SELECT i.item FROM items i WHERE i.customer = ? AND i.currency = ? AND i.total = ? AND i.po = ? "
        f"AND i.kind = ? AND i.item != ? AND i.date BETWEEN ? AND ? AND NOT {_VOIDED} ORDER BY i.item",
        invoice.customer, invoice.currency, invoice.minor(invoice.total), invoice.po or "", invoice.kind, case.fact,
        first, last,
    )  # fmt: skip
    if rows:
        yield f"{', '.join(item for (item,) in rows)} of about the same day has the same total"


def _credit_limit(case: Case) -> Iterator[str]:
    """What the customer owes with this invoice is within its limits. What an order counts for already is not new."""
    invoice = case.invoice
    book = CreditBook(case.ledger, invoice.date)
    new = 0 if invoice.order or case.fact else invoice.minor(invoice.total)
    for limit in book.limits(invoice.customer):
        exposure = book.exposure(limit)
        value = converted(case.ledger.policy, new, invoice.currency, limit.currency, invoice.date)
        if limit.allowed is None:
            continue
        if exposure.missing or value is None:
            unknown = ", ".join(exposure.missing) or invoice.currency
            yield f"{limit.source} cannot be judged: no rate is stated for {unknown}"
        elif exposure.total + value > limit.allowed:
            total, allowed = plain(exposure.total + value, limit.currency), plain(limit.allowed, limit.currency)
            yield f"exposure {total} {limit.currency} with it, {limit.source} allows {allowed}"


def _period(case: Case) -> Iterator[str]:
    closed = case.ledger.closed_through()
    if closed and case.invoice.date <= closed and not case.fact:
        yield f"{case.invoice.date} lies in a closed period: the books are closed through {closed}"


_RULES: Mapping[str, Callable[[Case], Iterator[str]]] = {
    "po": _po, "buyer-reference": _buyer_reference, "delivery-note": _delivery_note, "attachment": _attachment,
    "fields": _fields, "terms": _terms, "price": _price, "quantity": _quantity, "order-remainder": _order_remainder,
    "tax-id": _tax_id, "tax-rate": _tax_rate, "duplicate-po": _duplicate_po, "duplicate-invoice": _duplicate_invoice,
    "credit-limit": _credit_limit, "period": _period,
}  # fmt: skip
