"""Open items: what is left of each invoice, instalment and credit on a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from arledger.ledger.table import ItemRow, Ledger


class OpenItem(NamedTuple):
    """An item, or one instalment of it, with something open. Credits have negative amounts."""

    item: str  # as it can be written in a share: INV-7, or INV-7/2 for an instalment
    kind: str
    customer: str
    currency: str
    date: dt.date
    due: dt.date
    total: int  # minor units
    open: int
    terms: str
    po: str
    references: tuple[str, ...]
    text: str

    @property
    def is_credit(self) -> bool:
        """Whether this is a payment or credit note with something left, not a debt."""
        return self.total < 0

    def days_past_due(self, as_of: dt.date) -> int:
        """Days from the due date to `as_of`; negative while not yet due (RULES A1)."""
        return (as_of - self.due).days


def open_items(
    ledger: Ledger, as_of: dt.date, customer: str | None = None, *, in_parts: bool = False,
    among: Iterable[str] | None = None,
) -> list[OpenItem]:  # fmt: skip
    """Every item and instalment with something open at the end of `as_of`, oldest due first, credits last.

    `in_parts`: only instalments; `among`: only these items, by their ids.
    """
    found: list[OpenItem] = []
    for row in ledger.items(as_of, customer, in_parts=in_parts, among=among):
        found.extend(_instalments(ledger, row, as_of) if row.schedule else (_whole(row),))
    return sorted(found, key=lambda i: (i.is_credit, i.due, i.item))


def _whole(row: ItemRow) -> OpenItem:
    return _item(row, row.item, row.due, row.total, row.open)


def _item(row: ItemRow, item: str, due: int, total: int, open_: int) -> OpenItem:
    return OpenItem(
        item,
        row.kind,
        row.customer,
        row.currency,
        dt.date.fromordinal(row.date),
        dt.date.fromordinal(due),
        total,
        open_,
        row.terms,
        row.po,
        tuple(row.refs.split("\n")) if row.refs else (),
        row.text,
    )


def schedule_of(row: ItemRow) -> list[tuple[int, int]]:
    """Due day number and minor units of each instalment, oldest first; one for an item without instalments."""
    if not row.schedule:
        return [(row.due, row.total)]
    return [(int(due), int(amount)) for due, amount in (part.split(":") for part in row.schedule.split())]


def amounts_of(schedule: str) -> list[int]:
    """The minor units of each instalment of a schedule as the table has it, oldest first."""
    return [int(part.partition(":")[2]) for part in schedule.split()]


def _instalments(ledger: Ledger, row: ItemRow, as_of: dt.date) -> Iterator[OpenItem]:
    schedule = schedule_of(row)
    for number, ((due, total), open_) in enumerate(zip(schedule, open_by_part(ledger, row, as_of), strict=True), 1):
        if open_:
            yield _item(row, f"{row.item}/{number}", due, total, open_)


def open_by_part(ledger: Ledger, row: ItemRow, as_of: dt.date) -> list[int]:
    """What is open of each instalment, oldest first.

    What was applied to an instalment by name counts there; everything else pays the oldest first, and what was
    named beyond an instalment's amount flows on likewise.
    """
    parts = ledger.rows(
        "SELECT part, SUM(amount) FROM entries WHERE item = ? AND date <= ? AND part > 0 GROUP BY part",
        row.item,
        as_of.toordinal(),
    )
    amounts = [amount for _, amount in schedule_of(row)]
    return spread(amounts, dict(parts), row.open)


def spread(amounts: Sequence[int], named: dict[int, int], open_: int) -> list[int]:
    """Open amounts of instalments that sum to `open_`.

    `named` is the movement booked on an instalment (from 1) by name, negative when paid.

    >>> spread([100, 100, 100], {}, 250), spread([100, 100, 100], {2: -100}, 150)
    ([50, 100, 100], [50, 0, 100])
    """
    left = [max(0, amount + named.get(number, 0)) for number, amount in enumerate(amounts, 1)]
    too_much = sum(left) - open_  # paid without naming an instalment: the oldest first
    for index, amount in enumerate(left):
        taken = min(amount, max(too_much, 0))
        left[index] -= taken
        too_much -= taken
    for index in reversed(range(len(left))):  # more open than named payments leave room for: youngest first
        room = amounts[index] - left[index]
        given = min(room, max(-too_much, 0))
        left[index] += given
        too_much += given
    return left
