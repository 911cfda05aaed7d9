"""Payments and credits: taking money in, applying it, taking that back, returning and refunding it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from arledger.checks.numbers import last_count, number
from arledger.commands.planned import Planned, already, next_id, on_account, refuse_closed
from arledger.commands.reversals import reversal
from arledger.commands.shares import Wanted, shares
from arledger.documents.fields import item_and_part
from arledger.documents.invoices import Invoice
from arledger.documents.kinds import AnyFact
from arledger.documents.payments import Application, Method, Payment, Refund
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import FactRow, ItemRow, Ledger
from arledger.money import decimal, plain


@dataclass(frozen=True)
class Received:
    """Money that came in, as somebody says."""

    customer: str
    day: date
    amount: int  # minor units
    currency: str
    method: Method = "transfer"
    reference: str = ""
    key: str = ""


def new(ledger: Ledger, received: Received, wanted: Sequence[Wanted]) -> Planned:
    """Posts a payment, applied to what was named."""
    if nothing := already(ledger, "payments", received.key):
        return nothing
    refuse_closed(ledger, received.day)
    currency = received.currency
    payment = Payment(
        customer=received.customer or None, date=received.day, currency=currency, method=received.method,
        reference=received.reference or None, key=received.key or None,
        applied=tuple(shares(ledger, received.customer, currency, received.day, received.amount, wanted)),
        amount=decimal(received.amount, currency),
    )  # fmt: skip
    fact = payment_id(ledger, received)
    taken = sum((share.amount for share in payment.applied), Decimal(0))
    notes = on_account(fact, payment.amount - taken, currency) if wanted else []
    return Planned(
        [(fact, payment)],
        notes=notes,
        about=f"Payment of {payment.amount:,f} {currency} from {received.customer or 'an unknown payer'}",
    )


def payment_id(ledger: Ledger, received: Received) -> str:
    """`<date>-<8 hex digits>` of what was received; two equal payments get two ids."""
    text = "|".join(
        (received.customer, str(received.amount), received.currency, received.method, received.reference, received.key)
    )
    occurrence = 1
    while True:
        digest = hashlib.sha256(f"{received.day}|{text}|{occurrence}".encode()).hexdigest()[:8]
        if not ledger.fact(found := f"{received.day}-{digest}"):
            return found
        occurrence += 1


def credit_of(ledger: Ledger, credit: str) -> ItemRow:
    """The payment or credit note. Raises UsageError when it is neither."""
    row = ledger.item(credit)
    if row is None or row.total >= 0:
        raise UsageError(f"{credit} is no payment or credit note", "see ar open: credits have negative amounts")
    return row


def apply(ledger: Ledger, credit: str, wanted: Sequence[Wanted], day: date) -> Planned:
    """Sets a credit that came in earlier against items. Raises RefusedError for more than is left of it."""
    row = credit_of(ledger, credit)
    refuse_closed(ledger, day)
    if day.toordinal() < row.date:
        raise RefusedError(f"{credit} is dated {date.fromordinal(row.date)}, after {day}",
                           "date the application on or after both", code="applied-too-early")  # fmt: skip
    customer = row.customer or _customer_of(ledger, wanted)
    left = -row.open
    if any(w.amount is not None and w.amount > left for w in wanted) or left <= 0:
        raise RefusedError(
            f"{plain(left, row.currency)} of {credit} is left", "apply no more than that", code="over-applied"
        )
    if row.kind == "credit-note":  # what was taken back earns no discount (RULES D4)
        wanted = [replace(want, discount=want.discount or 0) for want in wanted]
    found = shares(ledger, customer, row.currency, day, left, wanted)
    total = sum((share.amount for share in found), Decimal(0))
    application = Application(
        customer=customer, date=day, currency=row.currency, credit=credit, applied=tuple(found), amount=total
    )
    items = ", ".join(share.item for share in found)
    return Planned([(next_id(ledger, f"{credit}-A", 2), application)], about=f"Apply {credit} to {items}")


def _customer_of(ledger: Ledger, wanted: Sequence[Wanted]) -> str:
    """Whose an unidentified payment turns out to be: the customer of the first item it is applied to."""
    row = ledger.item(item_and_part(wanted[0].item)[0]) if wanted else None
    return row.customer if row else ""


def _live(ledger: Ledger, credit: str) -> list[FactRow]:
    """The later applications of a credit that no reversal has undone, newest first."""
    return ledger.facts(
        "kind = 'applications' AND about = ? AND fact NOT IN (SELECT about FROM facts WHERE kind = 'reversals')",
        credit,
        order="date DESC, path DESC",
    )


def _applied_in(ledger: Ledger, fact: str) -> int:
    """What a payment or credit note applied in its own file and no reversal took back, minor units."""
    rows = ledger.rows(
        "SELECT SUM(e.amount) FROM entries e JOIN facts f ON f.id = e.owner "
        "WHERE f.fact = ? AND e.item = ? AND why = 'applied'",
        fact,
        fact,
    )
    undone = ledger.facts("kind = 'reversals' AND about = ?", fact)
    return 0 if undone else int(rows[0][0] or 0)


def unapply(ledger: Ledger, credit: str, day: date, reason: str) -> Planned:
    """Takes back all that a credit is applied to; the credit stays. Raises RefusedError where that is nothing."""
    row = credit_of(ledger, credit)
    refuse_closed(ledger, day)
    own = ledger.fact(credit)
    assert own
    undone = [reversal(ledger, fact, day, "unapply", reason) for fact in _live(ledger, credit)]
    if applied := _applied_in(ledger, credit):
        undone.append(reversal(ledger, own, day, "unapply", reason, applied))
    if not undone:
        raise RefusedError(f"{credit} is not applied to anything", "see ar why " + row.item, code="nothing-to-undo")
    return Planned(undone, about=f"Un-apply {credit}")


def return_(ledger: Ledger, payment: str, day: date, reason: str, fee: int, line: str = "") -> Planned:
    """A payment that the bank took back: everything applied from it is open again at its own due dates.

    A fee for the customer (minor units) becomes a debit note of its own, due at once. `line` is the key of the
    bank's line that says so, where there is one. Raises UsageError for what is no payment, RefusedError for one that
    was returned or refunded before, and for a fee of nobody.
    """
    fact = ledger.fact(payment)
    if fact is None or fact.kind != "payments":
        raise UsageError(f"{payment} is no payment", "see ar payment list")
    refuse_closed(ledger, day)
    if ledger.facts("kind = 'reversals' AND about = ? AND key != 'unapply'", payment):
        raise RefusedError(f"{payment} was returned before", f"see ar why {payment}", code="reversed-twice")
    refunds = ledger.facts("kind = 'refunds' AND about = ?", payment)
    if refunds:
        raise RefusedError(f"{payment} was refunded in part or whole by {refunds[0].fact}",
                           "the refund must come back first", code="over-applied")  # fmt: skip
    undone = [reversal(ledger, application, day, "unapply", reason) for application in _live(ledger, payment)]
    facts: list[tuple[str, AnyFact]] = [*undone, reversal(ledger, fact, day, "return", reason, line=line)]
    if fee and not fact.customer:
        raise RefusedError(
            f"the payer of {payment} is not identified",
            "leave the fee out: there is nobody to bill it to",
            code="unidentified",
        )
    if fee:
        template, customer = ledger.policy.numbering.debit_note, fact.customer
        note = Invoice(customer=customer, date=day, terms="due on receipt", due=day, currency=fact.currency,
                       references=(payment,), kind="debit-note", notes=f"Fee for the returned payment {payment}",
                       total=decimal(fee, fact.currency))  # fmt: skip
        facts.append((number(template, day.year, last_count(ledger, template, day.year) + 1), note))
    return Planned(facts, about=f"Return of payment {payment}: {reason}")


def refund(ledger: Ledger, credit: str, amount: int, day: date, method: Method, reference: str) -> Planned:
    """Pays `amount` minor units of a credit back. Raises RefusedError for more than is left of it."""
    row = credit_of(ledger, credit)
    refuse_closed(ledger, day)
    if amount > -row.open:
        raise RefusedError(f"{plain(-row.open, row.currency)} of {credit} is left, not {plain(amount, row.currency)}",
                           "refund no more than that", code="over-applied")  # fmt: skip
    if not row.customer:
        raise RefusedError(f"the payer of {credit} is not identified", "apply it to an item of the customer first",
                           code="unidentified")  # fmt: skip
    paid = Refund(customer=row.customer, date=day, currency=row.currency, credit=credit, method=method,
                  reference=reference or None, amount=decimal(amount, row.currency))  # fmt: skip
    about = f"Refund {paid.amount:,f} {row.currency} of {credit}"
    return Planned([(next_id(ledger, f"{credit}-F"), paid)], about=about)
