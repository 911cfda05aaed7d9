"""`ar report late-entries`: facts dated up to a day that were not known at a commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from arledger.compute.history import kind_of
from arledger.ledger.table import FactRow, Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("fact", "Fact"), Column("kind", "Kind"), Column("customer", "Customer"), Column("date", "Date", "date"),
    Column("amount", "Amount", "money"), Column("currency", "Cur"), Column("path", "File"),
)  # fmt: skip
_CONTROL = (
    Column("currency", "Cur"), Column("then", "Owed, as known then", "money"), Column("late", "Late entries", "money"),
    Column("now", "Owed, as known now", "money"),
)  # fmt: skip


def build(then: Ledger, now: Ledger, as_of: date, commit: str, shown: Callable[[str], str]) -> Report:
    """What the books of a commit did not know of a day, and what it changes of the control account then."""
    late = late_entries(then, now, as_of)
    rows: list[list[Cell]] = [
        [row.fact, kind_of(row.kind), row.customer, row.date, Money(row.amount, row.currency) if row.amount else None,
         row.currency, shown(row.path)]
        for row in late
    ]  # fmt: skip
    before, after = then.control(as_of), now.control(as_of)
    control: list[list[Cell]] = []
    for currency in sorted({*before, *after}):
        was, is_ = before.get(currency, 0), after.get(currency, 0)
        control.append([currency, *(Money(amount, currency) for amount in (was, is_ - was, is_))])
    tables = [
        Table(_COLUMNS, rows, name="facts", empty="Everything dated up to then was known."),
        Table(_CONTROL, control, name="control", title="The control account"),
    ]
    head = {"as_of": as_of, "commit": commit, "late": len(late)}
    return Report("late-entries", f"Facts dated up to {as_of} that {commit[:12]} did not know", tables, head)


def late_entries(then: Ledger, now: Ledger, as_of: date) -> Sequence[FactRow]:
    """The facts dated up to a day that the later books have and the earlier have not, oldest first."""
    query = "SELECT fact FROM facts WHERE date <= ? AND kind != 'periods'"
    known = {fact for (fact,) in then.rows(query, as_of.toordinal())}
    return [row for row in now.facts("date <= ? AND kind != 'periods'", as_of.toordinal()) if row.fact not in known]
