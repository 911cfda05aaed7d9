"""What moved a customer's balance: every fact that raised or lowered what they owe, and what it came to.

Shares of a credit move nothing: what leaves the credit arrives at the item. They count here only where the two
are of different customers, as when cash of an unidentified payer is applied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from arledger.ledger.table import Ledger

FIRST = dt.date.min  # the first day there is: before it nobody owes anything


class Movement(NamedTuple):
    """What one fact did to what a customer owes. A discount is told apart from the payment it came with."""

    date: dt.date
    currency: str
    fact: str
    path: str  # of the fact, under the ledger folder
    kind: str  # why the entries were made; `return` for a reversal of a payment that came back
    item: str  # what it is about: the invoice, the payment, the item written off, the fact reversed
    amount: int  # minor units, positive: they owe more
    due: dt.date | None  # of an invoice
    open: int | None  # of the fact's own item at the end of the last day asked for
    po: str
    references: tuple[str, ...]
    text: str


# The item a movement is shown under. Shares are summed over their fact, so that they vanish where they cancel.
_ABOUT = (
    "CASE e.why WHEN 'reversal' THEN f.about WHEN 'applied' THEN iif(f.about != '', f.about, f.fact) ELSE e.item END"
)
_MOVEMENTS = f"""
SELECT m.date, m.currency, m.fact, m.path, m.did, m.about, m.amount, own.due, own.total,
  (SELECT COALESCE(SUM(amount), 0) FROM entries WHERE item = own.item AND date <= ?),
  COALESCE(own.po, ''), COALESCE(own.refs, ''), COALESCE(own.text, '')
FROM (
  SELECT e.date AS date, i.currency AS currency, f.fact AS fact, f.path AS path,
    CASE WHEN e.why = 'reversal' AND f.key = 'return' THEN 'return' ELSE e.why END AS did,
    {_ABOUT} AS about, SUM(e.amount) AS amount
  FROM items i JOIN entries e ON e.item = i.item JOIN facts f ON f.id = e.owner
  WHERE i.customer = ? AND e.date BETWEEN ? AND ?
  GROUP BY i.currency, f.id, 5, 6 HAVING SUM(e.amount) != 0
) m LEFT JOIN items own ON own.item = m.fact AND m.about = m.fact
ORDER BY m.currency, m.date, m.amount < 0, m.fact, m.did, m.about
"""


def movements(ledger: Ledger, customer: str, first: dt.date, last: dt.date) -> list[Movement]:
    """Everything that moved a customer's balance from `first` to `last`, both counted.

    By currency, then date; within a day what raises the balance comes first.
    """
    rows = ledger.rows(_MOVEMENTS, last.toordinal(), customer, first.toordinal(), last.toordinal())
    return [_movement(*row) for row in rows]


def _movement(
    day: int, currency: str, fact: str, path: str, kind: str, item: str, amount: int, due: int | None,
    total: int | None, open_: int, po: str, refs: str, text: str,
) -> Movement:  # fmt: skip
    falls_due = dt.date.fromordinal(due) if due and total and total > 0 else None
    references = tuple(refs.split("\n")) if refs else ()
    return Movement(
        dt.date.fromordinal(day), currency, fact, path, kind, item, amount, falls_due,
        None if total is None else open_, po, references, text,
    )  # fmt: skip


def balances(ledger: Ledger, customer: str, as_of: dt.date) -> dict[str, int]:
    """What a customer owes at the end of a day: currency → minor units, also where it comes to zero."""
    rows = ledger.rows(
        "SELECT i.currency, SUM(e.amount) FROM items i JOIN entries e ON e.item = i.item "
        "WHERE i.customer = ? AND e.date <= ? GROUP BY 1 ORDER BY 1",
        customer, as_of.toordinal(),
    )  # fmt: skip
    return dict(rows)


def active_customers(ledger: Ledger, first: dt.date, last: dt.date) -> list[str]:
    """Customers with an item that is not settled on `last` or an entry from `first` to `last`, in the order of ids."""
    rows = ledger.rows(
        "SELECT customer FROM items WHERE customer != '' AND settled > ? AND date <= ? UNION "
        "SELECT i.customer FROM entries e JOIN items i ON i.item = e.item "
        "WHERE i.customer != '' AND e.date BETWEEN ? AND ? ORDER BY 1",
        last.toordinal(), last.toordinal(), first.toordinal(), last.toordinal(),
    )  # fmt: skip
    return [customer for (customer,) in rows]


def running(opening: int, amounts: Iterable[int]) -> list[int]:
    """The balance after each amount.

    >>> running(100, [50, -30])
    [150, 120]
    """
    found = []
    for amount in amounts:
        opening += amount
        found.append(opening)
    return found
