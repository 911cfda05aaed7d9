"""Notices: the procedure a customer's file names is one of policy."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.checks import Finding
from arledger.errors import did_you_mean
from arledger.ledger.table import Ledger
from arledger.policy.notices import NEVER


def procedures(ledger: Ledger, _: bool) -> Iterator[Finding]:
    """Customers who name a procedure there is not."""
    known = (*ledger.policy.notices.procedures, NEVER)
    rows = ledger.rows(
        "SELECT path, json_extract(data, '$.notices') AS named FROM customers WHERE data LIKE '%\"notices\":%' "
        "AND named IS NOT NULL ORDER BY path"
    )
    for path, named in rows:
        if named not in known:
            hint = did_you_mean(named, known) or f"procedures: {', '.join(known)}"
            yield Finding(path, ("notices",), "notice-procedure", f"there is no procedure {named}", hint)
