"""What must hold by itself of a document that moves no money: its amounts, days and sums agree with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from arledger.checks import Finding, Loc
from arledger.checks.bookings import allowance_booking, revaluation
from arledger.checks.orders import order_lines
from arledger.documents.bookings import AllowanceBooking, Revaluation
from arledger.documents.contacts import TIME, LoggedContact
from arledger.documents.disputes import Dispute
from arledger.documents.orders import Order
from arledger.documents.plans import Plan
from arledger.documents.promises import Promise
from arledger.documents.settlements import Settlement
from arledger.documents.told import Told
from arledger.money import MOST, minor_of, plain

Found = Iterator[Finding]


def check_told(document: Told) -> list[Finding]:
    """What is wrong with the document: its amounts, one without a currency, and what its kind asks for."""
    currency, amount = document.money
    if amount and not currency:
        return [Finding("", ("amount",), "missing-key", "an amount, but no currency", "add a line currency:")]
    key = "amount" if hasattr(document, "amount") else "total"
    found = [bad_amount(amount, currency, (key,))] if amount and currency else []
    check = _CHECKS.get(type(document))
    return [finding for finding in found if finding] or (list(check(document)) if check else [])


def bad_amount(value: Decimal, currency: str, loc: Loc) -> Finding | None:
    """What is wrong with an amount: finer than its currency, negative, nothing where something is to be, or beyond
    all measure."""
    try:
        minor = minor_of(value, currency)
    except ValueError as error:
        return Finding("", loc, "too-many-decimals", str(error), "round it to the currency's decimals")
    if minor < 0 or (minor == 0 and loc[-1] in ("amount", "total")):
        what = "a credit note" if loc[-1] in ("total", "net", "tax") else "a fact of the other kind"
        return Finding(
            "", loc, "not-positive", f"{loc[-1]} is {value:f}", f"amounts are positive; write {what} instead"
        )
    return too_much(minor, currency, loc)


def too_much(minor: int, currency: str, loc: Loc) -> Finding | None:
    """What is wrong with minor units there are too many of, of either sign."""
    if abs(minor) <= MOST:
        return None
    message = f"{loc[-1]} is {plain(minor, currency)}, no amount is over {plain(MOST, currency)} {currency}"
    return Finding("", loc, "bad-amount", message, "check its digits")


def _amount(value: Decimal, currency: str, loc: Loc) -> Found:
    if wrong := bad_amount(value, currency, loc):
        yield wrong


def _not_before(day: date | None, key: str, since: date, loc: Loc = ()) -> Found:
    if day and day < since:
        yield Finding("", loc or (key,), "due-before-date", f"{key} {day}, before its date {since}",
                      f"correct {key}")  # fmt: skip


def _dispute(document: Dispute) -> Found:
    yield from _not_before(document.due, "due", document.date)


def _something(items: tuple[str, ...]) -> Found:
    if not items:
        yield Finding("", ("items",), "missing-key", "no item is named", "name the items it is for")


def _promise(document: Promise) -> Found:
    yield from _something(document.items)
    yield from _amount(document.amount, document.currency, ("amount",))
    yield from _not_before(document.due, "due", document.date)


def _plan(document: Plan) -> Found:
    found = [*_something(document.items), *_amount(document.amount, document.currency, ("amount",))]
    before = document.date
    for index, part in enumerate(document.instalments):
        found += _amount(part.amount, document.currency, ("instalments", index, "amount"))
        found += _not_before(part.due, "due", before, ("instalments", index, "due"))
        before = part.due
    if not found:
        parts = sum(minor_of(part.amount, document.currency) for part in document.instalments)
        if parts != minor_of(document.amount, document.currency):
            message = f"instalments sum to {plain(parts, document.currency)}, the amount is {document.amount:f}"
            found += [
                Finding("", ("instalments",), "instalments-sum", message, "make the instalments sum to the amount")
            ]
    if document.default_after < 1:
        found += [
            Finding("", ("default_after",), "not-positive", f"default_after is {document.default_after}",
                    "a plan is lost after one missed instalment or more")
        ]  # fmt: skip
    yield from found


def _settlement(document: Settlement) -> Found:
    yield from _something(document.items)
    yield from _amount(document.amount, document.currency, ("amount",))
    yield from _not_before(document.expires, "expires", document.date)


def _contact(document: LoggedContact) -> Found:
    if document.time and not TIME.fullmatch(document.time):
        yield Finding("", ("time",), "bad-date", f"time is {document.time!r}", "write HH:MM, such as 14:30")
    yield from _not_before(document.next_date, "next_date", document.date)


_CHECKS: Mapping[type[Told], Callable[[Any], Found]] = {
    Order: order_lines, Dispute: _dispute, Promise: _promise, Plan: _plan, Settlement: _settlement,
    LoggedContact: _contact, AllowanceBooking: allowance_booking, Revaluation: revaluation,
}  # fmt: skip
