"""What a ledger file says as it is written: every scalar as its text, and the line that names a thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from arledger.errors import ArError, LedgerError
from arledger.store import canonical
from arledger.store.file_text import Unreadable, decode
from arledger.store.files import find

_AMOUNT = re.compile(r"(total|amount|seal|of):")


def as_written(read: Callable[[str], bytes], path: str) -> dict[str, Any]:
    """The mapping in the file, scalars as text: `po: 0107` is "0107". Raises LedgerError when it cannot be read."""
    try:
        text = decode(read(path))
        found = canonical.read(text)
        return _parsed(text) if found is None else found
    except Unreadable as error:
        raise LedgerError([error.problem(path)]) from None


def _parsed(text: str) -> dict[str, Any]:
    from arledger.store.yaml_text import load  # files written by `ar` itself need no parser of YAML

    return load(text)


def lines_of(read: Callable[[str], bytes], path: str) -> list[str]:
    """The lines of the file; none when it cannot be read."""
    try:
        return decode(read(path)).split("\n")
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


def told_lines(data: bytes, start: str) -> list[str]:
    """A fact one thing a line, customers with the names their files give; a file that cannot be read as it is.

    `start` is where customers are looked for: in the ledger there or above.
    """
    text = data.decode("utf-8", "replace")
    try:
        written = _parsed(decode(data))
    except Unreadable:
        return text.splitlines()
    lines: list[str] = []
    for key, value in written.items():
        if isinstance(value, list):
            lines.append(f"{key}:")
            lines += [f"  - {_flat(entry)}" for entry in value]
        else:
            name = _name_of(value, start) if key == "customer" else ""
            lines.append(f"{key}: {_flat(value)}{name}")
    return lines


def _flat(value: Any) -> str:
    return ", ".join(f"{key} {entry}" for key, entry in value.items()) if isinstance(value, dict) else str(value)


def _name_of(customer: str, start: str) -> str:
    """` (name)` of a customer, as its file gives it; nothing where there is no such file."""
    try:
        books = find(None, start)
        name = as_written(books.bytes, f"customers/{customer}.yaml").get("name", "")
    except (ArError, OSError):
        return ""
    return f" ({name})" if name else ""
