"""What the change under way put in: most checks need a look only at that."""

from __future__ import annotations

from arledger.ledger.table import Ledger

#: The ids of the facts that the change under way put in or took out.
TOUCHED = "SELECT fact FROM temp.touched_facts"


def among(everything: bool, column: str = "fact") -> str:
    """The SQL condition that a fact is one to be checked. It may select more than was touched, never less."""
    return "1" if everything else f"{column} COLLATE NOCASE IN ({TOUCHED})"


def touched(ledger: Ledger, *kinds: str) -> bool:
    """Whether the change under way put in a fact of one of these kinds (folders), or took one back."""
    marks = ", ".join("?" * len(kinds))
    return bool(ledger.rows(
        "SELECT 1 FROM temp.touched_facts t CROSS JOIN facts f ON f.fact = t.fact COLLATE NOCASE "
        f"WHERE f.kind IN ({marks}) LIMIT 1", *kinds
    ))  # fmt: skip
