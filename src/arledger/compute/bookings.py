"""What a month's end books beside the facts: the allowance as it changed since it was booked, and gains on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.compute.allowance import Movement, provided, total
from arledger.compute.fx import Rates, Revalued, revalued
from arledger.compute.losses import by_currency, losses
from arledger.documents.bookings import AllowanceBooking, Revaluation
from arledger.ledger.table import FactRow, Ledger
from arledger.money import minor_of


def booked(ledger: Ledger, as_of: date) -> list[tuple[FactRow, AllowanceBooking]]:
    """The allowances booked up to a day and not reversed by then, oldest first."""
    found = ledger.told(AllowanceBooking, as_of)
    return sorted(found, key=lambda pair: (pair[0].date, len(pair[0].fact), pair[0].fact))


def since(kept: Sequence[tuple[FactRow, AllowanceBooking]], as_of: date) -> date:
    """The first day whose write-offs are charged to the allowance: of the first booking; else of the month."""
    return min((fact.since for _, fact in kept), default=as_of.replace(day=1))


def to_book(ledger: Ledger, as_of: date, first: date | None = None) -> list[Movement]:
    """What it takes from the allowance booked to that at the end of a day, by currency; nothing where they agree.

    Before the first booking nothing is booked, and write-offs count from `first` on, or from the first of the month.
    Raises RefusedError as `provided`.
    """
    kept = booked(ledger, as_of)
    start = first if first and not kept else since(kept, as_of)
    closing, lost = total(provided(ledger, as_of)), by_currency(losses(ledger, start, as_of))
    opening: dict[str, int] = {}
    for _, fact in kept:
        currency = fact.currency
        opening[currency] = minor_of(fact.closing, currency)
        off, back = lost.get(currency, (0, 0))
        lost[currency] = off - minor_of(fact.written_off, currency), back - minor_of(fact.recovered, currency)
    found = []
    for currency in sorted({*opening, *closing, *lost}):
        before, (_, after) = opening.get(currency, 0), closing.get(currency, (0, 0))
        off, back = lost.get(currency, (0, 0))
        if before != after or off or back:
            found.append(Movement(currency, before, after - before + off - back, off, back, after))
    return found


def to_revalue(ledger: Ledger, as_of: date, rates: Rates) -> list[Revalued]:
    """What is open in foreign currencies, revalued, where that is not what is booked for the day; else nothing.

    Raises RefusedError where a rate is missing.
    """
    found = revalued(ledger, as_of, rates)
    kept = revaluation_of(ledger, as_of)
    if kept and [(line.currency, minor_of(line.worth, kept.currency) - minor_of(line.carried, kept.currency))
                 for line in kept.lines] == [(one.currency, one.unrealised) for one in found]:  # fmt: skip
        return []
    return found if kept or any(one.unrealised for one in found) else []


def revaluation_of(ledger: Ledger, day: date) -> Revaluation | None:
    """The revaluation booked for exactly this day, and not reversed on it."""
    return next((fact for row, fact in ledger.told(Revaluation, day) if row.date == day), None)
