"""`ar reconcile`: from their figure to ours, cause by cause, and every line behind each cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from arledger.compute.reconciling import Move, Reconciled
from arledger.documents.reconciliations import Kind
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_STEPS = (
    Column("cause", "Cause", shown=False), Column("what", ""), Column("count", "Lines", "number"),
    Column("amount", "Amount", "money"), Column("currency", "Cur"),
)  # fmt: skip
_LINES = (
    Column("cause", "Cause"), Column("date", "Date", "date"), Column("name", "Number"),
    Column("amount", "Amount", "money"), Column("text", "Text"), Column("where", "Where"),
)  # fmt: skip
_THEIRS = {"bank": "Balance by the bank", "gl": "Balance by the general ledger", "customer": "By their statement"}
_OURS = {"bank": "Cash by our books", "gl": "Balance by the subledger", "customer": "Open by our books"}


def build(kind: Kind, about: str, as_of: date, found: Reconciled, shown: Callable[[str], str]) -> Report:
    """The reconciliation of one thing on a day. The first table adds up from their figure to ours.

    `shown` gives the path of one of our facts as people see it.
    """
    currency = found.currency
    theirs, ours = Money(found.theirs, currency), Money(found.ours, currency)
    rows: list[list[Cell]] = [["theirs", _THEIRS[kind], None, theirs, currency]]
    rows += [[s.cause, s.title, len(s.moves), Money(s.amount, currency), currency] for s in found.steps]
    rows.append(["ours", _OURS[kind], None, ours, currency])
    lines: list[list[Cell]] = [
        [step.cause, move.date, move.name, Money(move.amount, currency), move.text, _where(move, shown)]
        for step in found.steps
        for move in step.moves
    ]
    head = {
        "kind": kind, "about": about, "as_of": as_of, "currency": currency, "theirs": theirs, "ours": ours,
        "difference": ours - theirs, "agreed": found.agreed,
        "reconciled": not found.steps,
    }  # fmt: skip
    title = {"bank": f"Bank account {about}", "gl": "Control account", "customer": f"{about}'s statement"}[kind]
    agreed = f"{found.agreed} {'line agrees' if found.agreed == 1 else 'lines agree'}"
    tables = [Table(_STEPS, rows, name="steps")]
    tables += [Table(_LINES, lines, name="lines", title="What stands between")] if lines else []
    return Report("reconcile", f"{title} reconciled on {as_of}", tables, head, [agreed])


def _where(move: Move, shown: Callable[[str], str]) -> str:
    return shown(move.place) if move.place.endswith(".yaml") else move.place
