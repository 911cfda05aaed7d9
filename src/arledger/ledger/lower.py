"""How each fact lowers to entries (DESIGN §4). The only place that knows what a document does to the books.

A reversal lowers to nothing here: its entries are those of the fact it undoes, negated, and the table makes
them from the entries it holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import singledispatch
from typing import Any

from arledger.documents.bank_statements import BankStatement, Deposit
from arledger.documents.fields import item_and_part
from arledger.documents.invoices import CreditNote, Invoice, Share
from arledger.documents.kinds import AnyFact
from arledger.documents.payments import Application, Deduction, Payment, Recovery, Refund, Reversal, WriteOff
from arledger.documents.periods import Close, ClosingBalance
from arledger.documents.told import Told
from arledger.ledger.restore import as_json
from arledger.ledger.rows import Entry, Fact, Item, Lowered
from arledger.money import minor_of


@singledispatch
def lower(document: AnyFact, fact: str) -> Lowered:  # noqa: ARG001  # the implementations below use it
    """What the document of the fact with this id adds to the ledger. Raises TypeError for what is no fact."""
    raise TypeError(f"{type(document).__name__} is no fact")


@lower.register
def _(document: Invoice, fact: str) -> Lowered:
    day, total = document.date.toordinal(), document.minor(document.total)
    schedule = document.schedule()
    parts = " ".join(f"{due.toordinal()}:{amount}" for due, amount in schedule) if len(schedule) > 1 else ""
    item = Item(
        fact, document.kind, document.customer, document.currency, day, schedule[-1][0].toordinal(), total,
        document.terms or "", document.po or "", "\n".join(document.references), parts, document.notes or "", "", "",
        _tax(document),
    )  # fmt: skip
    entry = Entry(day, fact, 0, total, document.kind)
    row = Fact(
        fact, "invoices", day, document.customer, document.currency, total, document.order or "", document.key or "",
        _kept(document),
    )  # fmt: skip
    return Lowered(row, item, (entry,))


def _kept(document: Invoice) -> str:
    """What an invoice remembers, its contract, and what it bills of its order, as JSON; of most "" for nothing."""
    found: dict[str, Any] = {}
    if document.charged or document.compensation:
        found |= json.loads(as_json(document.memory))
    if document.contract:
        found["contract"] = document.contract
    if document.order:
        found["billed"] = _billed(document)
    return json.dumps(found) if found else ""


def _billed(document: Invoice) -> dict[int, str]:
    """What an invoice bills of each line of its order: `{1: "4.5"}`."""
    found: dict[int, Decimal] = {}
    for line in document.lines:
        if line.order_line is not None:
            found[line.order_line] = found.get(line.order_line, Decimal(0)) + line.quantity
    return {number: f"{quantity:f}" for number, quantity in found.items()}


@lower.register
def _(document: CreditNote, fact: str) -> Lowered:
    day, total = document.date.toordinal(), document.minor(document.total)
    customer, currency = document.customer, document.currency
    item = Item(
        fact, "credit-note", customer, currency, day, day, -total, "", "", "", "", document.reason or "", "", "",
        -_tax(document),
    )  # fmt: skip
    entries = [Entry(day, fact, 0, -total, "credit-note")]
    if document.discount:  # what was never paid is not owed back
        entries.append(Entry(day, fact, 0, document.minor(document.discount), "discount"))
    entries += _applied(document, document.applied, fact)
    data = as_json(document.memory) if document.charged or document.void else ""
    row = Fact(fact, "credit-notes", day, customer, currency, total, document.against or "", document.key or "", data)
    return Lowered(row, item, tuple(entries))


@lower.register
def _(document: Payment, fact: str) -> Lowered:
    day, amount = document.date.toordinal(), document.minor(document.amount)
    customer, currency = document.customer or "", document.currency
    text = document.reference or (document.bank and document.bank.text) or ""
    payer, account = (document.bank.payer or "", document.bank.payer_account or "") if document.bank else ("", "")
    item = Item(fact, "payment", customer, currency, day, day, -amount, "", "", "", "", text, payer, account)
    entries = [Entry(day, fact, 0, -amount, "payment")]
    entries += _applied(document, document.applied, fact)
    key = document.bank.line if document.bank else document.key or ""
    account = document.bank.account if document.bank else ""
    return Lowered(Fact(fact, "payments", day, customer, currency, amount, account, key), item, tuple(entries))


@lower.register
def _(document: Application, fact: str) -> Lowered:
    day, amount = document.date.toordinal(), document.minor(document.amount)
    entries = _applied(document, document.applied, document.credit)
    row = Fact(fact, "applications", day, document.customer, document.currency, amount, document.credit, "")
    return Lowered(row, None, tuple(entries))


@lower.register
def _(document: Refund, fact: str) -> Lowered:
    day, amount = document.date.toordinal(), document.minor(document.amount)
    entry = Entry(day, document.credit, 0, amount, "refund")
    row = Fact(fact, "refunds", day, document.customer, document.currency, amount, document.credit, "")
    return Lowered(row, None, (entry,))


@lower.register
def _(document: WriteOff, fact: str) -> Lowered:
    day, amount = document.date.toordinal(), document.minor(document.amount)
    item, part = item_and_part(document.item)
    entry = Entry(day, item, part, amount if document.of_credit else -amount, "write-off")
    agreed = document.settlement or ""
    row = Fact(fact, "write-offs", day, document.customer, document.currency, amount, item, agreed)
    return Lowered(row, None, (entry,))


@lower.register
def _(document: Recovery, fact: str) -> Lowered:
    day, amount = document.date.toordinal(), document.minor(document.amount)
    item, part = item_and_part(document.item)
    entry = Entry(day, item, part, amount, "recovery")
    row = Fact(fact, "recoveries", day, document.customer, document.currency, amount, document.write_off, "")
    return Lowered(row, None, (entry,))


@lower.register
def _(document: Reversal, fact: str) -> Lowered:
    amount = document.minor(document.amount)
    day, customer = document.date.toordinal(), document.customer or ""
    kind = f"{document.kind} {document.line}" if document.line else document.kind
    return Lowered(Fact(fact, "reversals", day, customer, document.currency, amount, document.of, kind), None, ())


@lower.register
def _(document: Deduction, fact: str) -> Lowered:
    day, amount = document.date.toordinal(), document.minor(document.amount)
    customer, currency = document.customer, document.currency
    taken, part = item_and_part(document.item)
    text, due = f"{document.code} {document.reason or ''}".strip(), (document.due or document.date).toordinal()
    item = Item(fact, "deduction", customer, currency, day, due, amount, "", "", document.claim or "", "", text, "", "")
    entries = (Entry(day, taken, part, -amount, "applied"), Entry(day, fact, 0, amount, "applied"))
    return Lowered(Fact(fact, "deductions", day, customer, currency, amount, taken, ""), item, entries)


@lower.register
def _(document: BankStatement, fact: str) -> Lowered:
    closing = document.minor(document.closing) if document.closing is not None else 0
    opening = str(document.minor(document.opening)) if document.opening is not None else ""
    told = " ".join((opening, *(f"{line.fact}@{line.line}" for line in document.lines if line.fact)))
    row = Fact(fact, "bank", document.date.toordinal(), "", document.currency, closing, document.account, told)
    return Lowered(row, None, ())


@lower.register
def _(document: Deposit, fact: str) -> Lowered:
    day, amount = document.date.toordinal(), document.minor(document.amount)
    return Lowered(Fact(fact, "deposits", day, "", document.currency, amount, document.account, ""), None, ())


@lower.register
def _(document: Told, fact: str) -> Lowered:
    currency, amount = document.money
    minor = minor_of(amount, currency) if currency else 0
    row = Fact(
        fact, document.FOLDER, document.date.toordinal(), document.customer, currency, minor, document.subject, "",
        as_json(document),
    )  # fmt: skip
    return Lowered(row, None, ())


@lower.register
def _(document: Close, fact: str) -> Lowered:
    balances = ", ".join(map(_rolled, document.balances))
    row = Fact(fact, "periods", document.date.toordinal(), "", balances, 0, document.previous or "", document.seal,
               document.content or "")  # fmt: skip
    return Lowered(row, None, ())


def _rolled(balance: ClosingBalance) -> str:
    """A closing balance as the table keeps it: `EUR 100.00`, or `EUR 100.00 from 0.00 invoices 100.00`."""
    told = f"{balance.currency} {balance.balance:f}"
    if balance.opening is None:
        return told
    return f"{told} from {balance.opening:f}" + "".join(f" {m.line} {m.amount:f}" for m in balance.moved)


def _tax(document: Invoice | CreditNote) -> int:
    """The tax in the total; where the file does not say it, what the total is above the net of the lines."""
    if document.tax is not None or not document.lines:
        return document.minor(document.tax) if document.tax is not None else 0
    prepaid = document.minor(document.prepaid) if isinstance(document, Invoice) and document.prepaid else 0
    nets = [line.net(document.currency) for line in document.lines] + [net for _, net in document.adjustments()]
    return document.minor(document.total) + prepaid - sum(nets)


def _applied(document: Payment | CreditNote | Application, shares: tuple[Share, ...], credit: str) -> Iterator[Entry]:
    """The entries of shares: the item goes down, the credit is used up by as much, a discount is granted."""
    day = document.date.toordinal()
    for share in shares:
        item, part = item_and_part(share.item)
        amount = document.minor(share.amount)
        yield Entry(day, item, part, -amount, "applied")
        yield Entry(day, credit, 0, amount, "applied")
        if share.discount:
            yield Entry(day, item, part, -document.minor(share.discount), "discount")
