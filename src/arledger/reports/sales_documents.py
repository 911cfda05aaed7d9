"""Invoices as Xero and QuickBooks Online take them: a row each, with the tax apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from arledger.compute.listing import listed
from arledger.errors import RefusedError
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

Program = Literal["xero", "quickbooks"]

_HEADINGS: dict[Program, Sequence[str]] = {
    "xero": (
        "*ContactName", "*InvoiceNumber", "Reference", "*InvoiceDate", "*DueDate", "*Description", "*Quantity",
        "*UnitAmount", "*AccountCode", "*TaxType", "TaxAmount", "Currency",
    ),
    "quickbooks": (
        "*InvoiceNo", "*Customer", "*InvoiceDate", "*DueDate", "Memo", "ItemDescription", "ItemQuantity", "ItemRate",
        "*ItemAmount", "ItemTaxAmount", "Currency",
    ),
}  # fmt: skip


def build(ledger: Ledger, program: Program, first: date, last: date) -> Report:
    """The invoices and debit notes dated from `first` to `last`, by date. Amounts are net; tax is a column of its own.

    Raises RefusedError for two customers of one name: those programs know customers by it alone.
    """
    items = listed(ledger, ("invoice", "debit-note"), first, last, last)
    _refuse_namesakes(ledger, {item.customer for item in items})
    taxes = dict(ledger.rows("SELECT item, tax FROM items WHERE tax != 0"))
    rows = [_row(ledger, program, item, taxes.get(item.item, 0)) for item in items]
    columns = [Column(name, name) for name in _HEADINGS[program]]
    return Report(program, "", [Table(columns, rows, empty="Nothing was billed.")])


def _refuse_namesakes(ledger: Ledger, customers: set[str]) -> None:
    seen: dict[str, str] = {}
    for customer in sorted(customers):
        name = ledger.names.get(customer, "").casefold()
        if name in seen:
            message = f"{seen[name]} and {customer} are both called {ledger.names[customer]}"
            raise RefusedError(message, "give one of them another name: the program knows them by it", code="same-name")
        seen[name] = customer


def _row(ledger: Ledger, program: Program, item: ItemRow, tax: int) -> list[Cell]:
    name, currency = ledger.names.get(item.customer, ""), item.currency
    billed, due = (f"{date.fromordinal(day):%d/%m/%Y}" for day in (item.date, item.due))
    net, taxed = Money(item.total - tax, currency), Money(tax, currency)
    what, reference = f"{item.kind.replace('-', ' ').capitalize()} {item.item}", item.po or item.refs.replace("\n", " ")
    if program == "xero":
        code = ledger.policy.accounts.sales.rpartition(":")[2]
        return [name, item.item, reference, billed, due, what, 1, net, code, "", taxed, currency]
    return [item.item, name, billed, due, reference, what, 1, net, net, taxed, currency]
