"""Settlements as of a date: offered, ready for the rest to be written off, completed, or expired (RULES P4)."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from arledger.compute.reductions import open_of_items, reductions
from arledger.documents.settlements import Settlement
from arledger.ledger.table import Ledger
from arledger.money import minor_of

State = Literal["offered", "ready", "completed", "expired"]


class Settled(NamedTuple):
    """A settlement with what became of it up to a day."""

    fact: str
    path: str
    settlement: Settlement
    amount: int  # minor units to be paid
    waived: int  # to be written off at most
    paid: int  # in time
    open: int  # of the items
    state: State


def settlements(ledger: Ledger, as_of: date, customer: str | None = None) -> list[Settled]:
    """Every settlement offered up to a day and not taken back, oldest first, with its state at the end of the day."""
    told = ledger.told(Settlement, as_of, customer)
    if not told:
        return []
    items = {item for _, settlement in told for item in settlement.items}
    left, lowered = open_of_items(ledger, items, as_of), reductions(ledger, items, as_of)
    found = []
    for row, settlement in told:
        first, last = settlement.date.toordinal(), settlement.expires.toordinal()
        own = [r for item in settlement.items for r in lowered.get(item, ())]
        paid = sum(r.amount for r in own if r.made >= first and r.value <= last and r.paid)
        open_ = sum(left.get(item, 0) for item in settlement.items)
        amount, waived = (minor_of(money, settlement.currency) for money in (settlement.amount, settlement.waived))
        state = _state(open_, paid >= amount, expired=as_of > settlement.expires)
        found.append(Settled(row.fact, row.path, settlement, amount, waived, paid, open_, state))
    return found


def _state(open_: int, enough: bool, *, expired: bool) -> State:
    if enough:
        return "ready" if open_ > 0 else "completed"
    return "expired" if expired or open_ <= 0 else "offered"
