"""What each customer owes on a day, and how much of it is late: sums over the open items, made in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from arledger.compute.open_items import open_items
from arledger.ledger.schema import NEVER
from arledger.ledger.table import Ledger


class Owed(NamedTuple):
    """What a customer owes in one currency on the day, in minor units."""

    currency: str
    debits: int
    credits: int  # negative
    oldest: int  # due date of the oldest debit, as a day number
    late: Mapping[int, int]  # days → what of the debits is past due for more than so many


_WHOLE = "total > 0 AND schedule = ''"  # debits without instalments, which are looked at one by one
_MOVING = (  # items that move again after the day, with what was open of them on it
    "(SELECT customer, currency, total, due, schedule, (SELECT COALESCE(SUM(amount), 0) FROM entries e "
    "WHERE e.item = items.item AND e.date <= {day}) AS open FROM items WHERE settled > {day} AND last > {day} "
    "AND date <= {day})"
)
_RESTING = f"items WHERE settled = {NEVER} AND last <= {{day}} AND customer != ''"


def owed(ledger: Ledger, as_of: dt.date, spans: Sequence[int]) -> dict[str, list[Owed]]:
    """Customer → what they owe in each currency, with what of it is late for more than each of so many days."""
    day = min(as_of.toordinal(), NEVER - 1)
    late = "".join(f", COALESCE(SUM(open) FILTER (WHERE due < {day - span} AND {_WHOLE}), 0)" for span in spans)
    sums: dict[tuple[str, str], list[Any]] = {}
    moves = ledger.rows(f"SELECT 1 FROM entries WHERE date > {day} LIMIT 1")
    for some in (_RESTING, f"{_MOVING} WHERE customer != ''") if moves else (_RESTING,):
        for customer, currency, *figures in ledger.rows(
            "SELECT customer, currency, COALESCE(SUM(open) FILTER (WHERE total > 0), 0), "
            "COALESCE(SUM(open) FILTER (WHERE total < 0), 0), "
            f"COALESCE(MIN(due) FILTER (WHERE {_WHOLE} AND open > 0), {NEVER}){late} "
            f"FROM {some.format(day=day)} GROUP BY customer, currency"
        ):
            before = sums.get((customer, currency))
            sums[customer, currency] = _together(before, figures) if before else figures
    for item in open_items(ledger, as_of, in_parts=True):
        due, figures = item.due.toordinal(), sums[item.customer, item.currency]
        parts = [item.open if due < day - span else 0 for span in spans]
        sums[item.customer, item.currency] = _together(figures, [0, 0, due, *parts])
    found: dict[str, list[Owed]] = {}
    for (customer, currency), (debits, credits_, oldest, *later) in sums.items():
        one = Owed(currency, debits, credits_, oldest, dict(zip(spans, later, strict=True)))
        found.setdefault(customer, []).append(one)
    return found


def _together(some: Sequence[int], others: Sequence[int]) -> list[int]:
    """Two sets of figures as one: of the third, a due date, the earlier."""
    both = [one + other for one, other in zip(some, others, strict=True)]
    both[2] = min(some[2], others[2])
    return both
