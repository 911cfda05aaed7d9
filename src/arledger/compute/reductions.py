"""What made items smaller, by the day the money was there: what promises, plans and settlements are measured by.

A payment counts from its value date on, however late it was applied (RULES P1). What a reversal takes back is taken
from the very reduction it undoes, whenever it came: a returned cheque never paid anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from arledger.ledger.table import Ledger


class Reduction(NamedTuple):
    """One movement that lowered what is open of an item; negative where it takes one back."""

    amount: int  # minor units
    made: int  # day number of the fact that lowered it, also of what a reversal takes back
    value: int  # day number from which it counts: value date of a payment, date of anything else
    paid: bool  # by a payment, with the discount granted for it; else by a credit note, a write-off, a deduction
    part: int  # the instalment it named; 0: none


_QUERY = """
SELECT e.item, -e.amount, COALESCE(b.date, o.date), COALESCE(c.date, b.date, o.date), COALESCE(c.kind, b.kind, o.kind),
  e.part
FROM (SELECT DISTINCT value AS item FROM json_each(?1)) wanted
CROSS JOIN entries e ON e.item = wanted.item AND e.date <= ?2
CROSS JOIN facts o ON o.id = e.owner
LEFT JOIN facts b ON o.kind = 'reversals' AND b.fact = o.about COLLATE NOCASE AND b.fact = o.about
LEFT JOIN facts c ON COALESCE(b.kind, o.kind) = 'applications' AND c.fact = COALESCE(b.about, o.about) COLLATE NOCASE
  AND c.fact = COALESCE(b.about, o.about)
WHERE o.fact != e.item
ORDER BY e.item, e.date, o.path, e.rowid
"""


def reductions(ledger: Ledger, items: Iterable[str], as_of: date) -> dict[str, list[Reduction]]:
    """Everything that lowered these items (by their ids) up to a day, oldest first."""
    found: dict[str, list[Reduction]] = {}
    for item, amount, made, value, kind, part in ledger.rows(_QUERY, json.dumps([*items]), as_of.toordinal()):
        found.setdefault(item, []).append(Reduction(amount, made, value, kind == "payments", part))
    return found


def open_of_items(ledger: Ledger, items: Iterable[str], as_of: date) -> dict[str, int]:
    """What is open of these items at the end of a day, minor units; those with nothing open are left out."""
    return dict(
        ledger.rows(
            "SELECT e.item, SUM(e.amount) FROM (SELECT DISTINCT value AS item FROM json_each(?)) wanted "
            "CROSS JOIN entries e ON e.item = wanted.item WHERE e.date <= ? GROUP BY e.item HAVING SUM(e.amount) != 0",
            json.dumps([*items]), as_of.toordinal(),
        )
    )  # fmt: skip
