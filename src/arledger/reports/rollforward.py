"""`ar report rollforward`: how the balance of one day became that of another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.compute.rollforward import LINES, By, Forward, added, rolled
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_TITLES = {"debit_notes": "Debit notes", "credit_notes": "Credit notes", "write_offs": "Write-offs"}


def build(ledger: Ledger, first: date, last: date, by: By = "currency", customer: str | None = None) -> Report:
    """The roll-forward from `first` to `last`, both counted, signed so that each row adds up."""
    rows = rolled(ledger, first, last, by, customer)
    keys = {
        "currency": [], "customer": [Column("customer", "Customer"), Column("name", "Name")],
        "kind": [Column("kind", "Kind")],
    }[by]  # fmt: skip
    whole = by == "currency" and customer is None
    columns = [*keys, Column("currency", "Cur"), *_columns(rows, whole)]
    names = ledger.names

    def cells(row: Forward, keys: list[Cell]) -> list[Cell]:
        lines = [amount for key, amount in row.lines.items() if key != "applied" or not whole]
        return [*keys, row.currency, *(Money(m, row.currency) for m in (row.opening, *lines, row.closing))]

    def of_group(row: Forward) -> list[Cell]:
        return [row.group, names.get(row.group, "")] if by == "customer" else [row.group] if by == "kind" else []

    feet = [cells(row, ["Total", *[None] * (len(keys) - 1)]) for row in added(rows)] if keys else None
    table = Table(
        columns, [cells(row, of_group(row)) for row in rows], feet, empty="Nothing was open and nothing moved."
    )
    head = {"from": first, "to": last, "by": by}
    whose = f" of {customer}" if customer else ""
    rows_of = "" if by == "currency" else f" by {by}"
    return Report("rollforward", f"Roll-forward{rows_of}{whose} from {first} to {last}", [table], head)


def _columns(rows: Sequence[Forward], whole: bool) -> list[Column]:
    """Opening, a column for each line, closing. People do not see lines in which nothing happened."""
    moved = {key for row in rows for key, amount in row.lines.items() if amount}
    found = [Column("opening", "Opening", "money")]
    for key in LINES:
        if key != "applied" or not whole:
            title = _TITLES.get(key, key.capitalize())
            found.append(Column(key, title, "money", shown=key in moved or key in ("invoices", "payments")))
    return [*found, Column("closing", "Closing", "money")]
