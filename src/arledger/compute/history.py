"""What happened to an item or a fact: every entry with the fact that made it, and what was open afterwards."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from arledger.compute.activity import FIRST, movements
from arledger.ledger.table import FactRow, ItemRow, Ledger

LAST = dt.date.max


class Touch(NamedTuple):
    """One thing a fact did."""

    date: dt.date
    fact: str
    path: str  # of the fact, under the ledger folder
    folder: str
    item: str  # the item it was done to
    why: str
    amount: int  # minor units, positive: more is owed
    currency: str
    open: int  # of the item (of a customer: the balance) after it
    other: str  # of a share: the credit used, or for a credit the item paid; of a reversal: what it undoes


# A share of a credit is one entry for all it paid; what it paid are the other entries of the same fact.
_OF_ITEM = """
SELECT * FROM (
SELECT e.date AS day, f.fact AS fact, f.path, f.kind, e.item, e.why AS why, e.amount,
  CASE e.why WHEN 'applied' THEN iif(f.kind = 'applications', f.about, f.fact) WHEN 'reversal' THEN f.about ELSE ''
  END AS other
FROM entries e JOIN facts f ON f.id = e.owner
WHERE e.item = ?1 AND e.date <= ?2 AND NOT (e.why = 'applied' AND ?3)
UNION ALL
SELECT e.date, f.fact, f.path, f.kind, ?1, e.why, -e.amount, e.item || iif(e.part > 0, '/' || e.part, '')
FROM entries e JOIN facts f ON f.id = e.owner
WHERE ?3 AND e.why = 'applied' AND e.item != ?1 AND e.date <= ?2
  AND e.owner IN (SELECT owner FROM entries WHERE item = ?1 AND why = 'applied')
) ORDER BY day, fact != ?1, why != 'recovery', fact, why IN ('applied', 'discount'), why, other
"""
_OF_FACT = """
SELECT e.date, f.fact, f.path, f.kind, e.item || iif(e.part > 0, '/' || e.part, ''), e.why, SUM(e.amount), i.currency,
  (SELECT SUM(amount) FROM entries WHERE item = e.item AND date <= e.date),
  CASE e.why WHEN 'reversal' THEN f.about ELSE '' END
FROM facts f JOIN entries e ON e.owner = f.id JOIN items i ON i.item = e.item
WHERE f.fact = ?1 OR (f.kind = 'reversals' AND f.about = ?1)
GROUP BY f.id, e.item, e.part, e.why ORDER BY e.date, f.fact != ?1, f.fact, MIN(e.rowid)
"""


def of_item(ledger: Ledger, item: ItemRow, as_of: dt.date = LAST) -> list[Touch]:
    """Everything done to an item (an invoice, a payment, a credit note) up to a day, oldest first."""
    found, open_ = [], 0
    for day, fact, path, folder, name, why, amount, other in ledger.rows(
        _OF_ITEM, item.item, as_of.toordinal(), item.total < 0
    ):
        open_ += amount
        found.append(
            Touch(dt.date.fromordinal(day), fact, path, folder, name, why, amount, item.currency, open_, other)
        )
    return found


def of_fact(ledger: Ledger, fact: FactRow) -> list[Touch]:
    """Everything a fact did, and what undid it, by date. `open` is that of the item at the end of the day."""
    rows = ledger.rows(_OF_FACT, fact.fact)
    return [Touch(dt.date.fromordinal(row[0]), *row[1:]) for row in rows]


def of_customer(ledger: Ledger, customer: str) -> list[Touch]:
    """Everything that moved a customer's balance, by currency and date. `open` is the balance after it."""
    balance: dict[str, int] = {}
    found = []
    for m in movements(ledger, customer, FIRST, LAST):
        balance[m.currency] = balance.get(m.currency, 0) + m.amount
        folder = m.path.partition("/")[0]
        found.append(
            Touch(m.date, m.fact, m.path, folder, m.item, m.kind, m.amount, m.currency, balance[m.currency], "")
        )
    return found


def kind_of(folder: str) -> str:
    """What a fact of that folder is called: `write-off` for `write-offs`, `recovery` for `recoveries`."""
    return f"{folder[:-3]}y" if folder.endswith("ies") else folder.removesuffix("s")
