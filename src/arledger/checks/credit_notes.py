"""Credit notes against an invoice: together no more than was billed with it."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.checks import Finding
from arledger.checks.touched import touched
from arledger.ledger.table import Ledger
from arledger.money import plain

# Of each invoice the credit notes against it, oldest first, with what they come to up to and with each.
_QUERY = """
SELECT path, fact, about, currency, sum_, total FROM (
  SELECT c.path, c.fact, b.item AS about, b.currency, b.total,
    SUM(c.amount) OVER (PARTITION BY b.item ORDER BY c.date, c.path) AS sum_
  FROM facts c JOIN items b ON b.item = c.about AND b.currency = c.currency
  WHERE c.kind = 'credit-notes' AND c.about != '' AND b.total > 0 AND {among}
) WHERE sum_ > total ORDER BY path
"""


def credited(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Credit notes that together are more than the invoice they are against (INVARIANTS G5)."""
    if not everything and not touched(ledger, "credit-notes"):
        return
    among = "1" if everything else (
        "c.about COLLATE NOCASE IN (SELECT about FROM facts WHERE fact COLLATE NOCASE IN "
        "(SELECT fact FROM temp.touched_facts))"
    )  # fmt: skip
    for path, fact, about, currency, sum_, total in ledger.rows(_QUERY.format(among=among)):
        yield Finding(path, ("total",), "over-credited",
                      f"with {fact} {plain(sum_, currency)} of {about} is credited, it billed {plain(total, currency)}",
                      "credit what is left, or leave out `against`")  # fmt: skip
