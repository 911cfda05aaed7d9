"""Renumbering: an invoice or credit note that nobody has seen gets the next free number of its series."""

from __future__ import annotations

from datetime import date

from arledger.checks.numbers import SERIES, last_count, number
from arledger.commands.planned import Planned, refuse_closed
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import FactRow, Ledger


def renumber(ledger: Ledger, path: str, text: str, kind: str) -> Planned:
    """Moves the document at a path under the ledger folder to the next number of its series, its text unchanged.

    `kind` is that of the item: invoice, debit-note, finance-charge, credit-note. Raises UsageError for what has no
    number, RefusedError where other facts name it: which of two documents of one number they mean nobody can say.
    """
    rows = ledger.facts("path = ?", path)
    if not rows or kind not in SERIES:
        raise UsageError(f"{path} is no numbered document", "name the file of an invoice or credit note")
    row = rows[0]
    refuse_closed(ledger, row.date)
    if named := _naming(ledger, row):
        raise RefusedError(f"{row.fact} is named by {', '.join(named[:3])}",
                           "reverse them, or void the document: ar invoice void", code="number-in-use")  # fmt: skip
    template = getattr(ledger.policy.numbering, SERIES[kind])
    free = number(template, row.date.year, last_count(ledger, template, row.date.year) + 1)
    _refuse_earlier(ledger, row, free)
    folder = path.rpartition("/")[0]
    return Planned(files={path: None, f"{folder}/{free}.yaml": text}, about=f"Renumber {row.fact} to {free}",
                   notes=[f"{row.fact} is {free} now"])  # fmt: skip


def _naming(ledger: Ledger, row: FactRow) -> list[str]:
    """The facts that name this one."""
    found = ledger.rows(
        "SELECT DISTINCT f.fact FROM facts f LEFT JOIN entries e ON e.owner = f.id AND e.item = ?1 "
        "WHERE f.fact != ?1 AND (f.about = ?1 OR e.item IS NOT NULL) ORDER BY 1",
        row.fact,
    )
    return [fact for (fact,) in found]


def _refuse_earlier(ledger: Ledger, row: FactRow, free: str) -> None:
    """Numbers rise with dates: a document dated before the last number of its series cannot have the next one."""
    prefix = free.rstrip("0123456789")
    ((last,),) = ledger.rows(
        "SELECT MAX(date) FROM facts WHERE fact >= ? AND fact < ? AND id != ?", prefix, prefix + "~", row.id
    )
    if last and row.date.toordinal() < last:
        raise RefusedError(
            f"{row.fact} is dated {row.date}, before {date.fromordinal(last)}, the date of the last number",
            "renumber the later document instead", code="number-order",
        )  # fmt: skip
