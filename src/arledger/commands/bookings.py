"""Booking what a month's end comes to for the general ledger: the allowance, and gains on paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.allowance import Movement
from arledger.compute.bookings import booked, revaluation_of, since, to_book, to_revalue
from arledger.compute.fx import Rates
from arledger.documents.bookings import AllowanceBooking, Revaluation, RevaluedCurrency
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import decimal


def book_allowance(ledger: Ledger, day: date, first: date | None = None) -> Planned:
    """The allowance at the end of a day, a fact for each currency in which it is not what is booked already.

    Raises RefusedError for a closed period, for a day before one that is booked, and without loss rates.
    """
    if later := [row.date for row, _ in booked(ledger, date.max) if row.date > day]:
        raise RefusedError(f"the allowance is booked up to {max(later)} already", "book a day after it, or reverse the "
                           "later bookings first", code="booked-later")  # fmt: skip
    moves = to_book(ledger, day, first)
    if not moves:
        return Planned(notes=[f"the allowance of {day} is booked already: nothing to do"])
    refuse_closed(ledger, day)
    kept = booked(ledger, day)
    start = first if first and not kept else since(kept, day)
    facts = [(_id(ledger, f"allowance-{m.currency}-{day}"), _booking(m, day, start)) for m in moves]
    return Planned(facts, about=f"Book the allowance of {day}")


def _booking(m: Movement, day: date, start: date) -> AllowanceBooking:
    def money(minor: int) -> Decimal:
        return decimal(minor, m.currency)

    return AllowanceBooking(date=day, currency=m.currency, since=start, opening=money(m.opening),
                            charge=money(m.charge), written_off=money(m.written_off),
                            recovered=money(m.recovered), closing=money(m.closing))  # fmt: skip


def book_revaluation(ledger: Ledger, day: date, rates: Rates) -> Planned:
    """What is open in foreign currencies at the rates of the day, as one fact, taken back the day after.

    Raises RefusedError for a closed period, a missing rate, and a day that is booked with other figures.
    """
    found = to_revalue(ledger, day, rates)
    if not found:
        return Planned(notes=[f"nothing to book: there is no gain or loss on {day} that is not booked"])
    refuse_closed(ledger, day)
    own = ledger.policy.currency
    if revaluation_of(ledger, day):
        raise RefusedError(f"{day} is revalued already, with other figures", f"ar reverse fx-{day} --date {day} "
                           "--reason …, then book again", code="booked-already")  # fmt: skip
    lines = tuple(
        RevaluedCurrency(one.currency, decimal(one.open, one.currency), decimal(one.carried, own), one.rate,
                         decimal(one.worth, own)) for one in found
    )  # fmt: skip
    gain = decimal(sum(one.unrealised for one in found), own)
    return Planned([(_id(ledger, f"fx-{day}"), Revaluation(day, own, lines, gain))],
                   about=f"Revalue foreign currency on {day}")  # fmt: skip


def _id(ledger: Ledger, stem: str) -> str:
    return stem if not ledger.fact(stem) else next_id(ledger, f"{stem}.", 2)
