"""What must hold of a ledger: of one document by itself, and of the book as a whole.

A check gives findings: a place inside a file by its keys, a stable code, what is wrong, and the remedy. The store
turns them into problems with line and column. Each code has a page in docs/reference/errors.md.
"""

from __future__ import annotations

from typing import NamedTuple

Loc = tuple[str | int, ...]  # keys and list positions inside a file


class Finding(NamedTuple):
    """Something wrong at `loc` (keys and list positions) of the file at `path` ("" for the document at hand)."""

    path: str
    loc: Loc
    code: str
    message: str
    hint: str
    severity: str = "error"
