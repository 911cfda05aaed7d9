"""What the change under way put in: most checks need a look only at that."""

from __future__ import annotations

from arledger.ledger.table import Ledger


def touched(ledger: Ledger, *kinds: str) -> bool:
    """Whether the change under way put in a fact of one of these kinds (folders), or took one back."""
    among = ", ".join("?" * len(kinds))
    return bool(ledger.rows(
        "SELECT 1 FROM temp.touched_facts t CROSS JOIN facts f ON f.fact = t.fact COLLATE NOCASE "
        f"WHERE f.kind IN ({among}) LIMIT 1", *kinds
    ))  # fmt: skip
