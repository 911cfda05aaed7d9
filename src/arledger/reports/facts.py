"""`ar facts`: the facts behind a report, in the form `sha256sum` has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.compute.provenance import fact_lines, month_digests
from arledger.ledger.table import Ledger
from arledger.reports.report import Column, Report, Table


def build(ledger: Ledger, as_of: date) -> Report:
    """Every fact up to a day with the SHA-256 of its file, by month, sorted within each."""
    return _report("facts", f"Facts up to {as_of}", "path", [line.rstrip("\n") for line in fact_lines(ledger, as_of)])


def months(ledger: Ledger, as_of: date) -> Report:
    """The digest of each month's facts up to a day, oldest month first."""
    lines = [f"{digest}  {month}" for month, _, digest in month_digests(ledger, as_of)]
    return _report("months", f"Digests of the facts up to {as_of}", "month", lines)


def _report(name: str, title: str, key: str, lines: Sequence[str]) -> Report:
    columns = [Column("sha256", "SHA-256"), Column(key, key.capitalize())]
    rows = [line.split("  ", 1) for line in lines]
    return Report(name, title, [Table(columns, rows, empty="There are no facts.")], plain=lines)
