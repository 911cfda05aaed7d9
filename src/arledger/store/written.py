"""What a ledger file says as it is written: every scalar as its text, and the line that names a thing."""

from __future__ import annotations

import re
from typing import Any

from arledger.errors import LedgerError
from arledger.store import canonical
from arledger.store.reading import read_bytes
from arledger.store.yaml_text import Unreadable, decode, load

_AMOUNT = re.compile(r"(total|amount|seal|of):")


def as_written(root: str, path: str) -> dict[str, Any]:
    """The mapping in the file, scalars as text: `po: 0107` is "0107". Raises LedgerError when it cannot be read."""
    try:
        text = decode(read_bytes(root, path))
        found = canonical.read(text)
        return load(text) if found is None else found
    except Unreadable as error:
        raise LedgerError([error.problem(path)]) from None


def lines_of(root: str, path: str) -> list[str]:
    """The lines of the file; none when it cannot be read."""
    try:
        return decode(read_bytes(root, path)).split("\n")
    except Unreadable:
        return []


def line_naming(lines: list[str], name: str) -> int:
    """The number of the line that names an item or fact, else of the one with the amount, else 1.

    >>> line_naming(["customer: ACME", "applied:", "  - {item: INV-7, amount: 5.00}", "amount: 5.00"], "INV-7")
    3
    >>> line_naming(["customer: ACME", "total: 5.00"], "INV-7")
    2
    """
    whole = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
    for number, line in enumerate(lines, 1):
        if whole.search(line) and not line.lstrip().startswith(("#", "text:", "reference:", "bank:", "notes:")):
            return number
    return next((number for number, line in enumerate(lines, 1) if _AMOUNT.match(line)), 1)


def reason_in(lines: list[str]) -> str:
    """The reason a fact gives (of a write-off, a credit note, a reversal), else nothing."""
    found = next((line for line in lines if line.startswith("reason:")), "")
    return found.partition(":")[2].strip().strip("\"'")
