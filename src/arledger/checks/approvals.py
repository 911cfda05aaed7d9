"""Approvals: what policy lets nobody do alone was agreed to by somebody who may, before it was done."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.checks import Finding
from arledger.compute.approvals import deeds, lacking, wanted_of
from arledger.ledger.table import Ledger


def approvals(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Facts that need an approval and have none, or none that covers them and what was done before them."""
    touched = "1" if everything else "fact COLLATE NOCASE IN (SELECT fact FROM temp.touched_facts)"
    for deed, row in deeds(ledger, touched):
        wanted = wanted_of(ledger, deed, row)
        if told := lacking(ledger, wanted):
            hint = f"ar approve {wanted.action} {wanted.about} --by …"
            yield Finding(row.path, (deed.key,), "approval-missing", told, hint)
