"""What must hold of one document by itself: amounts, dates and sums that agree with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from arledger.checks import Finding, Loc
from arledger.checks.charge_documents import charged_amounts, charges_of
from arledger.checks.told_documents import bad_amount, check_told, too_much
from arledger.dates import Terms, month_end, month_of
from arledger.documents.bank_statements import BankStatement
from arledger.documents.base import Document, Fact
from arledger.documents.charges import Charged, Compensated
from arledger.documents.invoices import Adjustment, CreditNote, Invoice, Line, Share
from arledger.documents.kinds import AnyFact
from arledger.documents.lines import footing
from arledger.documents.payments import Application, Payment, Recovery, Reversal, WriteOff
from arledger.documents.periods import Close
from arledger.documents.told import Told
from arledger.money import plain

Found = Iterator[Finding]


def check_document(document: AnyFact, fact: str) -> list[Finding]:
    """Everything wrong with one document of the fact with this id, in the order of its keys."""
    if isinstance(document, Told):
        return check_told(document)
    signed = type(document) in (Close, BankStatement)  # balances may be negative
    amounts = [] if signed else _amounts(document, document.currency)  # type: ignore[attr-defined]
    if amounts:  # sums of amounts that cannot be read would only add noise
        return amounts
    check = _CHECKS.get(type(document))
    return list(check(document, fact)) if check else []


def _amounts(document: Document, currency: str, loc: Loc = ()) -> list[Finding]:
    """Amounts finer than the currency, and amounts that are not positive."""
    found: list[Finding] = []
    for name, value in document.__dict__.items():  # the fields, in their order
        kind = type(value)  # isinstance is slow on these classes
        if kind is Decimal:
            of_no_amount = name == "rate" or (not value and type(document) is Reversal)  # of what moves no money
            if not of_no_amount and (wrong := bad_amount(value, currency, (*loc, name))):
                found.append(wrong)
        elif kind is tuple and value:
            for index, part in enumerate(value):
                if type(part) in (Charged, Compensated):
                    found += charged_amounts(part, currency, (*loc, name, index))
                elif type(part) is Adjustment:
                    found += filter(None, [bad_amount(part.amount, currency, (*loc, name, index, "amount"))])
                elif type(part) not in (Line, str):
                    found += _amounts(part, currency, (*loc, name, index))
    return found


def _invoice(document: Invoice, _: str) -> Found:
    yield from _dates_of(document)
    yield from _sums_of(document)
    yield from charges_of(document)
    if document.pay and document.pay.by == "direct-debit" and not document.pay.mandate:
        yield Finding("", ("pay",), "missing-key", "a direct debit without its mandate", "write mandate: its number")
    if not document.instalments:
        return
    parts = sum(document.minor(part.amount) for part in document.instalments)
    if parts != document.minor(document.total):
        yield Finding("", ("instalments",), "instalments-sum", f"instalments sum to {plain(parts, document.currency)}, "
                      f"the total is {document.total:f}", "make the instalments sum to the total")  # fmt: skip


def _dates_of(document: Invoice) -> Found:
    if document.due and document.instalments:
        yield Finding("", ("due",), "due-twice", "both a due date and instalments", "keep one of them")
    if not document.due and not document.instalments:
        if not document.terms:
            yield Finding("", (), "missing-key", "neither due nor terms nor instalments", "write due: YYYY-MM-DD")
            return
        try:
            Terms.parse(document.terms).due(document.date)
        except ValueError as error:
            yield Finding("", ("terms",), "bad-terms", str(error), "write the due date")
    dues: list[tuple[Loc, Any]] = [(("due",), document.due)] if document.due else []
    dues += [(("instalments", i, "due"), part.due) for i, part in enumerate(document.instalments)]
    for loc, due in dues:
        if due < document.date:
            yield Finding("", loc, "due-before-date", f"due {due}, before its date {document.date}",
                          "correct the due date")  # fmt: skip


def _sums_of(document: Invoice | CreditNote) -> Found:
    currency, prepaid = document.currency, getattr(document, "prepaid", None)
    total = document.minor(document.total) + (document.minor(prepaid) if prepaid else 0)  # as it was before
    for index, line in enumerate(document.lines):
        if line.tax > 100 or line.discount > 100:
            key = "tax" if line.tax > 100 else "discount"
            yield Finding("", ("lines", index, key), "bad-rate", f"{key} of {getattr(line, key):f}%",
                          "a rate lies between 0% and 100%")  # fmt: skip
    net, tax = (None if part is None else document.minor(part) for part in (document.net, document.tax))
    if (document.rebates or document.surcharges) and not document.lines:
        yield Finding("", (), "missing-key", "rebates or surcharges without lines", "write the lines")
    if document.lines:
        sums = footing(document.lines, currency, document.adjustments())
        given_net = net if net is not None else total - (tax or 0)
        given_tax = tax if tax is not None else total - given_net
        if given_net != (right := sums.net):
            yield _disagrees("net" if net is not None else "total", given_net, right, currency, "the lines sum to")
        elif given_tax != (right := sums.tax_by_rate) and given_tax != sums.tax_by_line:
            yield _disagrees("tax" if tax is not None else "total", given_tax, right, currency, "tax on the lines is")
    if net is not None and net + (tax or 0) != total:
        yield _disagrees("total", total, net + (tax or 0), currency, "net and tax sum to")


def _disagrees(key: str, given: int, right: int, currency: str, why: str) -> Finding:
    message = f"{key} is {plain(given, currency)}, {why} {plain(right, currency)}"
    return Finding("", (key,), "does-not-foot", message, f"correct the lines or write {plain(right, currency)}")


def _credit_note(document: CreditNote, _: str) -> Found:
    yield from _sums_of(document)
    yield from charges_of(document)
    yield from _shares(document, document.applied, document.total - (document.discount or 0))
    if document.void and not document.against:
        yield Finding("", ("void",), "missing-key", "void: true without against", "name the invoice it voids")


def _payment(document: Payment, _: str) -> Found:
    yield from _shares(document, document.applied, document.amount)
    if document.applied and not document.customer:
        yield Finding("", ("applied",), "missing-key", "applied, but no customer", "name the customer")


def _application(document: Application, _: str) -> Found:
    yield from _shares(document, document.applied, document.amount)
    shares = sum([share.amount for share in document.applied], Decimal(0))
    if shares < document.amount or not document.applied:
        yield Finding("", ("amount",), "does-not-foot", f"amount is {document.amount:f}, the shares sum to "
                      f"{plain(document.minor(shares), document.currency)}", "make them agree")  # fmt: skip


def _taxes(document: WriteOff | Recovery, _: str) -> Found:
    parts = sum((part.net + part.tax for part in document.taxes), Decimal(0))
    if document.taxes and parts != document.amount:
        yield Finding("", ("taxes",), "does-not-foot", f"amount is {document.amount:f}, net and tax sum to {parts:f}",
                      "make them agree")  # fmt: skip


def _shares(document: Fact, shares: Sequence[Share], amount: Decimal) -> Found:
    used = sum([share.amount for share in shares], Decimal(0))
    if used > amount:
        currency: str = document.currency  # type: ignore[attr-defined]
        used_up, credit = (plain(document.minor(part), currency) for part in (used, amount))
        message = f"shares of {used_up} of a credit of {credit}"
        yield Finding("", ("applied",), "over-applied", message, "lower a share")


def _close(document: Close, fact: str) -> Found:
    month, again, _ = fact.partition("-C")
    if document.date != month_end(document.date) or month_of(document.date) != month or again == "C":
        yield Finding("", ("date",), "bad-period", f"{fact} does not end on {document.date}",
                      "a period is a month, and its date the month's last day")  # fmt: skip


def _bank_statement(document: BankStatement, _: str) -> Found:
    try:
        moved = sum(document.minor(line.amount) for line in document.lines)
        opening, closing = (None if b is None else document.minor(b) for b in (document.opening, document.closing))
        total = document.minor(document.total)
    except ValueError as error:
        yield Finding("", (), "too-many-decimals", str(error), "round it to the currency's decimals")
        return
    for key, balance in (("opening", opening), ("closing", closing)):
        if balance and (wrong := too_much(balance, document.currency, (key,))):
            yield wrong
    if total != moved:
        yield _disagrees("total", total, moved, document.currency, "the lines sum to")
    if opening is not None and closing is not None and opening + moved != closing and not document.unproved:
        yield _disagrees("closing", closing, opening + moved, document.currency, "opening and lines give")


_CHECKS: Mapping[type[Document], Callable[[Any, str], Found]] = {
    Invoice: _invoice,
    CreditNote: _credit_note,
    Payment: _payment,
    Application: _application,
    WriteOff: _taxes,
    Recovery: _taxes,
    Close: _close,
    BankStatement: _bank_statement,
}
