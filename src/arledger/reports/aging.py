"""`ar aging`: who owes what, by days past due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from arledger.compute.aging import Aged, aged, aged_customers, regrouped, totals
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.policy.aging import Aging
from arledger.reports.report import Cell, Column, Report, Table

By = Literal["customer", "invoice", "collector", "currency"]


def build(
    ledger: Ledger,
    as_of: date,
    aging: Aging,
    by: By = "customer",
    customer: str | None = None,
    *,
    age_credits: bool = False,
) -> Report:
    """The ageing on a date, a row per group and currency. Raises LedgerError when it does not foot.

    `age_credits`: unapplied credits stand in the buckets, by their own date.
    """
    rows = _rows(ledger, as_of, aging, by, customer, age_credits=age_credits)
    key_columns, keys = _keys(ledger, by)
    buckets = [Column(name, "Current" if name == "current" else name, "money") for name in aging.names]
    columns = [
        *key_columns, Column("currency", "Cur"), *buckets,
        Column("unapplied", "Unapplied", "money", shown=not age_credits), Column("total", "Total", "money"),
        Column("disputed", "Of which disputed", "money", shown=any(row.disputed for row in rows), spare=1),
    ]  # fmt: skip
    total_keys = [*([None] * (len(key_columns) - 1)), "Total"] if key_columns else []
    cells = [[*keys(row.group), *_cells(row)] for row in rows]
    feet = [[*total_keys, *_cells(row)] for row in totals(rows)]
    head: dict[str, Any] = {"as_of": as_of, "basis": aging.basis, "by": by, "buckets": list(aging.names)}
    if by == "currency":  # each row is a total: people are shown it once
        names = [column.key for column in columns]
        head["totals"] = [dict(zip(names, row, strict=True)) for row in feet]
    table = Table(columns, cells, feet if by != "currency" else None, empty="Nothing is open.")
    basis = "due date" if aging.basis == "due" else "document date"
    aged_too = ", credits by their own date" if age_credits else ""
    return Report("aging", f"Ageing on {as_of}, in days past the {basis}{aged_too}", [table], head)


def _cells(row: Aged) -> list[Cell]:
    money = [Money(amount, row.currency) for amount in (*row.buckets, row.unapplied, row.total, row.disputed)]
    return [row.currency, *money]


def _rows(ledger: Ledger, as_of: date, aging: Aging, by: By, customer: str | None, *, age_credits: bool) -> list[Aged]:
    if by == "invoice":
        return aged(
            ledger, as_of, aging, lambda item: f"{item.customer}\n{item.item}", customer, age_credits=age_credits
        )
    rows = aged_customers(ledger, as_of, aging, customer, age_credits=age_credits)
    if by == "currency":
        return regrouped(rows, lambda _: "")
    if by == "collector":
        collectors = {customer: data.collector for customer, data in ledger.customers()}
        return regrouped(rows, lambda customer: collectors.get(customer, ""))
    return rows


def _keys(ledger: Ledger, by: By) -> tuple[list[Column], Callable[[str], list[Cell]]]:
    """The columns that name a group, and the cells that do so for one."""
    names = ledger.names
    if by == "customer":
        return [Column("customer", "Customer"), Column("name", "Name")], lambda group: [group, names.get(group, "")]
    if by == "invoice":
        columns = [Column("customer", "Customer"), Column("name", "Name"), Column("item", "Item")]
        return columns, lambda group: [(c := group.partition("\n"))[0], names.get(c[0], ""), c[2]]
    if by == "collector":
        return [Column("collector", "Collector")], lambda group: [group or "(none)"]
    return [], lambda _: []
