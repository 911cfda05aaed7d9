"""How good the forecast has been: made again on earlier month-ends, with only what was known then, and compared.

Beside it stand two simpler ways: everyone pays on the due date, and everyone pays as late as they do on average.
What is overdue by either is taken to come in at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from arledger.compute.forecast import Outlook, Window, expected, known, outlook
from arledger.dates import month_end
from arledger.ledger.table import Ledger

WAYS = ("forecast", "due date", "customer's average")
Key = tuple[str, str]  # customer, currency


class Tried(NamedTuple):
    """One month in one currency: what each way had foretold of what was open before it, and what came. Minor units."""

    month: Window
    currency: str
    actual: int
    foretold: Mapping[str, int]  # by way
    off: Mapping[str, int]  # by way: how far off, customer by customer; of the forecast by what was likely of each
    low: int
    high: int


def tried(ledger: Ledger, as_of: date, months: int = 12) -> list[Tried]:
    """The last so many whole months up to `as_of`, oldest first; those before which nothing was paid are left out."""
    found: list[Tried] = []
    last = as_of if as_of == month_end(as_of) else as_of.replace(day=1) - timedelta(days=1)
    for _ in range(months):
        origin = last.replace(day=1) - timedelta(days=1)
        found = [*_month(ledger, origin, Window(origin + timedelta(days=1), last)), *found]
        last = origin
    return found


def _month(ledger: Ledger, origin: date, month: Window) -> list[Tried]:
    basis = known(ledger, origin)
    averages = basis.behaviour.averages
    if not averages:
        return []
    by_way: dict[str, dict[Key, int]] = {way: {} for way in WAYS}
    for item in basis.items:
        if item.is_credit:
            continue
        late = averages.get(item.customer, averages[""])
        for way, day in (("due date", item.due), ("customer's average", item.due + timedelta(days=late))):
            if day <= month.last:
                key = (item.customer, item.currency)
                by_way[way][key] = by_way[way].get(key, 0) + item.open
    ahead: Outlook = outlook(ledger, origin, [month], basis)
    of_customers = expected(ahead, by_customer=True)
    by_way["forecast"] = {(row.group, row.currency): row.amount for row in of_customers}
    likely = {(row.group, row.currency): row.likely for row in of_customers}
    ranges = {row.currency: (row.low, row.high) for row in expected(ahead)}
    came = _came(ledger, month)
    keys = {*came, *(key for found in by_way.values() for key in found)}
    rows = []
    for currency in sorted({currency for _, currency in keys}):
        own = [key for key in keys if key[1] == currency]
        foretold = {way: sum(found.get(key, 0) for key in own) for way, found in by_way.items()}
        of_each = {**by_way, "forecast": likely}
        off = {way: sum(abs(found.get(key, 0) - came.get(key, 0)) for key in own) for way, found in of_each.items()}
        actual = sum(came.get(key, 0) for key in own)
        rows.append(Tried(month, currency, actual, foretold, off, *ranges.get(currency, (0, 0))))
    return rows


def _came(ledger: Ledger, month: Window) -> dict[Key, int]:
    """What was paid in a month of debts older than it, by customer and currency."""
    rows = ledger.rows(
        "SELECT i.customer, i.currency, -SUM(e.amount) FROM entries e JOIN items i ON i.item = e.item "
        "JOIN facts f ON f.id = e.owner WHERE e.date BETWEEN ? AND ? AND e.why = 'applied' AND i.total > 0 "
        "AND i.kind != 'deduction' AND i.date < ? AND f.kind IN ('payments', 'applications') GROUP BY 1, 2",
        month.first.toordinal(), month.last.toordinal(), month.first.toordinal(),
    )  # fmt: skip
    return {(customer, currency): amount for customer, currency, amount in rows}
