"""`ar promise list`: what customers promised, and whether they kept it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.compute.promises import Promised, State, promises, tally
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("promise", "Promise"), Column("customer", "Customer"), Column("name", "Name"),
    Column("date", "Made", "date"), Column("due", "Due", "date"), Column("until", "Counts until", "date", shown=False),
    Column("currency", "Cur"), Column("amount", "Amount", "money"), Column("paid", "Paid", "money"),
    Column("state", "State"), Column("items", "Items"), Column("person", "Who"), Column("text", "Said"),
)  # fmt: skip
_STATES = (
    Column("customer", "Customer"), Column("kept", "Kept", "number"), Column("partly_kept", "Partly kept", "number"),
    Column("broken", "Broken", "number"), Column("pending", "Pending", "number"), Column("kept_percent", "Kept %"),
)  # fmt: skip


def build(ledger: Ledger, as_of: date, customer: str | None = None, state: State | None = None) -> Report:
    """The promises made up to a day, by the day they are due, with their state; and how many each customer kept."""
    told = promises(ledger, as_of, customer)
    found = sorted((p for p in told if state in (None, p.state)), key=lambda p: (p.promise.due, p.fact))
    what = f"Promises, {state}," if state else "Promises"
    tables = [table(ledger, found), _kept(told)]
    return Report("promises", f"{what} on {as_of}", tables, {"as_of": as_of})


def table(ledger: Ledger, found: Sequence[Promised]) -> Table:
    """Promises with their state."""
    rows: list[list[Cell]] = []
    for p in found:
        said = p.promise
        rows.append([
            p.fact, said.customer, ledger.names.get(said.customer, ""), said.date, said.due, p.last, said.currency,
            Money(p.amount, said.currency), Money(p.paid, said.currency), p.state, list(said.items), said.person,
            said.text,
        ])  # fmt: skip
    return Table(_COLUMNS, rows, empty="Nobody promised anything.")


def _kept(found: Sequence[Promised]) -> Table:
    """How many promises each customer kept, of those that are over."""
    rows: list[list[Cell]] = []
    for customer, states in sorted(tally(found).items()):
        kept, partly, broken, pending = (states.get(s, 0) for s in ("kept", "partly kept", "broken", "pending"))
        over = kept + partly + broken
        percent = f"{(200 * kept + over) // (2 * over)}%" if over else ""  # half up
        rows.append([customer, kept, partly, broken, pending, percent])
    return Table(_STATES, rows, name="by_customer", title="By customer", empty="None.")
