"""`ar report sales`: what was billed, by customer."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from arledger.compute.sales import Sold, sold
from arledger.compute.shares import shares
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("customer", "Customer"), Column("name", "Name"), Column("currency", "Cur"),
    Column("invoices", "Invoices", "money"), Column("debit_notes", "Debit notes", "money"),
    Column("credit_notes", "Credit notes", "money"), Column("sales", "Sales", "money"),
    Column("tax", "Tax in it", "money"), Column("net", "Net of tax", "money"), Column("share", "Share %", "number"),
)  # fmt: skip


def build(ledger: Ledger, first: date, last: date) -> Report:
    """Sales from `first` to `last`, the most first; credit notes count on their own date."""
    rows: list[list[Cell]] = []
    feet: list[list[Cell]] = []
    for currency, group in groupby(sold(ledger, first, last), key=lambda row: row.currency):
        found = list(group)
        for row, share in zip(found, shares([row.gross for row in found]), strict=True):
            rows.append([row.customer, ledger.names.get(row.customer, ""), *_amounts(row), share])
        whole = Sold("", currency, *(sum(column) for column in zip(*(row[2:] for row in found), strict=True)))
        feet.append(["Total", None, *_amounts(whole), None])
    table = Table(_COLUMNS, rows, feet, empty="Nothing was billed.")
    return Report("sales", f"Sales from {first} to {last}", [table], {"from": first, "to": last})


def _amounts(row: Sold) -> list[Cell]:
    amounts = (row.invoices, row.debit_notes, row.credit_notes, row.gross, row.tax, row.gross - row.tax)
    return [row.currency, *(Money(amount, row.currency) for amount in amounts)]
