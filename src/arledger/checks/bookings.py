"""What a month's end booked beside the facts: its sums are right, and each allowance goes on from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from arledger.checks import Finding
from arledger.checks.touched import touched
from arledger.compute.bookings import booked
from arledger.documents.bookings import AllowanceBooking, Revaluation
from arledger.ledger.table import Ledger
from arledger.money import minor_of, plain


def allowance_booking(document: AllowanceBooking) -> Iterator[Finding]:
    """An allowance whose opening, charge, write-offs and recoveries do not come to its closing."""
    parts = {key: getattr(document, key) for key in ("opening", "charge", "written_off", "recovered", "closing")}
    try:
        opening, charge, off, back, closing = (minor_of(value, document.currency) for value in parts.values())
    except ValueError as error:
        yield Finding("", ("closing",), "too-many-decimals", str(error), "round it to the currency's decimals")
        return
    if (found := opening + charge - off + back) != closing:
        yield _sum("closing", found, closing, document.currency)


def revaluation(document: Revaluation) -> Iterator[Finding]:
    """A revaluation whose gain is not what its lines are worth less what they were booked at."""
    own = document.currency
    try:
        found = sum(minor_of(line.worth, own) - minor_of(line.carried, own) for line in document.lines)
        for line in document.lines:
            minor_of(line.open, line.currency)
        gain = minor_of(document.gain, own)
    except ValueError as error:
        yield Finding("", ("lines",), "too-many-decimals", str(error), "round it to the currency's decimals")
        return
    if found != gain:
        yield _sum("gain", found, gain, own)


def _sum(key: str, found: int, said: int, currency: str) -> Finding:
    message = f"the parts come to {plain(found, currency)}, {key} is {plain(said, currency)}"
    return Finding("", (key,), "booking-sum", message, "delete the file and book again")


def booked_in_order(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Allowances that do not go on from the one booked before, as when two people booked months at the same time."""
    if not everything and not touched(ledger, "allowances"):
        return
    before: dict[str, int] = {}
    for row, fact in booked(ledger, date.max):
        opening, last = minor_of(fact.opening, fact.currency), before.get(fact.currency, 0)
        if opening != last:
            yield Finding(row.path, ("opening",), "booking-order",
                          f"opens with {plain(opening, fact.currency)}, the one before closed with "
                          f"{plain(last, fact.currency)}", f"ar reverse {row.fact}, then book again")  # fmt: skip
        before[fact.currency] = minor_of(fact.closing, fact.currency)
