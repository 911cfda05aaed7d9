"""Writing off: an item given up, whole or in part, or many small balances at once. Never money of a customer's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.commands.shares import debt_of, open_of
from arledger.compute.open_items import OpenItem, open_items
from arledger.compute.set_aside import set_aside
from arledger.compute.taxes import parts_known, parts_of, split
from arledger.documents.fields import item_and_part
from arledger.documents.invoices import Invoice
from arledger.documents.payments import WriteOff
from arledger.errors import RefusedError, many
from arledger.ledger.table import Ledger
from arledger.money import decimal, plain, rounded

InvoiceOf = Callable[[str], Invoice | None]  # an item → the invoice it is, where it is one


def no_invoice(_: str) -> Invoice | None:
    """Where files are not at hand: the tax of an item is known then, but not its rates."""
    return None


def write_off(
    ledger: Ledger, item: str, amount: int | None, day: date, reason: str, invoice_of: InvoiceOf = no_invoice, *,
    settlement: str = "",
) -> Planned:  # fmt: skip
    """Gives up an item, whole where no amount (minor units) is said. Raises RefusedError for more than is open.

    `settlement` is the one it was agreed to in. Notes say what holds of the item and goes on to hold: a dispute, a
    promise, a payment plan.
    """
    fact, document = _given_up(ledger, item, amount, day, reason, invoice_of, settlement)
    notes = [] if settlement else _held(ledger, item, day)
    about = f"Write off {document.amount:,f} {document.currency} of {item}"
    return Planned([(fact, document)], notes=notes, about=about)


def _held(ledger: Ledger, item: str, day: date) -> list[str]:
    """What an item waits for, or is contested by, on a day: it does not end because the item is given up."""
    found = set_aside(ledger, day, open_items(ledger, day, among={item_and_part(item)[0]})).parts
    return [f"{aside.item}: {aside.why}; that goes on" for parts in found.values() for aside in parts]


def _given_up(
    ledger: Ledger, item: str, amount: int | None, day: date, reason: str, invoice_of: InvoiceOf, settlement: str = ""
) -> tuple[str, WriteOff]:
    """The write-off of one item, and its id."""
    row, part = debt_of(ledger, item)
    refuse_closed(ledger, day)
    open_ = open_of(ledger, row, part)
    given = open_ if amount is None else amount
    if open_ <= 0:
        raise RefusedError(f"nothing is open of {item}", f"see ar why {row.item}", code="over-applied")
    if given > open_ or given <= 0:
        raise RefusedError(f"{plain(open_, row.currency)} of {item} is open, not {plain(given, row.currency)}",
                           "write off no more than that", code="over-applied")  # fmt: skip
    invoice = invoice_of(row.item)
    parts = parts_of(invoice) if invoice else parts_known(ledger, row.item)
    fact = WriteOff(
        customer=row.customer, date=day, currency=row.currency, item=item, reason=reason, settlement=settlement or None,
        taxes=split(given, parts, row.currency), amount=decimal(given, row.currency),
    )  # fmt: skip
    return next_id(ledger, f"{row.item}-W"), fact


def small(ledger: Ledger, day: date, below: Decimal, older_than: int | None, customer: str) -> list[OpenItem]:
    """Debts with less open than `below`, as written in every currency, on a day and after everything posted since.

    Where `older_than` is said only those past due for more days than that. Oldest due first.
    """
    found = []
    for item in open_items(ledger, day, customer or None):
        name, part = item_and_part(item.item)
        if item.is_credit or item.open >= rounded(below, item.currency):
            continue
        row = ledger.item(name)
        if (
            row
            and open_of(ledger, row, part) == item.open
            and (older_than is None or item.days_past_due(day) > older_than)
        ):
            found.append(item)
    return found


def write_off_small(
    ledger: Ledger, items: Sequence[OpenItem], day: date, reason: str, invoice_of: InvoiceOf
) -> Planned:
    """Gives up each of these items whole, an own fact for each."""
    facts, taken = list[tuple[str, WriteOff]](), dict[str, int]()
    for item in items:
        fact, document = _given_up(ledger, item.item, item.open, day, reason, invoice_of)
        name = item_and_part(item.item)[0]
        taken[name] = taken.get(name, 0) + 1  # more than one instalment of an invoice
        facts.append((fact if taken[name] == 1 else _after(ledger, name, fact, taken[name] - 1), document))
    return Planned(facts, about=f"Write off {many(len(facts), 'small balance')}: {reason}")


def _after(ledger: Ledger, name: str, first: str, count: int) -> str:
    """The free id so many after the first free one."""
    number = int(first.removeprefix(f"{name}-W"))
    for _ in range(count):
        number = int(next_id(ledger, f"{name}-W", number + 1).removeprefix(f"{name}-W"))
    return f"{name}-W{number}"
