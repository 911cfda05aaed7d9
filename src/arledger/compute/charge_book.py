"""What finance charges are worked out from: debts with what was open of them day by day, credits not applied, and what
earlier finance charges remember. Two queries for the whole ledger: work grows with what is late, not with the books.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from arledger.compute.interest import Steps
from arledger.compute.open_items import spread
from arledger.documents.charges import Memory, Reckoning
from arledger.ledger.restore import restore
from arledger.ledger.table import Ledger
from arledger.money import minor_units

Whose = tuple[str, str]  # customer and currency


class Debt(NamedTuple):
    """An item, or one instalment of it, that was open after its due date."""

    item: str
    kind: str
    due: date
    steps: Steps  # what was open of it at the end of each day it changed, minor units


class Remembered(NamedTuple):
    """A finance charge that stands: what it charged, as last corrected, and what of it can still be given back.

    What it remembers is kept as the table has it: of most charges no more than days and principals is looked at.
    """

    fact: str
    customer: str
    currency: str
    data: Mapping[str, Any]
    left: int  # its total less every credit note against it

    @property
    def whose(self) -> Whose:
        """Its customer and currency."""
        return self.customer, self.currency

    @property
    def memory(self) -> Memory:
        """What it remembers."""
        return restore(Memory, self.data)

    @property
    def reckoned(self) -> Reckoning:
        """How it was reckoned."""
        return restore(Reckoning, self.data.get("reckoned", {}))

    @property
    def parts(self) -> dict[str, list[tuple[date, date, int]]]:
        """Item → first and last day and the principal (minor units) of each part it was charged in, oldest first."""
        found: dict[str, list[tuple[date, date, int]]] = {}
        for one in self.data.get("charged", ()):
            part = (date.fromisoformat(one["valid_from"]), date.fromisoformat(one["to"]),
                    minor_units(one["principal"], self.currency))  # fmt: skip
            found.setdefault(one["item"], []).append(part)
        return found


#: A finance charge (alias f) that remembers what it charged, and was neither voided nor reversed.
STANDS = (
    "f.kind = 'invoices' AND f.data != '' AND f.fact IN (SELECT item FROM items WHERE kind = 'finance-charge') "
    "AND json_extract(f.data, '$.charged', '$.compensation') != '[null,null]' "
    "AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.about = f.fact "
    "AND v.about != '' AND (v.kind = 'reversals' OR (v.kind = 'credit-notes' AND v.data != '' "
    "AND json_extract(v.data, '$.void'))))"
)
_CREDITED = """
SELECT c.about, c.amount, c.data FROM facts c WHERE c.kind = 'credit-notes' AND c.date <= ? AND c.about IN
  (SELECT item FROM items WHERE kind = 'finance-charge')
  AND NOT EXISTS (SELECT 1 FROM facts r WHERE r.about = c.fact AND r.about != '' AND r.kind = 'reversals'
    AND r.key != 'unapply') ORDER BY c.date, c.fact
"""
_DEBTS = """
SELECT i.customer, i.currency, i.item, i.kind, i.due, i.schedule, e.date, e.part, SUM(e.amount)
FROM items i JOIN entries e ON e.item = i.item
WHERE i.total > 0 AND i.customer != '' AND i.date <= ?1 AND e.date <= ?1
  AND (i.kind IN ('invoice', 'debit-note') OR (?2 AND i.kind = 'finance-charge'))
  AND (i.item IN (SELECT value FROM json_each(?4)) OR ((i.due < ?1 OR i.schedule != '') AND (i.settled > ?1
    OR ((?3 OR i.customer IN (SELECT value FROM json_each(?5))) AND (i.settled > i.due OR i.schedule != '')))))
  AND (?6 = '' OR i.customer = ?6)
