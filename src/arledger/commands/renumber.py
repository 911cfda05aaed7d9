"""Renumbering: an invoice or credit note that nobody has seen gets the next free number of its series."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from arledger.checks.numbers import SERIES, last_count, number
from arledger.commands.planned import Planned, refuse_closed
from arledger.dates import Terms, month_of, parse_date
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import FactRow, Ledger


def redated(written: Mapping[str, str], day: date) -> dict[str, str]:
    """The keys of an invoice that follow from its date, for a new one: due by its terms, else as many days later.

    >>> redated({"date": "2026-05-31", "due": "2026-06-30", "total": "10.00"}, date(2026, 6, 2))
    {'date': '2026-06-02', 'due': '2026-07-02'}
    """
    found = {"date": day.isoformat()}
    if "due" in written:
        shifted = day + (parse_date(written["due"]) - parse_date(written["date"]))
        due = Terms.parse(written["terms"]).due(day) if "terms" in written else shifted
        found["due"] = due.isoformat()
    return found


def renumber(ledger: Ledger, path: str, text: str, kind: str, day: date | None = None) -> Planned:
    """Moves the document at a path under the ledger folder to the next number of its series, as `text`.

    `day` is its new date where it gets one; `kind` is that of the item: invoice, debit-note, finance-charge,
    credit-note. Raises UsageError for what has no number, RefusedError where other facts name it: which of two
    documents of one number they mean nobody can say.
    """
    rows = ledger.facts("path = ?", path)
    if not rows or kind not in SERIES:
        raise UsageError(f"{path} is no numbered document", "name the file of an invoice or credit note")
    row = rows[0]
    when = day or row.date
    refuse_closed(ledger, min(when, row.date))
    if named := _naming(ledger, row):
        raise RefusedError(f"{row.fact} is named by {', '.join(named[:3])}",
                           "reverse them, or void the document: ar invoice void", code="number-in-use")  # fmt: skip
    template = getattr(ledger.policy.numbering, SERIES[kind])
    free = number(template, when.year, last_count(ledger, template, when.year) + 1)
    _refuse_earlier(ledger, row, when, free)
    folder = path.partition("/")[0]
    return Planned(
        files={path: None, f"{folder}/{month_of(when)}/{free}.yaml": text},
        notes=[f"{row.fact} is {free} now"], about=f"Renumber {row.fact} to {free}",
    )  # fmt: skip


def _naming(ledger: Ledger, row: FactRow) -> list[str]:
    """The facts that name this one."""
    found = ledger.rows(
        "SELECT DISTINCT f.fact FROM facts f LEFT JOIN entries e ON e.owner = f.id AND e.item = ?1 "
        "WHERE f.fact != ?1 AND (f.about = ?1 OR e.item IS NOT NULL) ORDER BY 1",
        row.fact,
    )
    return [fact for (fact,) in found]


def _refuse_earlier(ledger: Ledger, row: FactRow, day: date, free: str) -> None:
    """Numbers rise with dates: a document dated before the last number of its series cannot have the next one."""
    prefix = free.rstrip("0123456789")
    ((last,),) = ledger.rows(
        "SELECT MAX(date) FROM facts WHERE fact >= ? AND fact < ? AND id != ?", prefix, prefix + "~", row.id
    )
    if last and day.toordinal() < last:
        raise RefusedError(
            f"{row.fact} is dated {day}, before {date.fromordinal(last)}, the date of the last number",
            f"renumber the later document, or give this one --date {date.fromordinal(last)}", code="number-order",
        )  # fmt: skip
