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


def credited(ledger: Ledger, item: str | None = None) -> dict[str, int]:
    """Item → what credit notes took off it and no reversal gave back, minor units; of one item or of all."""
    which, values = ("AND e.item = ?", (item,)) if item else ("", ())
    return dict(
        ledger.rows(
            "SELECT e.item, -SUM(e.amount) FROM facts f JOIN entries e ON e.owner = f.id AND e.why = 'applied' "
            "JOIN items c ON c.item = CASE f.kind WHEN 'credit-notes' THEN f.fact ELSE f.about END "
            "AND c.kind = 'credit-note' AND c.item != e.item WHERE f.kind IN ('credit-notes', 'applications') "
            "AND NOT EXISTS (SELECT 1 FROM facts r WHERE r.about = f.fact AND r.about != '' AND r.kind = 'reversals') "
            f"{which} GROUP BY e.item",
            *values,
        )
    )


def taken_back(ledger: Ledger, row: ItemRow, credit: int) -> int:
    """Of a credit (minor units) for what is paid of an invoice, the part the customer never paid: its share of the
    discount that was granted, half-up (RULES D4)."""
    given = granted(ledger, row.item).get(row.item, 0)
    settled = row.total - row.open - credited(ledger, row.item).get(row.item, 0)
    if not given or credit <= 0 or settled <= 0:
        return 0
    ((before,),) = ledger.rows(
        "SELECT COALESCE(SUM(e.amount), 0) FROM facts f JOIN entries e ON e.owner = f.id AND e.item = f.fact "
        "WHERE f.kind = 'credit-notes' AND f.about = ? AND e.why = 'discount'",
        row.item,
    )
    return int(min((2 * given * credit + settled) // (2 * settled), given - before))


def offers(row: ItemRow, before: int, credit: int = 0) -> tuple[tuple[date, int], ...]:
    """Last day (inclusive) and amount still available (minor units) of each tier, shortest first.

    `before` is what was granted already, `credit` what credit notes took off: there is no discount on that.
    """
    if not row.terms or row.open <= 0:
        return ()
    issued = date.fromordinal(row.date)
    return tuple(
        (tier.until(issued), max(0, min(share_of(row.total - credit, tier.percent) - before, row.open)))
        for tier in Terms.parse(row.terms).discounts
    )


def _offers(ledger: Ledger, row: ItemRow) -> tuple[tuple[date, int], ...]:
    item = row.item
    return offers(row, granted(ledger, item).get(item, 0), credited(ledger, item).get(item, 0))


def earned(ledger: Ledger, row: ItemRow, paid: date) -> int:
    """The discount that settling the whole of an item on that day earns, minor units."""
    days = [amount for until, amount in _offers(ledger, row)
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
