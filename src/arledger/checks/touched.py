"""What the change under way put in: most checks need a look only at that."""

from __future__ import annotations

from arledger.ledger.table import Ledger

#: The ids of the facts that the change under way put in or took out.
TOUCHED = "SELECT fact FROM temp.touched_facts"
_WITH_FACTS = "FROM temp.touched_facts t CROSS JOIN facts f ON f.fact = t.fact COLLATE NOCASE"


def among(everything: bool, column: str = "fact") -> str:
    """The SQL condition that a fact is one to be checked. It may select more than was touched, never less."""
    return "1" if everything else f"{column} COLLATE NOCASE IN ({TOUCHED})"


def of_customers(everything: bool, *kinds: str) -> str:
    """The SQL condition that a fact is of a customer of whom the change put in a fact of one of these kinds, or took
    one back: for what rests on other facts of theirs."""
    return "1" if everything else (
        f"customer IN (SELECT customer {_WITH_FACTS} WHERE f.kind IN ({', '.join(map(repr, kinds))}))"
    )  # fmt: skip


def touched(ledger: Ledger, *kinds: str) -> bool:
    """Whether the change under way put in a fact of one of these kinds (folders), or took one back."""
    marks = ", ".join("?" * len(kinds))
    return bool(ledger.rows(
        f"SELECT 1 {_WITH_FACTS} WHERE f.kind IN ({marks}) LIMIT 1", *kinds
    ))  # fmt: skip
