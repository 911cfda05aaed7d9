"""Settlements as of a date: offered, ready for the rest to be written off, completed, or expired (RULES P4).

One fails when its money goes back after the rest was written off: the write-offs are then to be taken back.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from arledger.compute.reductions import open_of_items, reductions
from arledger.documents.settlements import Settlement
from arledger.ledger.table import Ledger
from arledger.money import minor_of

State = Literal["offered", "ready", "completed", "expired", "failed"]


class Settled(NamedTuple):
    """A settlement with what became of it up to a day."""

    fact: str
    path: str
    settlement: Settlement
    amount: int  # minor units to be paid
    waived: int  # to be written off at most
    paid: int  # in time
    open: int  # of the items
    written_off: tuple[str, ...]  # the write-offs of the rest that stand
    state: State


def settlements(ledger: Ledger, as_of: date, customer: str | None = None) -> list[Settled]:
    """Every settlement offered up to a day and not taken back, oldest first, with its state at the end of the day."""
    told = ledger.told(Settlement, as_of, customer)
    if not told:
        return []
    items = {item for _, settlement in told for item in settlement.items}
    left, lowered = open_of_items(ledger, items, as_of), reductions(ledger, items, as_of)
    written = _written_off(ledger, as_of)
    found = []
    for row, settlement in told:
        first, last = settlement.date.toordinal(), settlement.expires.toordinal()
        own = [r for item in settlement.items for r in lowered.get(item, ())]
        paid = sum(r.amount for r in own if r.made >= first and r.value <= last and r.paid)
        open_ = sum(left.get(item, 0) for item in settlement.items)
        amount, waived = (minor_of(money, settlement.currency) for money in (settlement.amount, settlement.waived))
        gone = tuple(written.get(row.fact, ()))
        state = _state(open_, paid >= amount, given_up=bool(gone), expired=as_of > settlement.expires)
        found.append(Settled(row.fact, row.path, settlement, amount, waived, paid, open_, gone, state))
    return found


def _written_off(ledger: Ledger, as_of: date) -> dict[str, list[str]]:
    """Settlement → the write-offs made for it that no reversal took back by then."""
    found: dict[str, list[str]] = {}
    for settlement, fact in ledger.rows(
        "SELECT key, fact FROM facts f WHERE kind = 'write-offs' AND key != '' AND date <= ?1 AND NOT EXISTS (SELECT * "
        "FROM facts r WHERE r.about = f.fact AND r.about != '' AND r.kind = 'reversals' AND r.date <= ?1) "
        "ORDER BY fact",
        as_of.toordinal(),
    ):
        found.setdefault(settlement, []).append(fact)
    return found


def _state(open_: int, enough: bool, *, given_up: bool, expired: bool) -> State:
    if enough:
        return "ready" if open_ > 0 else "completed"
    if given_up:
        return "failed"
    return "expired" if expired or open_ <= 0 else "offered"
