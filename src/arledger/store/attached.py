"""Attached files: their SHA-256, and whether they are still there and unchanged."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator

from arledger.documents.contracts import Attachment
from arledger.errors import Place, Problem, UsageError
from arledger.ledger.table import Ledger
from arledger.store.files import Books


def path_and_hash(books: Books, file: str) -> tuple[str, str]:
    """A file's path under the folder that holds the books, and its SHA-256. Raises UsageError for one elsewhere."""
    real, home = os.path.realpath(file), os.path.realpath(books.home)
    if os.path.commonpath([real, home]) != home:
        raise UsageError(f"{file} is not in the folder of the books",
                         "copy it there, so that whoever has the books has it too")  # fmt: skip
    digest = _digest(real)
    if digest is None:
        raise UsageError(f"{file} cannot be read", "name a file that is there")
    return os.path.relpath(real, home), digest


def _digest(path: str) -> str | None:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def lost(books: Books, ledger: Ledger) -> Iterator[Problem]:
    """Attached files that are gone or changed, at the facts that attach them."""
    for row, attached in ledger.told(Attachment, dt.date.max):
        now = _digest(os.path.join(books.home, attached.path))
        if now is None:
            yield Problem(Place(row.path), "attachment-missing", f"{attached.path} is not there",
                          "restore the file, or take the fact back (ar reverse)")  # fmt: skip
        elif now != attached.sha256:
            yield Problem(Place(row.path), "attachment-changed", f"{attached.path} is not the file that was attached",
                          "restore it, or attach the new one and take this fact back (ar reverse)")  # fmt: skip
