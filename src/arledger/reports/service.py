"""`ar service list`: what is to be stopped for what is unpaid, what is stopped, and what lacks for the next step."""

from __future__ import annotations

from datetime import date

from arledger.compute.service import Unit, missing, units
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("customer", "Customer"), Column("name", "Name"), Column("unit", "Unit"),
    Column("items", "Items", "number"), Column("currency", "Cur"), Column("unpaid", "Unpaid", "money"),
    Column("days", "Days", "number"), Column("state", "State"), Column("service", "Service"),
    Column("since", "Since", "date"), Column("notice", "Notice"), Column("next", "Next"),
)  # fmt: skip


def build(ledger: Ledger, day: date, customer: str | None = None) -> Report:
    """Units in a state that costs them the service, and those without service; by customer and unit."""
    rows = [_row(ledger, unit, day) for unit in units(ledger, day, customer)]
    table = Table(_COLUMNS, rows, name="units", empty="Nothing is to be stopped, and nothing is.")
    return Report("service", f"Service on {day}", [table], {"as_of": day})


def _row(ledger: Ledger, unit: Unit, day: date) -> list[Cell]:
    stop = unit.stopped[1] if unit.stopped else None
    stands = {None: "on", "disconnect": "disconnected", "repossess": "repossessed"}[stop.action if stop else None]
    return [
        unit.customer, ledger.names.get(unit.customer, ""), unit.unit, len(unit.lines), unit.currency,
        Money(unit.amount, unit.currency), unit.days, unit.wanted.name if unit.wanted else "clear", stands,
        stop.date if stop else None, unit.notice[0].fact if unit.notice else "", _next(ledger, unit, day),
    ]  # fmt: skip


def _next(ledger: Ledger, unit: Unit, day: date) -> str:
    """What to do next, or what lacks for it."""
    if unit.stopped and unit.wanted is None:
        return "restore"
    if unit.due is None:
        return ""
    lacks = missing(ledger, unit, unit.due, day)
    return "; ".join(lacks) if lacks else unit.due.action
