"""Orders: placing, billing, delivering and cancelling them, and what persons decide about holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from arledger.checks.numbers import last_count, number
from arledger.commands import invoices
from arledger.commands.invoices import Asked
from arledger.commands.planned import Planned, next_id, refuse_closed, refuse_id
from arledger.compute.exposure import CreditBook, Draft
from arledger.compute.holds import Holds, Standing
from arledger.compute.orders import LineRow, OrderRow, order_lines, order_row
from arledger.documents.invoices import Line
from arledger.documents.orders import Cancellation, DeliveryNote, Order, OrderLine, OrderPart
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger
from arledger.money import minor_of, plain


def new(
    ledger: Ledger, asked: Asked, wanted: str, drafts: Sequence[Draft], *, prepaid: bool, delivered: bool, contract: str
) -> Planned:
    """An order, priced as an invoice of it would be, under the next number or the one given.

    It says which rules hold it on its day; the notes say why. Raises as `invoices.draft` and `refuse_id` do.
    """
    priced = invoices.draft(ledger, asked)
    refuse_closed(ledger, asked.day)
    template = ledger.policy.numbering.order
    if wanted:
        refuse_id(ledger, wanted)
    name = wanted or number(template, asked.day.year, last_count(ledger, template, asked.day.year) + 1)
    lines = tuple(
        OrderLine(x.description, x.unit_price, x.quantity, x.discount, x.tax, x.unit or "") for x in priced.lines
    )
    order = Order(
        customer=asked.customer, date=asked.day, currency=priced.currency, po=asked.po, terms=asked.terms,
        contract=contract, prepaid=prepaid, delivered=delivered, notes=asked.notes, lines=lines, total=priced.total,
    )  # fmt: skip
    standing = as_placed(ledger, name, order, drafts)
    rules = tuple(dict.fromkeys(reason.rule for reason in standing.reasons))
    notes = held_notes(ledger, standing) or [f"{name} is free to go"]
    return Planned([(name, replace(order, held=rules))], notes=notes, about=f"Order {name} of {asked.customer}")


def as_placed(ledger: Ledger, name: str, order: Order, drafts: Sequence[Draft]) -> Standing:
    """What would hold an order if it were placed now."""
    book = CreditBook(ledger, order.date, drafts)
    total = minor_of(order.total, order.currency)
    row = OrderRow(name, "", order.customer, order.date, order.currency, total, 0, total,
                   total if order.delivered else 0, "open", order.prepaid, order.terms, order.po, ())  # fmt: skip
    book.orders = [*book.orders, row]
    return Holds(book).of(row)


def held_notes(ledger: Ledger, standing: Standing) -> list[str]:
    """For people: that an order is held, and every reason."""
    if not standing.held:
        return []
    reasons = (f"  {reason.rule}: {reason.text} [{reason.placed(ledger)}]" for reason in standing.reasons)
    return [f"{standing.order.order} is held:", *reasons]


def bill(
    ledger: Ledger, order: str, day: date, drafts: Sequence[Draft], *, parts: Mapping[int, Decimal | None],
    amount: str, delivered: bool, draft: bool,
) -> Planned:  # fmt: skip
    """The invoice of an order: of what is left, or of some lines (None: what is left of one), or of an amount.

    With `delivered`, of what went out and is not billed. Raises RefusedError for more than is left, and for what is
    neither delivered nor prepaid of an order that is held.
    """
    standing = standing_of(ledger, order, day, drafts)
    document, lines = order_lines(ledger, order, day)
    if document.lines and amount:
        raise UsageError(f"--amount: {order} has lines", "name some with --line 1=5, or bill all that is left")
    if parts and not document.lines:
        raise UsageError(f"--line: {order} has no lines", "say how much with --amount")
    quantities = _quantities(order, lines, parts, delivered=delivered)
    minor = _amount(standing.order, amount, delivered=delivered) if not document.lines else 0
    early = minor > standing.order.delivered or any(quantities[li.number] > li.waiting for li in lines)
    if standing.held and early and not standing.order.prepaid:
        raise RefusedError(f"{order} is held: {_told(standing)}", "fix every reason, release it (ar order release), or "
                           "bill what was delivered with --delivered", code="credit-hold")  # fmt: skip
    sold = [
        Line(description=row.line.description, quantity=quantities[row.number], unit_price=row.line.unit_price,
             discount=row.line.discount, tax=row.line.tax, unit=row.line.unit or None, order_line=row.number)
        for row in lines if quantities[row.number]
    ]  # fmt: skip
    asked = Asked(
        standing.order.customer, day, sold, "" if sold else plain(minor, document.currency), document.terms,
        currency=document.currency, po=document.po, order=order, contract=document.contract,
    )  # fmt: skip
    invoice = invoices.draft(ledger, asked)
    if draft:
        return Planned(drafts={f"{order}-{day}": invoice}, about=f"Draft of {order}")
    return replace(invoices.issue(ledger, [invoice]), about=f"Bill {order}")


def _refuse_lines(order: str, lines: Sequence[LineRow], named: Iterable[int]) -> None:
    """Raises UsageError for a line that the order does not have."""
    for number_ in named:
        if not 0 < number_ <= len(lines):
            raise UsageError(f"--line: {order} has no line {number_}", f"it has lines 1 to {len(lines)}")


def _quantities(
    order: str, lines: Sequence[LineRow], parts: Mapping[int, Decimal | None], *, delivered: bool
) -> dict[int, Decimal]:
    """How much of each line is billed. Raises for lines that are not there, more than is left, and for nothing."""
    _refuse_lines(order, lines, parts)
    found = {}
    for row in lines:
        most = row.waiting if delivered else row.left
        wanted = parts.get(row.number, most) if row.number in parts or not parts else Decimal(0)
        found[row.number] = most if wanted is None else wanted
        if found[row.number] > most:
            what = "delivered and not billed" if delivered else "left to bill"
            raise RefusedError(f"line {row.number} of {order}: {found[row.number]:f} is more than the {most:f} {what}",
                               "bill less, or place another order", code="over-billed")  # fmt: skip
    if lines and not any(found.values()):
        raise RefusedError(f"nothing of {order} is {'delivered and not ' if delivered else 'left to be '}billed",
                           f"see ar order show {order}", code="nothing-to-bill")  # fmt: skip
    return found


def _amount(order: OrderRow, amount: str, *, delivered: bool) -> int:
    most = order.delivered if delivered else order.unbilled
    minor = invoices.amount_of(amount, order.currency, "--amount") if amount else most
    if not minor:
        raise RefusedError(f"nothing of {order.order} is delivered and not billed",
                           f"see ar order show {order.order}", code="nothing-to-bill")  # fmt: skip
    if minor > most:
        raise RefusedError(f"{plain(minor, order.currency)} is more than the {plain(most, order.currency)} left of "
                           f"{order.order}", "bill less, or place another order", code="over-billed")  # fmt: skip
    return minor


def _told(standing: Standing) -> str:
    return "; ".join(f"{reason.rule}: {reason.text}" for reason in standing.reasons)


def standing_of(ledger: Ledger, order: str, day: date, drafts: Sequence[Draft]) -> Standing:
    """An open order and what holds it, with the errors of `open_row`."""
    row = open_row(ledger, order, day)
    return Holds(CreditBook(ledger, day, drafts)).of(row)


def open_row(ledger: Ledger, order: str, day: date) -> OrderRow:
    """An open order as of a day. Raises UsageError when there is none, RefusedError when nothing is left of it."""
    row = order_row(ledger, order, day)
    if row is None:
        raise UsageError(f"there is no order {order} on {day}", "see ar order list")
    if row.state != "open":
        raise RefusedError(f"{order} is {row.state}", f"see ar order show {order}", code="not-open")
    return row


def deliver(ledger: Ledger, order: str, day: date, parts: Mapping[int, Decimal | None], note: str) -> Planned:
    """Goods of an order that went out: the lines named, else all that had not.

    Raises UsageError for a line that is not there, RefusedError for more than is still to be delivered.
    """
    row = open_row(ledger, order, day)
    refuse_closed(ledger, day)
    _, lines = order_lines(ledger, order, day)
    if parts and not lines:
        raise UsageError(f"--line: {order} has no lines", "deliver all of it")
    _refuse_lines(order, lines, parts)
    out = tuple(
        OrderPart(li.number, parts[li.number] or li.line.quantity - li.delivered) for li in lines if li.number in parts
    )
    for part in out:
        if part.quantity <= 0 or part.quantity > lines[part.line - 1].line.quantity - lines[part.line - 1].delivered:
            raise RefusedError(f"line {part.line} of {order}: {part.quantity:f} is more than is still to be delivered",
                               f"see ar order show {order}", code="over-delivered")  # fmt: skip
    fact = DeliveryNote(customer=row.customer, date=day, order=order, note=note, lines=out)
    return Planned([(next_id(ledger, f"{order}-D"), fact)], about=f"Deliver {order}")


def cancel(ledger: Ledger, order: str, day: date, reason: str) -> Planned:
    """The end of an order: what was not billed will not be. Raises RefusedError for one that is not open."""
    row = open_row(ledger, order, day)
    refuse_closed(ledger, day)
    fact = Cancellation(customer=row.customer, date=day, order=order, reason=reason)
    return Planned([(next_id(ledger, f"{order}-C"), fact)], about=f"Cancel {order}")
