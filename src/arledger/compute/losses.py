"""What was given up, and what came in after all: write-offs, their reversals, and recoveries, fact by fact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from arledger.ledger.table import Ledger


class Loss(NamedTuple):
    """A debt given up on a day, or (negative) won back."""

    date: dt.date
    fact: str
    what: str  # write-off, reversal (of a write-off), recovery
    customer: str
    currency: str
    item: str
    amount: int  # minor units, positive: given up

    @property
    def written_off(self) -> int:
        """What this adds to write-offs; a reversal takes it away again."""
        return 0 if self.what == "recovery" else self.amount

    @property
    def recovered(self) -> int:
        """What this adds to recoveries."""
        return -self.amount if self.what == "recovery" else 0


_LOSSES = """
SELECT e.date, f.fact, e.why, i.customer, i.currency, e.item, -SUM(e.amount)
FROM entries e JOIN items i ON i.item = e.item JOIN facts f ON f.id = e.owner
WHERE e.date BETWEEN ?1 AND ?2 AND i.total > 0 AND (e.why IN ('write-off', 'recovery')
  OR (e.why = 'reversal' AND f.about IN (SELECT fact FROM facts WHERE kind IN ('write-offs', 'recoveries'))))
GROUP BY f.id, e.item, e.why ORDER BY e.date, f.fact
"""


def losses(ledger: Ledger, first: dt.date, last: dt.date) -> list[Loss]:
    """Debts given up and won back from `first` to `last`, both counted; by date. Small rests of credits are none."""
    rows = ledger.rows(_LOSSES, first.toordinal(), last.toordinal())
    return [Loss(dt.date.fromordinal(day), *rest) for day, *rest in rows]


def by_currency(found: Iterable[Loss]) -> dict[str, tuple[int, int]]:
    """Currency → minor units written off (less what was reversed), and recovered."""
    sums: dict[str, tuple[int, int]] = {}
    for loss in found:
        off, back = sums.get(loss.currency, (0, 0))
        sums[loss.currency] = (off + loss.written_off, back + loss.recovered)
    return sums
