"""Answers of all tools in one shape, and their comparison with the expected one, to the cent.

An answer is {customer: {column: cents}}; columns are those of `facts.COLUMNS`, zeros and empty customers are left out.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from facts import COLUMNS

Answer = dict[str, dict[str, int]]


def cents(text: str) -> int:
    """Whole cents of an amount as a tool prints it; raises ValueError for fractions of a cent.

    >>> cents("1028.39 EUR"), cents(" -50"), cents("0")
    (102839, -5000, 0)
    """
    value = Decimal(text.strip().removesuffix(" EUR")) * 100
    if value != int(value):
        raise ValueError(f"not whole cents: {text}")
    return int(value)


def add(answer: Answer, customer: str, column: str, amount: int) -> None:
    """Add an amount to one figure of the answer."""
    row = answer.setdefault(customer, {})
    row[column] = row.get(column, 0) + amount


def tidy(answer: Answer) -> Answer:
    """The answer without zeros and without customers that have nothing else."""
    rows = {customer: {name: value for name, value in row.items() if value} for customer, row in answer.items()}
    return {customer: row for customer, row in rows.items() if row}


def expected(folder: Path) -> Answer:
    """The answer the generator left in expected.json."""
    rows = json.loads((folder / "expected.json").read_bytes())["rows"]
    return tidy({customer: {name: row[name] for name in COLUMNS} for customer, row in rows.items()})


def differences(answer: Answer, wanted: Answer) -> list[str]:
    """What differs, one line per figure; empty when the answer is right to the cent."""
    answer, wanted = tidy(answer), tidy(wanted)
    found = []
    for customer in sorted(answer.keys() | wanted.keys()):
        got, want = answer.get(customer, {}), wanted.get(customer, {})
        found += [
            f"{customer} {name}: got {got.get(name, 0)}, expected {want.get(name, 0)} cents"
            for name in COLUMNS
            if got.get(name, 0) != want.get(name, 0)
        ]
    return found
