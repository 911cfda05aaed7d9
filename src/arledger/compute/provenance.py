"""The checksum of the facts behind a report: anyone can make it again with `sha256sum` and `sort`.

Each month has a digest: the SHA-256 of the lines `sha256sum` prints for the facts dated in it, sorted. The
checksum is the SHA-256 of the lines `<digest>  <month>`, oldest month first. Facts after the day do not count.
"""

from __future__ import annotations

import hashlib
from datetime import date

from arledger.dates import month_end, month_of
from arledger.ledger.build import month_lines
from arledger.ledger.table import Ledger


def checksum(ledger: Ledger, as_of: date) -> tuple[int, str]:
    """How many facts are dated up to `as_of`, and their checksum as 64 hex digits."""
    months = month_digests(ledger, as_of)
    text = "".join(f"{digest}  {month}\n" for month, _, digest in months)
    return sum(facts for _, facts, _ in months), hashlib.sha256(text.encode()).hexdigest()


def month_digests(ledger: Ledger, as_of: date) -> list[tuple[str, int, str]]:
    """Each month up to `as_of` with how many of its facts are dated up to then, and their digest; oldest first."""
    last, whole = month_of(as_of), as_of == month_end(as_of)
    found = []
    for month, facts, digest in ledger.rows(
        "SELECT month, facts, digest FROM months WHERE month <= ? ORDER BY month", last
    ):
        if month < last or whole:
            found.append((month, facts, digest))
        elif lines := month_lines(ledger.connection, month, as_of.toordinal()):
            found.append((month, len(lines), hashlib.sha256("".join(lines).encode()).hexdigest()))
    return found


def fact_lines(ledger: Ledger, as_of: date) -> list[str]:
    """The lines `<sha256>  <path>` of every fact dated up to `as_of`, by month, sorted within each."""
    months = ledger.rows("SELECT month FROM months WHERE month <= ? ORDER BY month", month_of(as_of))
    return [line for (month,) in months for line in month_lines(ledger.connection, month, as_of.toordinal())]