GROUP BY i.customer, i.currency, i.item, e.date, e.part ORDER BY i.customer, i.currency, i.item, e.date
"""
_CREDITS = """
SELECT i.customer, i.currency, e.date, -SUM(e.amount) FROM items i JOIN entries e ON e.item = i.item
WHERE i.total < 0 AND i.customer != '' AND i.settled > i.date AND e.date <= ?1 AND (?2 = '' OR i.customer = ?2)
GROUP BY i.customer, i.currency, e.date HAVING SUM(e.amount) != 0 ORDER BY i.customer, i.currency, e.date
"""


def remembered(ledger: Ledger, until: date, customer: str = "") -> list[Remembered]:
    """The finance charges dated up to a day that remember what they charged, oldest first."""
    credited: dict[str, int] = {}
    corrected: dict[str, Mapping[str, Any]] = {}
    for about, amount, data in ledger.rows(_CREDITED, until.toordinal()):
        credited[about] = credited.get(about, 0) + amount
        if data:
            corrected[about] = json.loads(data)
    rows = ledger.rows(
        "SELECT f.fact, f.customer, f.currency, json_remove(f.data, '$.contract', '$.billed'), f.amount "
        f"FROM facts f WHERE {STANDS} AND f.date <= ? AND (? = '' OR f.customer = ?) ORDER BY f.date, f.fact",
        until.toordinal(), customer, customer,
    )  # fmt: skip
    return [
        Remembered(fact, whose, currency, corrected.get(fact) or json.loads(data), amount - credited.get(fact, 0))
        for fact, whose, currency, data, amount in rows
    ]  # fmt: skip


def debts(
    ledger: Ledger, as_of: date, *, on_charges: bool, paid_late: bool, also: Iterable[str], whole: Iterable[str],
    customer: str = "",
) -> dict[Whose, list[Debt]]:  # fmt: skip
    """Debts that were past due by a day, by customer and currency, oldest due first.

    `on_charges`: finance charges too; `paid_late`: those paid by now too, as of all customers in `whole`; `also`:
    items wanted anyway.
    """
    found: dict[Whose, list[Debt]] = {}
    wanted = json.dumps(sorted({item.partition("/")[0] for item in also}))
    rows = ledger.rows(
        _DEBTS, as_of.toordinal(), on_charges, paid_late, wanted, json.dumps(sorted(set(whole))), customer
    )
    for (whose, currency, *_), moves in groupby(rows, key=lambda row: row[:3]):
        found.setdefault((whose, currency), []).extend(_debts(list(moves)))
    return {whose: sorted(some, key=lambda debt: (debt.due, debt.item)) for whose, some in found.items()}


def _debts(moves: Sequence[tuple[Any, ...]]) -> list[Debt]:
    """An item as a debt, or as one for each instalment; `moves` are its entries, oldest first."""
    _, _, item, kind, due, schedule, *_ = moves[0]
    if not schedule:
        return [Debt(item, kind, date.fromordinal(due), _running((row[6], row[8]) for row in moves))]
    parts = [tuple(map(int, part.split(":"))) for part in schedule.split()]
    open_, named, steps = 0, dict[int, int](), [list[tuple[date, int]]() for _ in parts]
    for day, same in groupby(moves, key=lambda row: row[6]):
        for row in same:
            open_ += row[8]
            if row[7]:
                named[row[7]] = named.get(row[7], 0) + row[8]
        for place, left in enumerate(spread([amount for _, amount in parts], named, open_)):
            steps[place].append((date.fromordinal(day), left))
    return [
        Debt(f"{item}/{number}", kind, date.fromordinal(part[0]), tuple(some))
        for number, (part, some) in enumerate(zip(parts, steps, strict=True), 1)
    ]


def free_credits(ledger: Ledger, as_of: date, customer: str = "") -> Mapping[Whose, Steps]:
    """Payments and credit notes not yet applied, day by day up to one, of every customer that ever had any."""
    rows = ledger.rows(_CREDITS, as_of.toordinal(), customer)
    return {key: _running((row[2], row[3]) for row in moves) for key, moves in groupby(rows, key=lambda row: row[:2])}


def _running(moves: Iterable[tuple[int, int]]) -> Steps:
    """The sum after each day with a movement."""
    found: list[tuple[date, int]] = []
    total = 0
    for day, amount in moves:
        total += amount
        if found and found[-1][0].toordinal() == day:
            found.pop()
        found.append((date.fromordinal(day), total))
    return tuple(found)
