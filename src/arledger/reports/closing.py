"""The month-end checklist, as a report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from arledger.compute.closing import Finding
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("task", "Task", shown=False), Column("title", "Task"), Column("state", "State"),
    Column("required", "Required", "flag"), Column("found", "Found"), Column("remedy", "What to do"),
)  # fmt: skip


def build(period: str, last: date, found: Sequence[Finding], required: Collection[str]) -> Report:
    """Each task with its state, what was found and what to do about it."""
    rows: list[list[Cell]] = [[f.task, f.title, f.state, f.task in required, f.told, f.remedy] for f in found]
    left = sum(f.state == "open" for f in found)
    head = {"period": period, "as_of": last, "open": left, "ready": not blocking(found, required)}
    note = "nothing is left to do" if not left else f"{left} left to do"
    table = Table(_COLUMNS, rows, name="tasks")
    return Report("checklist", f"Checklist for the close of {period}", [table], head, [note])


def blocking(found: Sequence[Finding], required: Collection[str]) -> list[Finding]:
    """The tasks left that policy requires before a close."""
    return [finding for finding in found if finding.state != "done" and finding.task in required]
