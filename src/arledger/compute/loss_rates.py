"""Loss rates from one's own history: of what reached a band, how much was never collected (RULES E3)."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from arledger.ledger.table import Ledger
from arledger.policy.aging import Aging


class LossRate(NamedTuple):
    """One band of one currency. Amounts in minor units."""

    currency: str
    band: str
    reached: int  # open on the first day an invoice was in the band
    lost: int  # of that, written off and not won back by the last day
    open: int  # of that, open on the last day: nobody knows yet
    rate: Decimal | None  # per cent, two decimals


def derived(ledger: Ledger, first: date, last: date, as_of: date, aging: Aging) -> list[LossRate]:
    """Loss rates of invoices dated from `first` to `last`, as known at the end of `as_of`; by currency, then band.

    An invoice reaches a band with what is open of it at the end of the band's first day; `current` with the whole.
    """
    starts = [None, 1, *(edge + 1 for edge in aging.buckets)]
    day = as_of.toordinal()
    reached = [
        "total AS r0" if start is None else
        f"iif(due + {start} <= {day}, SUM(iif(e.date <= due + {start}, e.amount, 0)), 0) AS r{n}"
        for n, start in enumerate(starts)
    ]  # fmt: skip
    lost = (
        "-SUM(iif(e.why IN ('write-off', 'recovery') OR (e.why = 'reversal' AND f.about IN (SELECT fact FROM facts "
        "WHERE kind IN ('write-offs', 'recoveries'))), e.amount, 0))"
    )
    sums = ", ".join(
        f"SUM(r{n}), SUM(iif(r{n} > 0, min(lost, r{n}), 0)), SUM(iif(r{n} > 0, min(left, r{n}), 0))"
        for n in range(len(starts))
    )
    rows = ledger.rows(
        f"WITH items_reached AS (SELECT i.currency AS currency, {', '.join(reached)}, {lost} AS lost, "
        "SUM(e.amount) AS left FROM items i JOIN entries e ON e.item = i.item JOIN facts f ON f.id = e.owner "
        "WHERE i.total > 0 AND i.kind != 'deduction' AND i.date BETWEEN ? AND ? AND e.date <= ? GROUP BY i.item) "
        f"SELECT currency, {sums} FROM items_reached GROUP BY 1 ORDER BY 1",
        first.toordinal(), last.toordinal(), day,
    )  # fmt: skip
    found = []
    for currency, *cells in rows:
        for n, band in enumerate(aging.names):
            there, gone, left = cells[3 * n : 3 * n + 3]
            rate = (Decimal(gone) * 100 / there).quantize(Decimal("0.01"), ROUND_HALF_UP) if there else None
            found.append(LossRate(currency, band, there, gone, left, rate))
    return found
