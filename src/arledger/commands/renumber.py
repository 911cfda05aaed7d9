"""Renumbering: an invoice or credit note that nobody has seen gets the next free number of its series."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from arledger.checks.numbers import SERIES, last_count, number
from arledger.commands.planned import Planned, refuse_closed
from arledger.dates import Terms, month_of, parse_date
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger


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
    refuse_closed(ledger, rows[0].date)
    return _moved(ledger, path, rows[0].fact, rows[0].id, text, kind, day or rows[0].date, None)


def apart(ledger: Ledger, path: str, kept: str, text: str, kind: str, day: date) -> Planned:
    """Two documents that a merge left under one path: `kept` stays there, `text` gets the next number of its series."""
    if kind not in SERIES:
        raise UsageError(f"{path} is no numbered document", "keep one side, and delete the marker lines")
    fact = path.rpartition("/")[2].removesuffix(".yaml")
    return _moved(ledger, path, fact, 0, text, kind, day, kept)


def _moved(
    ledger: Ledger, path: str, fact: str, row: int, text: str, kind: str, day: date, kept: str | None
) -> Planned:  # fmt: skip
    refuse_closed(ledger, day)
    if named := _naming(ledger, fact):
        raise RefusedError(f"{fact} is named by {', '.join(named[:3])}",
                           "reverse them, or void the document: ar invoice void", code="number-in-use")  # fmt: skip
    template = getattr(ledger.policy.numbering, SERIES[kind])
    last = last_count(ledger, template, day.year)
    free = number(template, day.year, last + 1)
    if free == fact and kept is not None:
        free = number(template, day.year, last + 2)
    _refuse_earlier(ledger, fact, row, day, free)
    folder = path.partition("/")[0]
    return Planned(
        files={path: kept, f"{folder}/{month_of(day)}/{free}.yaml": text},
        notes=[f"{fact} is {free} now" if kept is None else f"the other {fact} is {free} now"],
        about=f"Renumber {fact} to {free}",
    )  # fmt: skip


def _naming(ledger: Ledger, fact: str) -> list[str]:
    """The facts that name this one."""
    found = ledger.rows(
        "SELECT DISTINCT f.fact FROM facts f LEFT JOIN entries e ON e.owner = f.id AND e.item = ?1 "
        "WHERE f.fact != ?1 AND (f.about = ?1 OR e.item IS NOT NULL) ORDER BY 1",
        fact,
    )
    return [name for (name,) in found]


def _refuse_earlier(ledger: Ledger, fact: str, row: int, day: date, free: str) -> None:
    """Numbers rise with dates: a document dated before the last number of its series cannot have the next one."""
    prefix = free.rstrip("0123456789")
    ((last,),) = ledger.rows(
        "SELECT MAX(date) FROM facts WHERE fact >= ? AND fact < ? AND id != ?", prefix, prefix + "~", row
    )
    if last and day.toordinal() < last:
        raise RefusedError(
            f"{fact} is dated {day}, before {date.fromordinal(last)}, the date of the last number",
            f"renumber the later document, or give this one --date {date.fromordinal(last)}", code="number-order",
        )  # fmt: skip
