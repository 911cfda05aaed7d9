"""`ar customer duplicates`: customers that may be one."""

from __future__ import annotations

from arledger.compute.duplicates import duplicates
from arledger.ledger.table import Ledger
from arledger.reports.report import Column, Report, Table

_COLUMNS = (
    Column("one", "Customer"), Column("one_name", "Name"), Column("other", "And"), Column("other_name", "Name"),
    Column("why", "Share"),
)  # fmt: skip


def build(ledger: Ledger) -> Report:
    """Each pair with what the two share. Whether they are one is for a person to say: `ar customer merge`."""
    names = ledger.names
    rows = [[p.one, names[p.one], p.other, names[p.other], "; ".join(p.why)] for p in duplicates(ledger.customers())]
    return Report("duplicates", "", [Table(_COLUMNS, rows, empty="No two customers look like one.")])
