"""Early-payment discounts: what a payment of a day has earned on an item (RULES §3).

The best tier whose last day has not passed counts, grace days included; what was granted before, and not taken
back by a reversal, is not granted again.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from arledger.dates import Terms
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import decimal, rounded, share_of


def granted(ledger: Ledger, item: str | None = None) -> dict[str, int]:
    """Item → discount granted on it and not taken back, minor units; of one item or of all that have any."""
    which, values = ("AND e.item = ?", (item,)) if item else ("", ())
    return dict(
        ledger.rows(
            "SELECT e.item, -SUM(e.amount) FROM entries e WHERE e.why = 'discount' AND e.owner NOT IN (SELECT f.id "
            f"FROM facts r JOIN facts f ON f.fact = r.about WHERE r.kind = 'reversals') {which} GROUP BY e.item",
            *values,
        )
    )


def offers(row: ItemRow, before: int) -> tuple[tuple[date, int], ...]:
    """Last day (inclusive) and amount still available (minor units) of each tier, shortest first.

    `before` is what was granted already.
    """
    if not row.terms or row.open <= 0:
        return ()
    issued = date.fromordinal(row.date)
    return tuple(
        (tier.until(issued), max(0, min(share_of(row.total, tier.percent) - before, row.open)))
        for tier in Terms.parse(row.terms).discounts
    )


def earned(ledger: Ledger, row: ItemRow, paid: date) -> int:
    """The discount that settling the whole of an item on that day earns, minor units."""
    days = [amount for until, amount in offers(row, granted(ledger, row.item).get(row.item, 0))
            if paid <= until + timedelta(days=ledger.policy.discounts.grace_days)]  # fmt: skip
    return max(days, default=0)


def earned_on_part(ledger: Ledger, row: ItemRow, paid: date, amount: int, open_: int) -> int:
    """The discount on a part payment: payment ÷ (1 − rate) × rate where policy is proportional, else none (D3)."""
    percent = _percent(row, paid - timedelta(days=ledger.policy.discounts.grace_days))
    if ledger.policy.discounts.partial != "proportional" or not percent:
        return 0
    exact = decimal(amount, row.currency) / (100 - percent) * percent
    return min(rounded(exact, row.currency), open_ - amount)


def _percent(row: ItemRow, paid: date) -> Decimal:
    if not row.terms:
        return Decimal(0)
    tier = Terms.parse(row.terms).discount_on(date.fromordinal(row.date), paid)
    return tier.percent if tier else Decimal(0)
