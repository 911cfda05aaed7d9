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
    last, whole = month_of(as_of), as_of == month_end(as_of)
    months = ledger.rows("SELECT month, facts, digest FROM months WHERE month <= ? ORDER BY month", last)
    count, lines = 0, []
    for month, facts, digest in months:
        if month == last and not whole:
            partial = month_lines(ledger.connection, month, as_of.toordinal())
            if not partial:
                continue
            facts, digest = len(partial), hashlib.sha256("".join(partial).encode()).hexdigest()  # noqa: PLW2901
        count += facts
        lines.append(f"{digest}  {month}\n")
    return count, hashlib.sha256("".join(lines).encode()).hexdigest()


def fact_lines(ledger: Ledger, as_of: date) -> list[str]:
    """The lines `<sha256>  <path>` of every fact dated up to `as_of`, by month, sorted within each."""
    months = ledger.rows("SELECT month FROM months WHERE month <= ? ORDER BY month", month_of(as_of))
    return [line for (month,) in months for line in month_lines(ledger.connection, month, as_of.toordinal())]
