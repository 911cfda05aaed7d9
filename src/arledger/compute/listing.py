"""Lists of documents and payments with what is open of each on a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from arledger.ledger.table import ItemRow, Ledger

DEBITS = ("invoice", "debit-note", "finance-charge")

_OPEN = (
    "iif(last <= ?1, open, (SELECT COALESCE(SUM(amount), 0) FROM entries e WHERE e.item = items.item AND e.date <= ?1))"
)


def listed(
    ledger: Ledger, kinds: Sequence[str], first: dt.date, last: dt.date, as_of: dt.date, customer: str | None = None
) -> list[ItemRow]:
    """The items of these kinds dated from `first` to `last` (and not after `as_of`), with what is open at its end.

    By date, then id.
    """
    marks = ", ".join(f"?{n}" for n in range(5, 5 + len(kinds)))
    rows = ledger.rows(
        f"SELECT item, kind, customer, currency, date, due, total, {_OPEN}, schedule, terms, po, refs, text FROM items "
        f"WHERE date BETWEEN ?2 AND min(?3, ?1) AND (?4 IS NULL OR customer = ?4) AND kind IN ({marks}) "
        "ORDER BY date, item",
        as_of.toordinal(), first.toordinal(), last.toordinal(), customer, *kinds,
    )  # fmt: skip
    return [ItemRow._make(row) for row in rows]


def latest(ledger: Ledger, customer: str, kind: str, as_of: dt.date, count: int) -> list[ItemRow]:
    """A customer's last items of a kind up to a day, newest first, with what is open of each at its end."""
    rows = ledger.rows(
        f"SELECT item, kind, customer, currency, date, due, total, {_OPEN}, schedule, terms, po, refs, text FROM items "
        "WHERE customer = ?2 AND kind = ?3 AND date <= ?1 ORDER BY date DESC, item DESC LIMIT ?4",
        as_of.toordinal(), customer, kind, count,
    )  # fmt: skip
    return [ItemRow._make(row) for row in rows]


def taken_back(ledger: Ledger, as_of: dt.date) -> set[str]:
    """The facts that were taken back as a whole up to a day: payments returned, facts posted in error."""
    rows = ledger.rows(
        "SELECT about FROM facts WHERE kind = 'reversals' AND key != 'unapply' AND date <= ?", as_of.toordinal()
    )
    return {about for (about,) in rows}
